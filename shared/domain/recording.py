"""A recording on its way to a transcript: what is heard in it, and the words that engines tell.

Times are whole milliseconds from the start of the recording.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

# 16 kHz, mono, 16 bit.
BYTES_PER_MS: Final = 32


@dataclass(frozen=True, slots=True)
class Stretch:
    """Speech without a long pause, [start_ms, end_ms).

    Attributes:
        channel: of the recording that it is heard on, from 0; None where all are mixed.
    """

    start_ms: int
    end_ms: int
    channel: int | None = None


@dataclass(frozen=True, slots=True)
class Turn:
    """One voice speaks, [start_ms, end_ms).

    Attributes:
        voice: number of the voice in the recording, from 0 in order of appearance.
        channel: as in `Stretch`.
    """

    start_ms: int
    end_ms: int
    voice: int
    channel: int | None = None


@dataclass(frozen=True, slots=True)
class Chunk:
    """What one task transcribes: a stored piece of the recording, 16 kHz, mono, 16 bit.

    Attributes:
        path: blob of its samples, little-endian and without a header.
        start_ms: where in the recording its first sample lies.
        stretches: speech within it, in the recording's time.
    """

    number: int
    path: str
    start_ms: int
    stretches: tuple[Stretch, ...]

    def part(self, samples: bytes, stretch: Stretch) -> bytes:
        """What of the chunk's samples belongs to `stretch`."""
        start = (stretch.start_ms - self.start_ms) * BYTES_PER_MS
        end = (stretch.end_ms - self.start_ms) * BYTES_PER_MS
        return samples[start:end]


@dataclass(frozen=True, slots=True)
class Word:
    """A word as an engine heard it.

    Attributes:
        text: without spaces; with its punctuation, where the engine writes any.
        confidence: 0..1, that it was said; None where the engine does not tell.
        voice: number of the voice, where the engine tells voices apart.
    """

    text: str
    start_ms: int
    end_ms: int
    confidence: float | None = None
    voice: int | None = None


@dataclass(frozen=True, slots=True)
class Heard:
    """What an engine heard in one stretch.

    Attributes:
        reliability: 0..1, the share of its words that are expected to be right.
    """

    start_ms: int
    end_ms: int
    words: tuple[Word, ...]
    reliability: float
    channel: int | None = None


def speech_ms(stretches: Sequence[Stretch]) -> int:
    """Milliseconds of speech."""
    return sum(stretch.end_ms - stretch.start_ms for stretch in stretches)
