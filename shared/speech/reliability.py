"""The gate: which of a transcriber's words may be built upon.

Confidences are calibrated: of words with 0.8, four in five are right. A segment passes if so large
a share of its words is expected to be right that what passes is wrong in at most 15 % of its words.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from shared.domain.recording import Word
from shared.domain.transcript import Segment
from shared.domain.upload import Fault

LEAST_CONFIDENCE: Final = 0.8


def mean_confidence(words: Sequence[Word]) -> float | None:
    """The share of `words` that is expected to be right; None where the engine does not tell."""
    told = [word.confidence for word in words if word.confidence is not None]
    return round(sum(told) / len(told), 3) if told else None


def is_reliable(words: Sequence[Word]) -> bool:
    """Whether these words of one segment may be built upon."""
    confidence = mean_confidence(words)
    return confidence is None or confidence >= LEAST_CONFIDENCE


def reliability_warning(segments: Sequence[Segment]) -> Fault | None:
    """What to tell people about words that were heard poorly; None where there are none."""
    words = sum(len(segment.text.split()) for segment in segments)
    poor = sum(len(segment.text.split()) for segment in segments if not segment.reliable)
    if not poor:
        return None
    share = max(1, round(100 * poor / words))
    return Fault(
        "speech_unreliable",
        f"{share} % of the words could not be transcribed reliably. They are marked in the "
        "transcript, and nothing was concluded from them.",
    )
