"""Text that a generative recogniser made up: it writes on where nobody speaks, and in circles.

Thresholds are those that Whisper's authors decode with (arXiv 2212.04356, section 4.5, and
`transcribe.py` of github.com/openai/whisper), but for the rate and the repetitions.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

_NO_SPEECH: Final = 0.6
_LEAST_LOG_PROBABILITY: Final = -1.0
_MOST_COMPRESSION: Final = 2.4
# Nobody says more than about seven words a second (fast English is at four to five).
_MOST_WORDS_PER_S: Final = 7.0
_MOST_REPETITIONS: Final = 4
_LONGEST_PHRASE: Final = 8


@dataclass(frozen=True, slots=True)
class Generated:
    """What a recogniser wrote for a stretch of sound, and what it says of it.

    Attributes:
        no_speech: 0..1, probability that nobody speaks.
        log_probability: mean, of its tokens.
        compression: length of the text by that of the text compressed.
    """

    words: tuple[str, ...]
    duration_s: float
    no_speech: float
    log_probability: float
    compression: float


def is_silence(text: Generated) -> bool:
    """Whether it was written where nobody speaks, so that it was never said."""
    return text.no_speech > _NO_SPEECH and text.log_probability < _LEAST_LOG_PROBABILITY


def is_doubtful(text: Generated) -> bool:
    """Whether it may be made up, so that nothing may be built upon it."""
    return (
        text.log_probability < _LEAST_LOG_PROBABILITY
        or text.compression > _MOST_COMPRESSION
        or len(text.words) > max(3.0, _MOST_WORDS_PER_S * text.duration_s)
        or runs_in_circles(text.words)
    )


def runs_in_circles(words: Sequence[str]) -> bool:
    """Whether a phrase of at most eight words stands there more than four times in a row."""
    said = [word.casefold().strip(".,!?;:") for word in words]
    return any(
        _most_in_a_row(said, size) > _MOST_REPETITIONS for size in range(1, _LONGEST_PHRASE + 1)
    )


def _most_in_a_row(words: Sequence[str], size: int) -> int:
    most, same = 1, 0
    for at in range(size, len(words)):
        same = same + 1 if words[at] == words[at - size] else 0
        most = max(most, 1 + same // size)
    return most
