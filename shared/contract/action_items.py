"""The ticking of an action item on the wire."""

from __future__ import annotations

from typing import Any, Literal, Self

from .elements import ActionItem
from .wire import SuccessReply, Wire


class UpdateActionItem(Wire):
    """Tick an action item off, or open it again."""

    status: Literal["open", "done"]


class OneActionItem(Wire):
    """The action item as it is now."""

    action_item: ActionItem


class ActionItemReply(SuccessReply):
    """The answer to ticking."""

    data: OneActionItem

    @classmethod
    def of(cls, view: dict[str, Any]) -> Self:
        """The wire form of one action item."""
        return cls.model_validate({"data": {"action_item": view}})
