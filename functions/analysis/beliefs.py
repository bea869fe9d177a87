"""List the beliefs found in a session."""

from __future__ import annotations

from shared.application.read_elements import read_elements
from shared.bootstrap import function
from shared.contract.element_lists import BeliefsReply, CategoryFilter
from shared.edge.call import Call, Reply


@function("list_beliefs")
def list_beliefs(call: Call) -> Reply:
    """GET /sessions/{session_id}/beliefs."""
    query: CategoryFilter = call.query
    page = read_elements(call.ports, call.user_id, call.session_id, "beliefs", query.wanted())
    return Reply(BeliefsReply.of("beliefs", page))
