"""Where a long stretch of speech may be cut."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence

from shared.domain.transcript import MAX_SEGMENT_CHARS

from .script import Span, trimmed

_ENDS = re.compile(r"[.!?…。！？][\"”’')\]]{0,3}(?=\s)|[。！？]|\n\s")
_SPACE = re.compile(r"\s")


def pieces(text: str, start: int, end: int, kept: Sequence[Span]) -> Iterator[Span]:
    """Cuts `text[start:end]` into spans of at most `MAX_SEGMENT_CHARS`.

    Cuts at the last sentence end that fits, else between words, else anywhere, but not inside a
    span of `kept` (sorted) if it can go before it. White space at the cuts is in no piece.
    """
    while end - start > MAX_SEGMENT_CHARS:
        cut = _outside(kept, _cut(text, start), start)
        first, last = trimmed(text, start, cut)
        if first < last:
            yield first, last
        start = cut
    first, last = trimmed(text, start, end)
    if first < last:
        yield first, last


def _cut(text: str, start: int) -> int:
    half, full = start + MAX_SEGMENT_CHARS // 2, start + MAX_SEGMENT_CHARS
    for pattern in (_ENDS, _SPACE):
        ends = [match.end() for match in pattern.finditer(text, half, full)]
        if ends:
            return ends[-1]
    return full


def _outside(kept: Sequence[Span], cut: int, start: int) -> int:
    index = bisect_left(kept, (cut, 0)) - 1
    if index >= 0 and kept[index][1] > cut and kept[index][0] - start >= MAX_SEGMENT_CHARS // 4:
        return kept[index][0]
    return cut
