"""Sentences of a window: where each stands, who speaks it, and whose words it holds."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from shared.analysis.quotes import Quotation, Voice, find_quotations
from shared.domain.transcript import Role, Segment

# A text without full stops still has to be read in pieces that the encoder takes whole.
MAX_SENTENCE_CHARS = 400

_ABBREVIATION = re.compile(
    r"(?:\b(?:Dr|Mr|Mrs|Ms|Prof|St|vs|etc|e\.g|i\.e|a\.m|p\.m)|\b[A-HJ-Z])\.$"
)
# Possessive, and only at the start of a run, so that a megabyte of full stops stays linear.
_BREAK = re.compile(r"(?<![.!?…])[.!?…]++[\"'”’)\]*_]*+(?=\s|$)|\n[ \t]*+\n|\n[ \t]*+(?=[-*•]\s)")


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence as its speaker said it.

    Attributes:
        start, end: offsets into `segment.text`, without the white space around.
        text: `segment.text[start:end]`.
        own: `text` with other people's words and stage directions blanked; offsets hold.
        thoughts: offsets into `text` of the speaker's own thoughts that stand in quotation marks.
    """

    segment: Segment
    start: int
    end: int
    text: str
    own: str
    thoughts: tuple[tuple[int, int], ...] = ()

    @property
    def is_client(self) -> bool:
        """Whether the words are the client's; a lone writer of a diary counts as one."""
        return self.segment.role is not Role.THERAPIST

    @property
    def is_question(self) -> bool:
        """Whether it asks: a question mark is in what ends it ("What?!", "Why?.")."""
        return self.text.rstrip("\"'”’)*_ .!…").endswith("?")


def split_sentences(segments: Sequence[Segment]) -> list[Sentence]:
    """Split segments into sentences, in order. Linear in the length of the text."""
    return [sentence for segment in segments for sentence in _split_segment(segment)]


def split_text(text: str) -> list[Sentence]:
    """Split a text that stands by itself, as its writer's own words."""
    return split_sentences([Segment("text", 0, None, Role.CLIENT, text, 0, len(text))])


def _split_segment(segment: Segment) -> Iterator[Sentence]:
    spoken = segment.spoken
    quotations = find_quotations(spoken)
    starts = [quotation.start for quotation in quotations]
    heard = _blank_others(spoken, quotations)
    for start, end in _bounds(spoken):
        first = max(0, bisect_right(starts, start) - 1)
        last = bisect_right(starts, end)
        yield Sentence(
            segment=segment,
            start=start,
            end=end,
            text=segment.text[start:end],
            own=heard[start:end],
            thoughts=tuple(_clip(quotations[first:last], start, end)),
        )


def _blank_others(text: str, quotations: Sequence[Quotation]) -> str:
    parts, place = [], 0
    for quotation in quotations:
        if quotation.voice is Voice.OTHER:
            parts += [text[place : quotation.start], " " * (quotation.end - quotation.start)]
            place = quotation.end
    return "".join([*parts, text[place:]])


def _clip(quotations: Sequence[Quotation], start: int, end: int) -> Iterator[tuple[int, int]]:
    for quotation in quotations:
        left, right = max(start, quotation.start), min(end, quotation.end)
        if quotation.voice is Voice.THOUGHT and left < right:
            yield left - start, right - start


def _bounds(text: str) -> Iterator[tuple[int, int]]:
    place = 0
    for found in _BREAK.finditer(text):
        if not _continues(text, found):
            yield from _trimmed(text, place, found.end())
            place = found.end()
    yield from _trimmed(text, place, len(text))


def _continues(text: str, found: re.Match[str]) -> bool:
    if _ABBREVIATION.search(text, max(0, found.start() - 6), found.end()):
        return True
    trailing = found[0].startswith(("..", "…"))
    following = text[found.end() : found.end() + 3].lstrip(" \"'“‘(")
    return trailing and following[:1].islower()


def _trimmed(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    piece = text[start:end]
    left = start + len(piece) - len(piece.lstrip())
    right = start + len(piece.rstrip())
    while right - left > MAX_SENTENCE_CHARS:
        cut = text.rfind(" ", left + MAX_SENTENCE_CHARS // 2, left + MAX_SENTENCE_CHARS)
        cut = cut if cut > 0 else left + MAX_SENTENCE_CHARS
        yield left, cut
        left = cut + len(text[cut:right]) - len(text[cut:right].lstrip())
    if any(character.isalnum() for character in text[left:right]):
        yield left, right


def is_monologue(sentences: Iterable[Sentence]) -> bool:
    """Whether one person alone says all of the sentences, of which there is at least one."""
    return len({(said.segment.speaker, said.segment.role) for said in sentences}) == 1
