"""How long what belongs to a session is kept, as its owner set it in `settings.retention`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Self

RETENTION = "retention"
MAX_RETENTION_DAYS = 36_500


class RecordingRetention(StrEnum):
    """What becomes of a recording when its transcript is there."""

    KEEP = "keep"
    DELETE = "delete"


@dataclass(frozen=True, slots=True)
class Retention:
    """Attributes:
    recording: what becomes of recordings that are transcribed.
    days: after how many days, from its creation, the whole session is deleted; None: never.
    """

    recording: RecordingRetention = RecordingRetention.KEEP
    days: int | None = None

    @classmethod
    def of(cls, settings: Mapping[str, Any]) -> Self:
        """What `settings` say; whatever is not set is kept for good."""
        said = settings.get(RETENTION) or {}
        return cls(RecordingRetention(said.get("recording", "keep")), said.get("days"))

    def delete_at(self, created_at: datetime) -> datetime | None:
        """When the session is deleted; None: never."""
        return None if self.days is None else created_at + timedelta(days=self.days)
