"""Where a long stretch of speech may be cut."""

from __future__ import annotations

import re
from collections.abc import Iterator

from shared.domain.transcript import MAX_SEGMENT_CHARS

from .script import Span

_ENDS = re.compile(r"[.!?…。！？][\"”’')\]]{0,3}(?=\s)|[。！？]|\n\s")
_SPACE = re.compile(r"\s")


def pieces(text: str, start: int, end: int, kept: list[Span]) -> Iterator[Span]:
    """Cuts `text[start:end]` into spans of at most `MAX_SEGMENT_CHARS`.

    Cuts at the last sentence end that fits, else between words, else anywhere; never inside a
    span of `kept` that is shorter than half the limit. White space at the cuts is in no piece.
    """
    while end - start > MAX_SEGMENT_CHARS:
        cut = _outside(kept, _cut(text, start), start)
        yield start, _rstrip(text, start, cut)
        start = cut
        while start < end and text[start].isspace():
            start += 1
    if start < end:
        yield start, end


def _cut(text: str, start: int) -> int:
    half, full = start + MAX_SEGMENT_CHARS // 2, start + MAX_SEGMENT_CHARS
    for pattern in (_ENDS, _SPACE):
        ends = [match.end() for match in pattern.finditer(text, half, full)]
        if ends:
            return ends[-1]
    return full


def _outside(kept: list[Span], cut: int, start: int) -> int:
    for first, last in kept:
        if first < cut < last and first - start >= MAX_SEGMENT_CHARS // 4:
            return first
    return cut


def _rstrip(text: str, start: int, end: int) -> int:
    while end > start and text[end - 1].isspace():
        end -= 1
    return end
