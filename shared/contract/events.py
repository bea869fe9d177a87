"""The live stream, read over HTTP."""

from __future__ import annotations

from typing import Any, Self

from pydantic import Field

from shared.application.event_ticket import Ticket
from shared.application.read_events import EventPage
from shared.domain.events import Event, EventType

from .wire import Instant, SuccessReply, Wire

MAX_SEQ = 2**53 - 1


class EventsQuery(Wire):
    """Which events."""

    after: int = Field(0, ge=0, le=MAX_SEQ, description="Id of the last event that was seen.")
    limit: int = Field(100, ge=1, le=500)


class EventView(Wire):
    """One event, as the socket sends it; `type` and `data` are API.md's."""

    id: int
    session_id: str
    type: EventType
    data: dict[str, Any]
    created_at: Instant

    @classmethod
    def of(cls, event: Event) -> Self:
        """The wire form of `event`."""
        return cls(
            id=event.seq,
            session_id=event.session_id,
            type=event.type,
            data=dict(event.data),
            created_at=event.created_at,
        )


class EventList(Wire):
    """Events in order.

    `reset` says that history before the first of them is gone: read the session afresh, then go on
    from `last_id`.
    """

    events: list[EventView]
    last_id: int = Field(description="What to send as `after` next.")
    reset: bool
    more: bool = Field(description="Whether to ask again at once.")


class EventListReply(SuccessReply):
    """A page of events."""

    data: EventList

    @classmethod
    def of(cls, page: EventPage) -> Self:
        """The wire form of `page`."""
        return cls(
            data=EventList(
                events=[EventView.of(event) for event in page.events],
                last_id=page.last_id,
                reset=page.reset,
                more=page.more,
            )
        )


class EventTicket(Wire):
    """Opens the socket once: `/sessions/{session_id}/events?ticket=...`."""

    ticket: str = Field(description="40 letters and digits; good for one connection.")
    expires_at: Instant


class EventTicketReply(SuccessReply):
    """A ticket."""

    data: EventTicket

    @classmethod
    def of(cls, ticket: Ticket) -> Self:
        """The wire form of `ticket`."""
        return cls(data=EventTicket(ticket=ticket.secret, expires_at=ticket.expires_at))
