"""What a transcript may cost, in tokens.

The bound needs no memory, so that parallel instances keep it: a delivery of a window spends at most
`TOKENS_PER_WINDOW`, and windows past the transcript's limit are refused by their number. Hence one
analysis of a transcript costs at most its limit, and each redelivery of a window that was not
written at most `TOKENS_PER_WINDOW` more.
"""

from __future__ import annotations

from shared.adapters.google.gemini.failures import SpendLimitReached

# A window of 1,200 words is about 2,500 tokens of JSON, the instruction and the schema about 4,000,
# so that a first answer and a repaired one fit with room to spare.
TOKENS_PER_WINDOW = 40_000
MAX_ANSWER_TOKENS = 12_000
# An answer that must be shorter than this is cut off more often than not.
MIN_ANSWER_TOKENS = 1_000


class Allowance:
    """What is left for one delivery of one window.

    Each request is opened before it is sent, at the most that it can cost, and settled by what
    Vertex AI says that it did cost.
    """

    def __init__(self, tokens: int = TOKENS_PER_WINDOW) -> None:
        self.left = tokens
        self._reserved = 0

    def open(self, prompt_tokens: int) -> int:
        """Reserves for a request; returns how many tokens its answer may have.

        Raises:
            SpendLimitReached: what is left is not enough for it and a useful answer.
        """
        answer_tokens = min(MAX_ANSWER_TOKENS, self.left - prompt_tokens)
        if answer_tokens < MIN_ANSWER_TOKENS:
            raise SpendLimitReached(
                "A part of this transcript needs more tokens than one part may cost."
            )
        self._reserved = prompt_tokens + answer_tokens
        self.left -= self._reserved
        return answer_tokens

    def settle(self, tokens: int | None) -> None:
        """Takes back what was not spent; None, where nobody says, keeps all that was reserved."""
        if tokens is not None:
            self.left += self._reserved - max(0, tokens)


def check_window(number: int, tokens_per_transcript: int) -> None:
    """Refuses a window (numbered from 0) that the transcript's limit does not reach.

    Raises:
        SpendLimitReached: the windows up to this one may cost more than the limit.
    """
    if (number + 1) * TOKENS_PER_WINDOW > tokens_per_transcript:
        raise SpendLimitReached(
            "This transcript is longer than the limit on what its analysis may cost allows."
        )
