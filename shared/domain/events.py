"""The one live stream of a session: what happened, in the order it happened."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

EVENT_LIFETIME = timedelta(days=7)


class EventType(StrEnum):
    """Types of event. The first four are API.md's; the others stand beside them."""

    ANALYSIS_PROGRESS = "analysis_progress"
    NEW_EMOTION = "new_emotion"
    NEW_TOPIC = "new_topic"
    NEW_INSIGHT = "new_insight"
    NEW_BELIEF = "new_belief"
    NEW_CHALLENGE = "new_challenge"
    NEW_ACTION_ITEM = "new_action_item"
    TRANSCRIPT_SEGMENT = "transcript_segment"
    ANALYSIS_FAILED = "analysis_failed"
    SESSION_DELETED = "session_deleted"
    RESET = "reset"


@dataclass(frozen=True, slots=True)
class Event:
    """One entry of the stream.

    Attributes:
        seq: grows by one within a session, from 1; no number is used twice.
        data: JSON values, exactly as they go over the wire.
    """

    seq: int
    session_id: str
    type: EventType
    data: Mapping[str, Any]
    created_at: datetime

    @property
    def expires_at(self) -> datetime:
        """When the stream may forget it."""
        return self.created_at + EVENT_LIFETIME
