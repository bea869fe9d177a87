"""How often, and for how long, a request is sent again."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from random import uniform
from typing import TypeVar

from shared.adapters.google.gemini.failures import RequestFailed, SpendLimitReached
from shared.domain.errors import Unavailable

T = TypeVar("T")

ATTEMPTS = 4
# Pub/Sub waits 600 s for an acknowledgement, and what comes after the model takes its time, too.
WINDOW_S = 240.0
_FIRST_PAUSE_S = 1.0
_LONGEST_PAUSE_S = 20.0


@dataclass(slots=True)
class Patience:
    """The time that one delivery of a window has.

    Attributes:
        sleep, clock: seconds; tests give their own.
        until: on `clock`, when it ends.
    """

    sleep: Callable[[float], None] = time.sleep
    clock: Callable[[], float] = time.monotonic
    until: float = field(init=False)

    def __post_init__(self) -> None:
        self.until = self.clock() + WINDOW_S

    @property
    def left_s(self) -> float:
        """Seconds that are left; 0 or less when it is over."""
        return self.until - self.clock()

    def retry(self, attempt: Callable[[], T]) -> T:
        """Calls `attempt` up to four times, with jittered pauses that double.

        Source: https://cloud.google.com/vertex-ai/generative-ai/docs/retry-strategy

        Raises:
            Unavailable: it kept failing, or time or tokens for another attempt have run out.
        """
        for number in range(ATTEMPTS):
            try:
                return attempt()
            except RequestFailed:
                pause_s = min(_LONGEST_PAUSE_S, _FIRST_PAUSE_S * 2**number)
            except SpendLimitReached:
                if number == 0:
                    raise
                break  # answers that were lost have used it up: the network's fault, not the text's
            if number + 1 == ATTEMPTS or self.left_s <= pause_s:
                break
            self.sleep(uniform(0.5, 1.0) * pause_s)  # noqa: S311
        raise Unavailable("Vertex AI is not available just now.") from None
