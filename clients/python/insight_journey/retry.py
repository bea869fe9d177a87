"""When to send again, and how long to wait before."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from typing import Final

_TEMPORARY: Final = frozenset({429, 502, 503, 504})


@dataclass(frozen=True, slots=True)
class Retry:
    """Exponential backoff with full jitter.

    Source: Marc Brooker, "Exponential Backoff And Jitter", AWS Architecture Blog, 2015.

    Attributes:
        attempts: how often a request is sent in all; 1 for no repetition.
        base_s, cap_s: bounds of the wait: up to `base_s` before the second attempt, up to twice
            that before the third, and so on, never above `cap_s`.
        patience_s: the longest Retry-After that is waited for; after a longer one the error is
            raised at once.
    """

    attempts: int = 5
    base_s: float = 0.25
    cap_s: float = 8.0
    patience_s: float = 60.0
    random: random.Random = field(default_factory=random.Random, compare=False, repr=False)

    def delay_s(self, failures: int, retry_after_s: float | None = None) -> float | None:
        """How long to wait after `failures` (from 1) in a row; None to give up."""
        if failures >= self.attempts or (retry_after_s or 0.0) > self.patience_s:
            return None
        return (retry_after_s or 0.0) + self.jitter_s(failures)

    def jitter_s(self, failures: int) -> float:
        """A random wait after `failures` (from 1) in a row, whatever was asked for."""
        # Beyond that the power would overflow, and the cap is reached long before.
        return self.random.uniform(0.0, min(self.cap_s, self.base_s * 2 ** min(failures - 1, 32)))


def is_temporary(status: int, retry_after: str | None) -> bool:
    """Whether the same request may well succeed later."""
    return status in _TEMPORARY or (status == 409 and retry_after is not None)


def seconds_of(retry_after: str | None) -> float | None:
    """Retry-After in seconds; None for none, or for a date, which the service never sends."""
    return float(retry_after) if retry_after is not None and retry_after.isdecimal() else None
