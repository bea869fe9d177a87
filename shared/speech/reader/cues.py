"""Where the cues of SRT and WebVTT are."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from .script import Span
from .stamps import CLOCK, Stamp, stamp_of

TIMING = re.compile(rf"[^\S\n]*+{CLOCK}[^\S\n]{{0,9}}-->[^\S\n]{{0,9}}{CLOCK}(?=\s|$)[^\n]*+")
_BLOCK = re.compile(r"(?:NOTE|STYLE|REGION)(?:\s|$)")
_SECOND_CLOCK = 6


@dataclass(slots=True)
class Cue:
    """A cue: its times, and the lines of its payload as offsets into the text."""

    at: Stamp
    until: Stamp
    lines: list[Span] = field(default_factory=list)


def find_cues(text: str, *, vtt: bool) -> Iterator[Cue]:
    """The cues of `text`, in order.

    A blank line within a cue does not end it: files written by hand have them, and what follows
    is speech all the same. Notes, styles and regions of WebVTT are in no cue.
    """
    lines = list(_spans(text))
    cue: Cue | None = None
    in_block = vtt
    for index, (start, end) in enumerate(lines):
        timing = TIMING.fullmatch(text, start, end)
        if timing is not None:
            if cue is not None:
                yield cue
            cue = Cue(stamp_of(timing), stamp_of(timing, _SECOND_CLOCK))
            in_block = False
        elif start == end or text[start:end].isspace():
            in_block = False
        elif vtt and _after_blank(text, start) and _BLOCK.match(text, start, end):
            in_block = True
        elif cue is not None and not in_block and not _is_identifier(text, lines, index):
            cue.lines.append((start, end))
    if cue is not None:
        yield cue


def _spans(text: str) -> Iterator[Span]:
    start = 0
    while start <= len(text):
        newline = text.find("\n", start)
        end = len(text) if newline < 0 else newline
        yield start, end
        start = end + 1


def _after_blank(text: str, start: int) -> bool:
    return start < 2 or text[start - 2] == "\n"


def _is_identifier(text: str, lines: Sequence[Span], index: int) -> bool:
    """Whether a line is the number or name of the cue that the next line times."""
    start, end = lines[index]
    if index + 1 >= len(lines) or TIMING.fullmatch(text, *lines[index + 1]) is None:
        return False
    return _after_blank(text, start) or text[start:end].strip().isdecimal()
