"""Tell what happened in a session after an event that the client has seen."""

from __future__ import annotations

from shared.application.read_events import read_events
from shared.bootstrap import function
from shared.contract.events import EventListReply, EventsQuery
from shared.edge.call import Call, Reply


@function("list_events")
def list_events(call: Call) -> Reply:
    """GET /sessions/{session_id}/events."""
    query: EventsQuery = call.query
    page = read_events(call.ports, call.user_id, call.session_id, query.after, query.limit)
    return Reply(EventListReply.of(page))
