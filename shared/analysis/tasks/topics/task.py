"""Topics: sentences near a sub topic's description or examples in the space of meanings."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from shared.analysis.encoder import Floats, SentenceEncoder
from shared.analysis.evidence import quote
from shared.analysis.passage import Passage
from shared.analysis.sentences import Sentence
from shared.analysis.tasks.topics.taxonomy import SubTopic, Taxonomy, load_taxonomy
from shared.domain.elements import Evidence, Topic, element_id

# From the cosine to the probability that counsellors would file the passage under the same main
# topic, fitted on the question titles of counsel-chat: see MODEL_CARD.md, "Topics".
SLOPE, OFFSET = 3.69, -1.50
THRESHOLD = 0.62
# How far below the best topic of a sentence a second one may lie.
SECOND_MARGIN = 0.06
MAX_TOPICS_PER_SENTENCE = 2
# A topic that comes back within so many sentences is the same passage.
PASSAGE_GAP = 4
MAX_QUOTES = 3
_MIN_WORDS = 5
_NEIGHBOUR_WEIGHT = 0.35


@dataclass(frozen=True)
class Hit:
    """A sub topic found in the sentence at `row`, with its cosine."""

    topic: SubTopic
    row: int
    similarity: float


class TopicTask:
    """Finds topics in a passage; holds the taxonomy and its vectors."""

    def __init__(self, encoder: SentenceEncoder, taxonomy: Taxonomy | None = None) -> None:
        self._encoder = encoder
        self.taxonomy = taxonomy or load_taxonomy()

    @cached_property
    def _references(self) -> tuple[Floats, list[int]]:
        texts = [topic.texts for topic in self.taxonomy.topics]
        starts = np.cumsum([0] + [len(group) for group in texts])[:-1]
        flat = [text for group in texts for text in group]
        return self._encoder.example_vectors(flat), [int(start) for start in starts]

    def similarities(self, vectors: Floats) -> Floats:
        """Return (n, topics) cosines of (n, 384) vectors with the nearest text of each topic."""
        references, starts = self._references
        if not len(vectors):
            return np.zeros((0, len(starts)), dtype=np.float32)
        return np.asarray(np.maximum.reduceat(vectors @ references.T, starts, axis=1), np.float32)

    def hits(self, passage: Passage) -> list[list[Hit]]:
        """Return the topics of every sentence, best first; none where nothing is near."""
        found = self.similarities(_in_context(passage))
        return [
            self._sentence_hits(sentence, row, found[row])
            for row, sentence in enumerate(passage.sentences)
        ]

    def _sentence_hits(self, sentence: Sentence, row: int, found: Floats) -> list[Hit]:
        if len(sentence.own.split()) < _MIN_WORDS:
            return []
        order = np.argsort(-found, kind="stable")[:MAX_TOPICS_PER_SENTENCE]
        least = max(float(found[order[0]]) - SECOND_MARGIN, _least_similarity())
        return [
            Hit(self.taxonomy.topics[column], row, float(found[column]))
            for column in order
            if found[column] >= max(least, self.taxonomy.topics[column].least_similarity)
        ]

    def find(self, passage: Passage, hits: Sequence[Sequence[Hit]]) -> tuple[Topic, ...]:
        """Return one topic per passage that keeps to it, in transcript order."""
        runs: dict[str, list[list[Hit]]] = {}
        for hit in (hit for row in hits for hit in row):
            known = runs.setdefault(hit.topic.id, [])
            if known and hit.row - known[-1][-1].row <= PASSAGE_GAP:
                known[-1].append(hit)
            else:
                known.append([hit])
        ordered = sorted(
            (run for known in runs.values() for run in known),
            key=lambda run: (run[0].row, run[0].topic.id),
        )
        return tuple(_topic(run, passage) for run in ordered)


def _in_context(passage: Passage) -> Floats:
    """Mix each sentence with its neighbours in the turn: "It never stops" is about something."""
    own = passage.readings.vectors
    mixed = own.copy()
    for row in range(1, len(own)):
        if passage.sentences[row].segment.turn == passage.sentences[row - 1].segment.turn:
            mixed[row] += _NEIGHBOUR_WEIGHT * own[row - 1]
            mixed[row - 1] += _NEIGHBOUR_WEIGHT * own[row]
    return np.asarray(mixed / np.linalg.norm(mixed, axis=1, keepdims=True), np.float32)


def probability(similarity: float) -> float:
    """Return the calibrated probability 0..1 that a topic of this cosine is right."""
    return 1.0 / (1.0 + math.exp(-(SLOPE * similarity + OFFSET)))


def _least_similarity() -> float:
    return (math.log(THRESHOLD / (1 - THRESHOLD)) - OFFSET) / SLOPE


def _quotes(run: Sequence[Hit], passage: Passage) -> tuple[Evidence, ...]:
    best = sorted(run, key=lambda hit: (-hit.similarity, hit.row))[:MAX_QUOTES]
    return tuple(quote(passage.sentences[row]) for row in sorted(hit.row for hit in best))


def _topic(run: Sequence[Hit], passage: Passage) -> Topic:
    topic, evidence = run[0].topic, _quotes(run, passage)
    rows = [hit.row for hit in run]
    spoken = {passage.sentences[row].segment.id: passage.sentences[row].segment for row in rows}
    first = spoken[evidence[0].segment_id]
    return Topic(
        id=element_id(Topic.kind, topic.id, *evidence),
        evidence=evidence,
        provenance=passage.provenance,
        speaker=first.speaker,
        role=first.role,
        confidence=round(probability(max(hit.similarity for hit in run)), 3),
        topic_id=topic.id,
        name=topic.name,
        category=topic.category,
    )
