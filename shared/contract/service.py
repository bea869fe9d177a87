"""The service itself, on the wire."""

from __future__ import annotations

from typing import Literal

from .wire import Wire


class HealthReply(Wire):
    """The service answers."""

    status: Literal["ok"] = "ok"
