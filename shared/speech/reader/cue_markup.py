"""Markup inside cues: tags, voices and entities."""

from __future__ import annotations

import html
import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence

from .script import Span, trimmed

_TAG = re.compile(
    r"</?(?:[bciu]|v|rt|ruby|lang|font)(?:[.\s][^<>\n]{0,200}+)?>|<\d\d[\d:.]{4,12}>"
    r"|\{\\[^{}\n]{1,40}+\}"
)
_ENTITY = re.compile(r"&(?:amp|lt|gt|nbsp|lrm|rlm|quot|apos|#\d{1,7}|#x[\da-fA-F]{1,6});")
_VOICE = re.compile(r"<v(?:\.[^\s<>]{1,40})?\s++([^<>\n]{1,80}+)>")


class Markup:
    """Where the tags of a text are.

    Attributes:
        voices: (offset, name): from there on a voice tag names the speaker.
    """

    def __init__(self, spans: Sequence[Span], voices: Sequence[tuple[int, str]]) -> None:
        self._starts = [start for start, _ in spans]
        self._ends = [end for _, end in spans]
        self._voice_offsets = [offset for offset, _ in voices]
        self.voices = voices

    def within(self, start: int, end: int) -> list[Span]:
        """The tags that begin in [start, end)."""
        first, last = bisect_left(self._starts, start), bisect_left(self._starts, end)
        return list(zip(self._starts[first:last], self._ends[first:last], strict=True))

    def voices_within(self, start: int, end: int) -> Sequence[tuple[int, str]]:
        """The voices whose tag ends in [start, end]."""
        offsets = self._voice_offsets
        return self.voices[bisect_left(offsets, start) : bisect_right(offsets, end)]

    def trim(self, text: str, start: int, end: int) -> Span:
        """[start, end) without white space and tags at its ends."""
        before = None
        while before != (start, end) and start < end:
            before = (start, end)
            start, end = trimmed(text, start, end)
            opening, closing = bisect_left(self._starts, start), bisect_left(self._ends, end)
            if opening < len(self._starts) and self._starts[opening] == start:
                start = min(end, self._ends[opening])
            elif closing < len(self._ends) and self._ends[closing] == end:
                end = max(start, self._starts[closing])
        return start, end


def resolve(source: str, *, entities: bool) -> tuple[str, Markup]:
    """The text of `source` with its entities resolved, and where its tags are in it."""
    parts: list[str] = []
    spans: list[Span] = []
    voices: list[tuple[int, str]] = []
    position = length = 0
    for match in _TAG.finditer(source):
        parts += [_unescaped(source[position : match.start()], entities), match.group()]
        length += len(parts[-2]) + len(parts[-1])
        spans.append((length - len(parts[-1]), length))
        voice = _VOICE.fullmatch(match.group())
        if voice is not None:
            voices.append((length, _unescaped(voice.group(1).strip(), entities)))
        position = match.end()
    parts.append(_unescaped(source[position:], entities))
    return "".join(parts), Markup(spans, voices)


def _unescaped(text: str, entities: bool) -> str:
    return _ENTITY.sub(_character, text) if entities else text


def _character(entity: re.Match[str]) -> str:
    # An escaped line break would tear the cue that it stands in.
    character = html.unescape(entity.group())
    return character if character.isprintable() else " "
