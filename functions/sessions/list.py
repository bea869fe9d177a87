"""List the caller's sessions."""

from __future__ import annotations

from shared.application.list_sessions import list_sessions as read_page
from shared.bootstrap import function
from shared.contract.sessions import ListSessions, SessionListReply
from shared.edge.call import Call, Reply


@function("list_sessions")
def list_sessions(call: Call) -> Reply:
    """GET /sessions."""
    query: ListSessions = call.query
    page = read_page(call.ports, call.user_id, query.request())
    return Reply(SessionListReply.of(page, query))
