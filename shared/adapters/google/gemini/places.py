"""Where the model's quotes stand, and whose words they are."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from shared.analysis.evidence import quote_segment
from shared.analysis.sentences import Sentence, split_sentences
from shared.domain.elements import Evidence
from shared.domain.transcript import Role, Segment

# Longer quotes show everything and nothing; two long sentences are shorter.
MAX_QUOTE_CHARS = 600


@dataclass(frozen=True, slots=True)
class Place:
    """The characters [start, end) of a segment.

    Attributes:
        number: of the segment, in the order of the transcript.
    """

    number: int
    start: int
    end: int
    segment: Segment

    @property
    def evidence(self) -> Evidence:
        """The words at this place, with their times."""
        return quote_segment(self.segment, self.start, self.end)

    @property
    def quote(self) -> str:
        """The words at this place."""
        return self.segment.text[self.start : self.end]

    @property
    def order(self) -> tuple[int, int, int]:
        """Sorts places as they stand in the transcript."""
        return self.number, self.start, self.end

    def follows(self, other: Place) -> bool:
        """Whether it begins after the end of `other`."""
        return (self.number, self.start) >= (other.number, other.end)


class Ground:
    """The segments that findings may point into.

    Args:
        segments: by the ids that the model was given, in transcript order.
        own: ids of the window's own segments; the others are context.
    """

    def __init__(self, segments: Mapping[str, Segment], own: frozenset[str]) -> None:
        self._segments = segments
        self._own = own
        self._numbers = {name: number for number, name in enumerate(segments)}
        self._sentences: dict[str, list[Sentence]] = {}

    def find(self, name: str, quote: str) -> Place | None:
        """Where `quote` stands in one of the window's own segments, None if it does not."""
        return self._find(name, quote) if name in self._own else None

    def find_client(self, name: str, quote: str) -> Place | None:
        """Like `find`, but only what the client says for himself, and does not ask."""
        place = self.find(name, quote)
        return place if place and self._is_clients(name, place) else None

    def find_assent(self, name: str, quote: str, proposal: Place) -> Place | None:
        """Where the client, after `proposal`, says `quote`; in the context, too."""
        place = self._find(name, quote) if name in self._segments else None
        if place is None or not place.follows(proposal):
            return None
        return place if self._is_clients(name, place) else None

    def _find(self, name: str, quote: str) -> Place | None:
        segment, wanted = self._segments[name], quote.strip()
        if not _is_quotable(wanted):
            return None
        for start in _occurrences(segment.text, wanted):
            end = start + len(wanted)
            if _is_whole(segment.text, start, end) and not _is_aside(segment, start, end):
                return Place(self._numbers[name], start, end, segment)
        return None

    def _is_clients(self, name: str, place: Place) -> bool:
        if place.segment.role is Role.THERAPIST:
            return False
        if name not in self._sentences:
            self._sentences[name] = split_sentences([place.segment])
        touched = [s for s in self._sentences[name] if s.start < place.end and place.start < s.end]
        if not touched or touched[-1].is_question:
            return False
        heard = "".join(s.own[max(0, place.start - s.start) : place.end - s.start] for s in touched)
        return 2 * _letters(heard) > _letters(place.quote)


def _is_quotable(wanted: str) -> bool:
    return len(wanted) <= MAX_QUOTE_CHARS and _letters(wanted) > 0


def _letters(text: str) -> int:
    return sum(character.isalnum() for character in text)


def _occurrences(text: str, wanted: str) -> Iterator[int]:
    start = text.find(wanted)
    while start >= 0:
        yield start
        start = text.find(wanted, start + 1)


def _is_whole(text: str, start: int, end: int) -> bool:
    """Whether no word is cut in two; "rage" does not stand in "garage"."""
    return not any(
        0 < cut < len(text) and _joins(text[cut - 1]) and _joins(text[cut]) for cut in (start, end)
    )


def _joins(character: str) -> bool:
    # Scripts without case, as Chinese, often write words without spaces between them.
    return character.isdigit() or character.lower() != character.upper()


def _is_aside(segment: Segment, start: int, end: int) -> bool:
    return any(left < end and start < right for left, right in segment.asides)
