"""Names of the six kinds of element, for whoever needs the names and not the kinds."""

from __future__ import annotations

from typing import Final

ELEMENT_KINDS: Final = (
    "emotions",
    "topics",
    "insights",
    "beliefs",
    "challenges",
    "action_items",
)
