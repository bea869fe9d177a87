"""List the action items found in a session."""

from __future__ import annotations

from shared.application.read_elements import read_elements
from shared.bootstrap import function
from shared.contract.element_lists import ActionItemsReply, StatusFilter
from shared.edge.call import Call, Reply


@function("list_action_items")
def list_action_items(call: Call) -> Reply:
    """GET /sessions/{session_id}/action_items."""
    query: StatusFilter = call.query
    page = read_elements(call.ports, call.user_id, call.session_id, "action_items", query.wanted())
    return Reply(ActionItemsReply.of("action_items", page))
