"""List the insights found in a session."""

from __future__ import annotations

from shared.application.read_elements import read_elements
from shared.bootstrap import function
from shared.contract.element_lists import InsightsReply, TypeFilter
from shared.edge.call import Call, Reply


@function("list_insights")
def list_insights(call: Call) -> Reply:
    """GET /sessions/{session_id}/insights."""
    query: TypeFilter = call.query
    page = read_elements(call.ports, call.user_id, call.session_id, "insights", query.wanted())
    return Reply(InsightsReply.of("insights", page))
