"""How well five sentences stand for a session, beside the first five and five at random.

Without anybody's judgement, four figures: how near, on the mean, each of the client's sentences is
to the nearest of the five (facility location: Lin and Bilmes 2011); how alike the five are; and of
all the elements and kinds found in the session, how many the five show.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from statistics import fmean
from typing import Final

import numpy as np

from shared.analysis.encoder import Floats, shared_encoder
from shared.analysis.engine import LocalAnalyzer
from shared.analysis.sentences import Sentence, split_sentences
from shared.analysis.summary import choose_sentences
from shared.domain.elements import Elements
from shared.domain.window import cut_windows
from shared.speech.reader import TextTranscriptReader
from tests.bench.analysis_worker import transcripts
from tests.bench.tables import show

_DATE: Final = datetime(2025, 5, 1, 16, tzinfo=UTC)
_SENTENCES: Final = 5
_DRAWS: Final = 50
_LEAST_WORDS: Final = 6
Figures = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Session:
    """A session as it was analysed.

    Attributes:
        sentences: the client's, of six words and more.
        vectors: one row for each.
        chosen: rows of the summary's sentences.
    """

    sentences: Sequence[Sentence]
    vectors: Floats
    found: Sequence[Elements]
    chosen: Sequence[int]

    def figures(self, rows: Sequence[int]) -> Figures:
        """Nearness, likeness, share of elements and share of kinds of these sentences."""
        picked = self.vectors[list(rows)]
        likeness = picked @ picked.T
        apart = likeness[~np.eye(len(rows), dtype=bool)]
        shown, kinds, all_kinds, total = set(), set(), set(), 0
        for element in (element for window in self.found for element in window):
            total += 1
            all_kinds.add(element.kind)
            if any(self._quotes(row, element.evidence) for row in rows):
                shown.add(element.id)
                kinds.add(element.kind)
        near = float((self.vectors @ picked.T).max(axis=1).mean())
        return near, float(apart.mean()), len(shown) / total, len(kinds) / len(all_kinds)

    def _quotes(self, row: int, evidence: Sequence[object]) -> bool:
        sentence = self.sentences[row]
        return any(
            e.segment_id == sentence.segment.id
            and e.start < sentence.end
            and sentence.start < e.end
            for e in evidence  # type: ignore[attr-defined]
        )


def measure() -> None:
    """Prints the table."""
    sessions = list(_sessions())
    ways: dict[str, Callable[[Session], Iterator[Sequence[int]]]] = {
        "the summary": lambda session: iter([session.chosen]),
        "the first five": lambda _: iter([range(_SENTENCES)]),
        "five at random": _at_random,
    }
    show(
        f"Five sentences of {len(sessions)} sessions, means",
        ("", "near", "alike", "elements shown", "kinds shown"),
        [(name, *_mean(sessions, way)) for name, way in ways.items()],
    )


def _mean(
    sessions: Sequence[Session], way: Callable[[Session], Iterator[Sequence[int]]]
) -> list[float]:
    figures = [session.figures(rows) for session in sessions for rows in way(session)]
    return [fmean(column) for column in zip(*figures, strict=True)]


def _at_random(session: Session) -> Iterator[Sequence[int]]:
    chance = random.Random(len(session.sentences))
    for _ in range(_DRAWS):
        yield chance.sample(range(len(session.sentences)), _SENTENCES)


def _sessions() -> Iterator[Session]:
    analyzer = LocalAnalyzer()
    for path in transcripts():
        content = path.read_bytes()
        read = TextTranscriptReader().read(content, filename=path.name, upload_id="u")
        found = [analyzer.analyze(window, _DATE) for window in cut_windows(read.segments)]
        sentences = [
            sentence
            for sentence in split_sentences(read.segments)
            if sentence.is_client and len(sentence.own.split()) >= _LEAST_WORDS
        ]
        places = {(s.segment.id, s.start): row for row, s in enumerate(sentences)}
        told = [s.words.evidence[0] for s in choose_sentences(found)[:_SENTENCES]]
        chosen = [places[e.segment_id, e.start] for e in told]
        vectors = shared_encoder().read([s.own for s in sentences]).vectors
        yield Session(sentences, vectors, found, chosen)
