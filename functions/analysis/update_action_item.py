"""Tick an action item off, or open it again."""

from __future__ import annotations

from shared.application.tick_action_item import tick_action_item
from shared.bootstrap import function
from shared.contract.action_items import ActionItemReply, UpdateActionItem
from shared.edge.call import Call, Reply


@function("update_action_item")
def update_action_item(call: Call) -> Reply:
    """PATCH /sessions/{session_id}/action_items/{action_item_id}."""
    body: UpdateActionItem = call.body
    item_id = call.parameters["action_item_id"]
    view = tick_action_item(call.ports, call.user_id, call.session_id, item_id, body.status)
    return Reply(ActionItemReply.of(view))
