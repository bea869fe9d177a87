"""The event stream of a session: written in the transaction of what it tells."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from shared.domain.events import EVENT_LIFETIME, Event, EventType
from shared.domain.session import AnalysisStatus, Session

from .access import session_path
from .element_views import element_view
from .ports import Document, Transaction
from .unread_languages import warnings_of

# One vocabulary with `analysis/status`, where API.md says completed for success.
WIRE_STATUS = {
    AnalysisStatus.PENDING: "pending",
    AnalysisStatus.PROCESSING: "processing",
    AnalysisStatus.SUCCESS: "completed",
    AnalysisStatus.FAILED: "failed",
}

_ELEMENT_EVENTS = {
    "emotions": (EventType.NEW_EMOTION, "emotion"),
    "topics": (EventType.NEW_TOPIC, "topic"),
    "insights": (EventType.NEW_INSIGHT, "insight"),
    "beliefs": (EventType.NEW_BELIEF, "belief"),
    "challenges": (EventType.NEW_CHALLENGE, "challenge"),
    "action_items": (EventType.NEW_ACTION_ITEM, "action_item"),
}

News = tuple[EventType, Mapping[str, Any]]


def append(
    transaction: Transaction, session: Session, news: Sequence[News], now: datetime
) -> Session:
    """Writes `news` as the next events and returns the session with its `next_seq` moved on.

    The caller saves that session in the same transaction: so no number is used twice.
    """
    for seq, (kind, data) in enumerate(news, session.next_seq):
        event = Event(seq, session.id, kind, data, now)
        transaction.create(event_path(session.id, seq), _event_to_record(event, session.owner_id))
    expires_at = session.events_expire_at or now + EVENT_LIFETIME
    next_seq = session.next_seq + len(news)
    return replace(session, next_seq=next_seq, events_expire_at=expires_at)


def event_path(session_id: str, seq: int) -> str:
    """Path of an event; ids sort as their numbers do."""
    return f"{session_path(session_id)}/events/{seq:012d}"


def event_from_document(document: Document) -> Event:
    """The event that `append` wrote."""
    record = document.data
    return Event(
        seq=record["seq"],
        session_id=record["session_id"],
        type=EventType(record["type"]),
        data=record["data"],
        created_at=record["created_at"],
    )


def progress_of(session: Session) -> News:
    """An `analysis_progress` that tells where the analysis stands."""
    analysis = session.analysis
    data = {
        "status": WIRE_STATUS[analysis.status],
        "progress": analysis.progress,
        "revision": analysis.revision,
        "windows_done": analysis.windows_done,
        "windows_total": analysis.windows_total,
        "warnings": warnings_of(session),
        "stage": None if analysis.stage is None else str(analysis.stage),
    }
    return EventType.ANALYSIS_PROGRESS, data


def failure_of(session: Session) -> News:
    """An `analysis_failed` that tells why."""
    fault = session.analysis.fault
    error = None if fault is None else {"code": fault.code, "message": fault.message}
    return EventType.ANALYSIS_FAILED, {"error": error, "revision": session.analysis.revision}


def reset_for(session: Session, reason: str) -> News:
    """A `reset`: what the client holds no longer stands, and it reads the session afresh."""
    return EventType.RESET, {"reason": reason, "revision": session.analysis.revision}


def news_of_elements(
    elements: Mapping[str, Sequence[Mapping[str, Any]]], session: Session
) -> Iterator[News]:
    """One event for each element, as clients see it."""
    for kind, found in elements.items():
        for element in found:
            yield news_of_element(kind, element, session)


def news_of_element(kind: str, element: Mapping[str, Any], session: Session) -> News:
    """The event that tells a new or changed element; clients replace by its id."""
    event_type, name = _ELEMENT_EVENTS[kind]
    return event_type, {name: element_view(element, session)}


def _event_to_record(event: Event, owner_id: str) -> dict[str, Any]:
    return {
        "seq": event.seq,
        "session_id": event.session_id,
        "owner_id": owner_id,
        "type": str(event.type),
        "data": dict(event.data),
        "created_at": event.created_at,
        "expires_at": event.expires_at,
    }
