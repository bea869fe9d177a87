"""When a socket must prove that it lives, and when its time is over."""

from __future__ import annotations

from .closing import Close
from .limits import Limits


class Vigil:
    """Watches one socket; whoever holds it calls `beat` every `limits.heartbeat_s`, or when due.

    Args:
        now_s: any clock's seconds; all other times are of the same clock.
        until_s: when the client's token ends; None: never.
        spread: 0 to 1, of this socket's own; it shortens the age by up to a tenth.
    """

    __slots__ = ("_end_s", "_limits", "_missed", "heard", "until_s")

    def __init__(self, limits: Limits, now_s: float, until_s: float | None, spread: float) -> None:
        self._limits = limits
        self._end_s = now_s + limits.max_age_s * (1 - spread / 10)
        self._missed = 0
        self.until_s = until_s
        self.heard = True

    def beat(self, now_s: float) -> Close | None:
        """Why the socket must be closed now; None: send a ping."""
        if self.until_s is not None and now_s >= self.until_s:
            return Close.UNAUTHENTICATED
        if now_s >= self._end_s:
            return Close.MOVE_ON
        self._missed = 0 if self.heard else self._missed + 1
        self.heard = False
        return Close.SILENT if self._missed > self._limits.max_missed else None

    def due_in_s(self, now_s: float) -> float:
        """When to call `beat` next, in seconds from now."""
        ends = self._end_s if self.until_s is None else min(self._end_s, self.until_s)
        return max(0.0, min(self._limits.heartbeat_s, ends - now_s))
