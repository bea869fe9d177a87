"""A summary made of sentences that were said: which could stand in it, and which do.

A sentence counts for what was found in it. Sentences are chosen one by one, each for what it tells
and for how much nearer it brings the summary to all that could stand there (facility location: Lin
and Bilmes 2011, aclanthology.org/P11-1052); a kind of element shown already counts for less.
Only those are compared that tell most or lie nearest to the middle of all (centroid: Radev et al.
2004, doi:10.1016/j.ipm.2003.10.006). Vectors hold whole numbers: every machine chooses alike.
"""

from __future__ import annotations

import base64
import math
import re
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from operator import mul

from shared.analysis.evidence import quote
from shared.analysis.sentences import Sentence, split_sentences
from shared.domain.elements import (
    Element,
    Elements,
    Emotion,
    Evidence,
    Highlight,
    Insight,
    Provenance,
    element_id,
)
from shared.domain.transcript import Role, Segment

MAX_SENTENCES = 10
# Where an engine gives no vectors, words say what is alike.
LEXICAL = Provenance("local", "words", "summary.1")
VECTOR_SIZE = 384

_MIN_WORDS, _MAX_WORDS = 6, 45
# The smallest windows have 150 words; so many words for each further sentence that is kept.
_LEAST_PER_WINDOW, _MOST_PER_WINDOW, _WORDS_PER_HIGHLIGHT = 3, 8, 150
# Of a very long session, so many are compared with one another.
_MOST_COMPARED = 120
_COMPARED_PER_HIGHLIGHT = 3
# How much a sentence tells for the sake of what was found in it; of its kind, and once.
_TELLING = {
    "insights": 1.0,
    "beliefs": 0.9,
    "challenges": 0.8,
    "action_items": 0.8,
    "emotions": 0.7,
    "topics": 0.2,
}
_FURTHER_KIND = 0.15
_CENTRALITY = 0.6
# For a sentence that leans on another ("It never stops."), or is half a quotation.
_LEANING = 0.2
# For coming nearest to all that is not said yet.
_COVERAGE = 1.0
_SEEN_KIND = 0.3
_LEANS = re.compile(
    r"\W*(?:it|its|it['’]s|that|that['’]s|this|these|those|they|them|he|she|his|her|there|and|but|so"
    r"|or|because|which|who|then|also|like|yes|yeah|no|well|okay|sure|mostly|probably)\b",
    re.I,
)
_WORD = re.compile(r"\w{2,}")
# By segment: what quotes from it, and where.
_Quoting = dict[str, list[tuple[str, Element, Evidence]]]


@dataclass(frozen=True, slots=True)
class SummarySentence:
    """A sentence of the summary.

    Attributes:
        place: its number among all highlights, in transcript order.
        words: the sentence and where it stands.
        elements: ids of the elements that quote from it, in their kinds' order.
    """

    place: int
    words: Highlight
    elements: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Candidate:
    place: int
    words: Highlight
    found: Sequence[tuple[str, Element]]
    vector: Sequence[int]
    length: float

    @property
    def kinds(self) -> set[str]:
        return {kind for kind, _ in self.found}


def find_highlights(
    sentences: Sequence[Sentence],
    vectors: Sequence[bytes],
    found: Elements,
    made_by: Provenance,
) -> tuple[Highlight, ...]:
    """Return the sentences of a window that the session's summary may take, in transcript order.

    Args:
        vectors: one for each sentence, of `VECTOR_SIZE` signed bytes.
        found: the window's elements.
    """
    rows = _eligible(sentences)
    words = sum(len(sentence.text.split()) for sentence in sentences)
    most = min(_MOST_PER_WINDOW, max(_LEAST_PER_WINDOW, words // _WORDS_PER_HIGHLIGHT))
    highlights = [_highlight(sentences[row], vectors[row], made_by) for row in rows]
    candidates = _candidates([Elements(highlights=tuple(highlights))], [found])
    compared = _ranked(candidates)[: _COMPARED_PER_HIGHLIGHT * most]
    best = sorted(_choose(compared, most), key=lambda candidate: candidate.place)
    return tuple(candidate.words for candidate in best)


def find_lexical_highlights(segments: Sequence[Segment], found: Elements) -> tuple[Highlight, ...]:
    """Return the same where no engine has read the sentences: by the words that they share."""
    sentences = split_sentences(segments)
    rarity = _rarity(sentences)
    vectors = [_word_vector(sentence, rarity) for sentence in sentences]
    return find_highlights(sentences, vectors, found, LEXICAL)


def choose_sentences(windows: Sequence[Elements]) -> tuple[SummarySentence, ...]:
    """Return at most `MAX_SENTENCES`, the most telling first; any first part is a summary, too.

    The client's own words; somebody else's only where the client says nothing that tells.

    Args:
        windows: with their highlights, in transcript order.
    """
    candidates = _ranked(_candidates(windows, windows))[:_MOST_COMPARED]
    own = [c for c in candidates if c.words.role is not Role.THERAPIST]
    return tuple(
        SummarySentence(c.place, c.words, tuple(element.id for _, element in c.found))
        for c in _choose(own or candidates, MAX_SENTENCES)
    )


def _eligible(sentences: Sequence[Sentence]) -> list[int]:
    rows = [row for row, sentence in enumerate(sentences) if _may_stand(sentence)]
    own = [row for row in rows if sentences[row].is_client]
    return own or rows


def _may_stand(sentence: Sentence) -> bool:
    long_enough = _MIN_WORDS <= len(sentence.own.split()) <= _MAX_WORDS
    return long_enough and not sentence.is_question


def _highlight(sentence: Sentence, vector: bytes, made_by: Provenance) -> Highlight:
    evidence = quote(sentence)
    return Highlight(
        id=element_id(Highlight.kind, "", evidence),
        evidence=(evidence,),
        provenance=made_by,
        speaker=sentence.segment.speaker,
        role=sentence.segment.role,
        vector=base64.b64encode(vector).decode(),
    )


def _candidates(windows: Sequence[Elements], found: Sequence[Elements]) -> list[_Candidate]:
    """All highlights with the elements that quote from them."""
    quoting: _Quoting = {}
    for elements in found:
        for kind in _TELLING:
            for element in getattr(elements, kind):
                for evidence in element.evidence:
                    quoting.setdefault(evidence.segment_id, []).append((kind, element, evidence))
    highlights = [highlight for window in windows for highlight in window.highlights]
    return [_candidate(place, words, quoting) for place, words in enumerate(highlights)]


def _candidate(place: int, words: Highlight, quoting: _Quoting) -> _Candidate:
    vector = memoryview(base64.b64decode(words.vector)).cast("b").tolist()
    found = _quoting(words.evidence[0], quoting)
    return _Candidate(place, words, found, vector, math.sqrt(_product(vector, vector)))


def _quoting(words: Evidence, quoting: _Quoting) -> list[tuple[str, Element]]:
    held: dict[str, tuple[str, Element]] = {}
    for kind, element, evidence in quoting.get(words.segment_id, ()):
        if evidence.start < words.end and words.start < evidence.end:
            held.setdefault(element.id, (kind, element))
    return list(held.values())


def _ranked(candidates: Sequence[_Candidate]) -> list[_Candidate]:
    """The candidates, the one that counts for most first."""
    worth = _worth(candidates)
    order = sorted(range(len(candidates)), key=lambda row: (-worth[row], row))
    return [candidates[row] for row in order]


def _worth(candidates: Sequence[_Candidate]) -> list[float]:
    centre = [sum(column) for column in zip(*(c.vector for c in candidates), strict=True)]
    length = math.sqrt(_product(centre, centre)) or 1.0
    near = [_product(c.vector, centre) / (c.length or 1.0) / length for c in candidates]
    nearest = max(near, default=0.0) or 1.0
    return [
        _telling(candidate) + _CENTRALITY * closeness / nearest - _LEANING * _leans(candidate)
        for candidate, closeness in zip(candidates, near, strict=True)
    ]


def _telling(candidate: _Candidate) -> float:
    """0..1.3: by the most telling kind, and a little for each further one."""
    by_kind: dict[str, float] = {}
    for kind, element in candidate.found:
        by_kind[kind] = max(by_kind.get(kind, 0.0), _TELLING[kind] * _strength(element))
    return max(by_kind.values(), default=0.0) + _FURTHER_KIND * max(0, len(by_kind) - 1)


def _strength(element: Element) -> float:
    if isinstance(element, Emotion):
        return 0.5 + element.intensity / 2
    # A pattern is counted over the whole session; this sentence is only one of many.
    return 0.0 if isinstance(element, Insight) and element.type == "pattern" else 1.0


def _leans(candidate: _Candidate) -> bool:
    words = candidate.words.evidence[0].quote
    return bool(_LEANS.match(words)) or words.count("“") != words.count("”")


def _product(one: Sequence[int], other: Sequence[int]) -> int:
    return sum(map(mul, one, other))


def _similarities(candidates: Sequence[_Candidate]) -> list[list[float]]:
    """Each with each, 1 with itself."""
    rows = [[1.0] * len(candidates) for _ in candidates]
    for (at, one), (place, other) in combinations(enumerate(candidates), 2):
        lengths = one.length * other.length or 1.0
        rows[at][place] = rows[place][at] = _product(one.vector, other.vector) / lengths
    return rows


def _choose(candidates: Sequence[_Candidate], most: int) -> Iterator[_Candidate]:
    """Yield at most `most`, each the one that adds most to those before."""
    alike = _similarities(candidates)
    covered = [0.0] * len(candidates)
    seen: dict[str, int] = {}
    left = list(range(len(candidates)))
    while left and most > 0:
        adds = {row: _added(alike[row], covered) for row in left}
        widest = max(adds.values()) or 1.0
        gains = {row: _told(candidates[row], seen) + _COVERAGE * adds[row] / widest for row in left}
        best = max(left, key=lambda row: (gains[row], -candidates[row].place))
        left.remove(best)
        most -= 1
        yield candidates[best]
        covered = list(map(max, covered, alike[best]))
        for kind in candidates[best].kinds:
            seen[kind] = seen.get(kind, 0) + 1


def _added(alike: Sequence[float], covered: Sequence[float]) -> float:
    """How much nearer all candidates come to what is chosen (facility location)."""
    return math.fsum(max(0.0, new - old) for new, old in zip(alike, covered, strict=True))


def _told(candidate: _Candidate, seen: Mapping[str, int]) -> float:
    again = [seen.get(kind, 0) for kind in candidate.kinds]
    repeated = sum(again) / len(again) if again else 0.0
    return _telling(candidate) - _LEANING * _leans(candidate) - _SEEN_KIND * repeated


def _rarity(sentences: Sequence[Sentence]) -> Mapping[str, float]:
    """How rare each word is among sentences (inverse document frequency, Sparck Jones 1972)."""
    counts: dict[str, int] = {}
    for sentence in sentences:
        for word in set(_WORD.findall(sentence.own.lower())):
            counts[word] = counts.get(word, 0) + 1
    return {word: math.log(1 + len(sentences) / count) for word, count in counts.items()}


def _word_vector(sentence: Sentence, rarity: Mapping[str, float]) -> bytes:
    """The sentence's words, hashed into `VECTOR_SIZE` places (Weinberger et al. 2009)."""
    vector = [0.0] * VECTOR_SIZE
    for word in _WORD.findall(sentence.own.lower()):
        digest = zlib.crc32(word.encode())
        vector[digest % VECTOR_SIZE] += rarity[word] * (1 if digest & 0x8000_0000 else -1)
    most = max(map(abs, vector)) or 1.0
    return bytes(round(127 * value / most) & 0xFF for value in vector)
