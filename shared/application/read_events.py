"""What happened in a session after an event that the client has seen."""

from __future__ import annotations

from dataclasses import dataclass

from shared.domain.events import Event
from shared.domain.session import Session

from .access import load_owned, session_path
from .ports import Ports, Query
from .stream import event_from_document


@dataclass(frozen=True, slots=True)
class EventPage:
    """Events in order.

    Attributes:
        last_id: what to ask after next.
        reset: history between `after` and the first event is gone (or never was): read the
            session afresh, then go on from `last_id`.
        more: whether the page was full.
    """

    events: list[Event]
    last_id: int
    reset: bool
    more: bool


def read_events(ports: Ports, owner_id: str, session_id: str, after: int, limit: int) -> EventPage:
    """At most `limit` events whose number is above `after`."""
    session = load_owned(ports.documents, owner_id, session_id)
    query = Query(
        f"{session_path(session_id)}/events", order_by="seq", more_than=after, limit=limit
    )
    found = [event_from_document(document) for document in ports.documents.query(query)]
    events = _behind_last_hole(found)
    reset = _is_gone(session, events, after)
    last = events[-1].seq if events else (session.next_seq - 1 if reset else after)
    return EventPage(events, last, reset, more=len(found) == limit)


def _behind_last_hole(events: list[Event]) -> list[Event]:
    # Firestore forgets what has expired in any order (Firestore, "TTL policies"), so that a hole
    # may be in the middle; what stands before it leads nowhere.
    starts = [n for n in range(1, len(events)) if events[n].seq != events[n - 1].seq + 1]
    return events[starts[-1] :] if starts else events


def _is_gone(session: Session, events: list[Event], after: int) -> bool:
    if events:
        return events[0].seq != after + 1
    return after != session.next_seq - 1
