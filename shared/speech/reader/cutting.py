"""From utterances to pieces: what is silence, who speaks, and where long speech is cut."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from unicodedata import category

from shared.domain.transcript import Passage, PassageKind

from .directions import find_asides
from .script import Script, Span, Utterance
from .sentences import pieces


@dataclass(slots=True)
class Piece:
    """What becomes one segment: a part of an utterance, or all of it.

    Attributes:
        asides: as offsets into the piece.
    """

    utterance: Utterance
    turn: int
    speaker: str | None
    start: int
    end: int
    asides: tuple[Span, ...]

    def spoken(self, text: str) -> str:
        """What is said in it, without its asides."""
        parts, position = [], self.start
        for start, end in self.asides:
            parts.append(text[position : self.start + start])
            position = self.start + end
        return " ".join([*parts, text[position : self.end]])


def cut(script: Script, people: Mapping[str, str]) -> list[Piece]:
    """The pieces of `script` in order; utterances and parts without a word become directions.

    Args:
        people: speaker by label.
    """
    found = list(_pieces(script, people))
    silent = [piece for piece in found if not _says_something(piece.spoken(script.text))]
    script.passages += [Passage(PassageKind.DIRECTION, p.start, p.end) for p in silent]
    mute = {id(piece) for piece in silent}
    return _renumbered([piece for piece in found if id(piece) not in mute])


def _pieces(script: Script, people: Mapping[str, str]) -> Iterator[Piece]:
    turn, before = 0, None
    for utterance in script.utterances:
        speaker = None if utterance.label is None else people[utterance.label]
        turn += utterance.opens_turn or speaker != before
        before = speaker
        asides = _asides(script.text, utterance)
        starts = [start for start, _ in asides]
        for start, end in pieces(script.text, utterance.start, utterance.end, asides):
            first = max(0, bisect_right(starts, start) - 1)
            inside = asides[first : bisect_right(starts, end)]
            yield Piece(utterance, turn, speaker, start, end, _clipped(inside, start, end))


def _asides(text: str, utterance: Utterance) -> list[Span]:
    found = [*find_asides(text, utterance.start, utterance.end), *utterance.unspoken]
    merged: list[Span] = []
    for start, end in sorted(span for span in found if span[0] < span[1]):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def _clipped(spans: Sequence[Span], start: int, end: int) -> tuple[Span, ...]:
    clipped = ((max(low, start) - start, min(high, end) - start) for low, high in spans)
    return tuple((low, high) for low, high in clipped if low < high)


def _says_something(spoken: str) -> bool:
    # "…" is a silence; a smiling face sent as a message is not.
    return any(c.isalnum() or category(c) == "So" for c in spoken)


def _renumbered(found: list[Piece]) -> list[Piece]:
    """Turns count from 0 without gaps, whatever was silent."""
    number, before = -1, None
    for piece in found:
        number += piece.turn != before
        before, piece.turn = piece.turn, number
    return found
