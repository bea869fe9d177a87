"""Give a ticket with which a browser can open the socket of a session's events."""

from __future__ import annotations

from shared.application.event_ticket import issue_ticket
from shared.bootstrap import function
from shared.contract.events import EventTicketReply
from shared.edge.call import Call, Reply


@function("create_event_ticket")
def create_event_ticket(call: Call) -> Reply:
    """POST /sessions/{session_id}/events/ticket."""
    ticket = issue_ticket(call.ports, call.user_id, call.session_id, call.access_until)
    return Reply(EventTicketReply.of(ticket))
