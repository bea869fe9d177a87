"""Windows: the units in which a transcript is analysed, in parallel and exactly once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain, repeat

from .transcript import Segment, count_words

# The first windows are small, so that the first findings show within a second; the rest are large,
# so that a one-hour session (about 8,000 words) stays at nine documents.
WINDOW_WORDS = (150, 300, 600, 1_200)
# A window is one document of at most 1 MiB. Characters take up to four bytes and stand in it up to
# three times: in a segment, in quotes, in what surrounds both.
MAX_WINDOW_CHARS = 50_000
_SEGMENT_OVERHEAD_CHARS = 200
CONTEXT_SEGMENTS = 3


@dataclass(frozen=True, slots=True)
class Window:
    """Consecutive segments, with a few neighbours on both sides that are only context.

    Elements are taken from `segments`; `before` and `after` serve to understand them and may be
    the second evidence of an element (a suggestion before the client's yes).
    """

    number: int
    segments: tuple[Segment, ...]
    before: tuple[Segment, ...] = ()
    after: tuple[Segment, ...] = ()


def reliable_part(window: Window) -> Window:
    """What may be built upon: nobody is to be told what was only half heard."""
    return replace(
        window,
        segments=tuple(segment for segment in window.segments if segment.reliable),
        before=tuple(segment for segment in window.before if segment.reliable),
        after=tuple(segment for segment in window.after if segment.reliable),
    )


def cut_windows(segments: Sequence[Segment]) -> list[Window]:
    """Cuts `segments` into windows that together hold each segment once, in order.

    A window closes at the first turn boundary past its word target, and wherever it would grow
    over `MAX_WINDOW_CHARS`: not every script puts spaces between words. A single segment is never
    split. An empty transcript has no windows.
    """
    bounds = list(_bounds(segments))
    return [
        Window(
            number=number,
            segments=tuple(segments[start:end]),
            before=tuple(segments[max(0, start - CONTEXT_SEGMENTS) : start]),
            after=tuple(segments[end : end + CONTEXT_SEGMENTS]),
        )
        for number, (start, end) in enumerate(bounds)
    ]


def _bounds(segments: Sequence[Segment]) -> Iterator[tuple[int, int]]:
    targets = chain(WINDOW_WORDS, repeat(WINDOW_WORDS[-1]))
    start, words, chars, target = 0, 0, 0, next(targets)
    for index, segment in enumerate(segments):
        size = len(segment.text) + _SEGMENT_OVERHEAD_CHARS
        full = index > start and chars + size > MAX_WINDOW_CHARS
        if full or (words >= target and _may_close(segments, index, words, target)):
            yield start, index
            start, words, chars, target = index, 0, 0, next(targets)
        words += count_words((segment,))
        chars += size
    if start < len(segments):
        yield start, len(segments)


def _may_close(segments: Sequence[Segment], index: int, words: int, target: int) -> bool:
    # A monologue of one endless turn must still be cut somewhere.
    return segments[index].turn != segments[index - 1].turn or words >= 2 * target
