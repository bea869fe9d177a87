"""Emotions of the client: named by him, or read by the model and named by the nearest example."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from shared.analysis.encoder import INTENSITIES, Floats, Readings, SentenceEncoder
from shared.analysis.evidence import span
from shared.analysis.passage import Passage
from shared.analysis.sentences import Sentence
from shared.analysis.stance import addresses_listener
from shared.analysis.tasks.emotions.groups import GROUP_OF, mentioned_intensity, ungraded
from shared.analysis.tasks.emotions.intensity import bounded, felt_intensity
from shared.analysis.tasks.emotions.naming import Mention, find_named, find_unreported
from shared.analysis.tasks.emotions.vocabulary import Feeling, load_vocabulary
from shared.domain.elements import Emotion, element_id

# Share of named feelings that were right in labelled dialogues and posts, by the rule of
# succession: (127 + 1) / (142 + 2), see MODEL_CARD.md, "Named feelings".
NAMED_PRECISION = 0.89
# Two readings must agree on a feeling that no word names: the probability of its label and the
# cosine with its nearest example. Of 12 such, 9 were right in labelled dialogues and posts, where
# the probability alone, of 0.7 and more, was right in 8 of 35: it knows Reddit, not therapy. In
# sentences that these bounds were not chosen by, 15 of 20 were.
FELT_THRESHOLD, FELT_CLOSENESS = 0.6, 0.4
# (24 + 1) / (32 + 2): see MODEL_CARD.md, "Read feelings".
FELT_PRECISION = 0.74
# How much nearer an example must be than the label's own feeling to give its name instead.
NEARER_MARGIN = 0.12
NEAR = 0.55
# Sentences apart, at most, for two mentions in a turn to be one.
NEIGHBOURS = 2
# Not to know the way is a difficulty; the model takes it for confusion.
_WAY_UNKNOWN = re.compile(r"\bknow\s+(?:how|where|what|who|if|whether)\b", re.I)
_DENIAL = re.compile(r"\b(?:does|did|is|was)(?:n['’]t|\s+not)\b|\bno\s+longer\b", re.I)
# "My boyfriend lost his dad" is in the first person too.
_SPEAKER = re.compile(r"\bI\b")
_MIN_WORDS = 5
_COURTESY_WORDS = 7


@dataclass(frozen=True)
class Reading:
    """One feeling in the sentence at `row` of the passage."""

    feeling: Feeling
    row: int
    sentence: Sentence
    intensity: float
    confidence: float


class EmotionTask:
    """Finds emotions in a passage; holds the vocabulary and its example vectors."""

    def __init__(self, encoder: SentenceEncoder) -> None:
        self._encoder = encoder
        self._vocabulary = load_vocabulary()

    @cached_property
    def _examples(self) -> tuple[Floats, list[int]]:
        groups = [feeling.examples for feeling in self._vocabulary.feelings]
        starts = np.cumsum([0] + [len(group) for group in groups])[:-1]
        vectors = self._encoder.example_vectors([text for group in groups for text in group])
        return vectors, [int(start) for start in starts]

    def find(self, passage: Passage) -> tuple[Emotion, ...]:
        """Return the client's emotions in transcript order, neighbouring repeats merged."""
        readings = [
            reading
            for row, sentence in enumerate(passage.sentences)
            if sentence.is_client
            for reading in self.read(row, sentence, passage.readings)
        ]
        return tuple(_emotion(run, passage) for run in _runs(readings))

    def read(self, row: int, sentence: Sentence, readings: Readings) -> list[Reading]:
        """Return the feelings in a client's sentence; `row` is its row of `readings`."""
        named = list(find_named(sentence, self._vocabulary))
        if named:
            return self._named(named, row, sentence, readings)
        return list(self._felt(row, sentence, readings)) if _may_feel(sentence) else []

    def _named(
        self, mentions: Sequence[Mention], row: int, sentence: Sentence, readings: Readings
    ) -> list[Reading]:
        values, strongest = self._plain_intensities(row, sentence, readings), dict[str, Reading]()
        for mention in mentions:
            name, strength = mention.feeling.name, mention.intensity
            column = _column(mention.feeling)
            if column is not None:
                head, plain = self._encoder.intensity_head, float(values[column])
                strength = bounded(mentioned_intensity(sentence.own, mention, head, plain))
            known = strongest.get(name)
            if known is None or strength > known.intensity:
                strongest[name] = Reading(mention.feeling, row, sentence, strength, NAMED_PRECISION)
        return list(strongest.values())

    def _plain_intensities(self, row: int, sentence: Sentence, readings: Readings) -> Floats:
        """Return the (4,) intensities of the sentence without its graded words."""
        values, plain = readings.intensities[row], ungraded(sentence.own)
        if plain != sentence.own:
            values = self._encoder.intensities([plain.strip()])[0]
        return np.asarray(values)

    def _felt(self, row: int, sentence: Sentence, readings: Readings) -> Iterator[Reading]:
        probabilities = readings.emotions[row]
        vectors, starts = self._examples
        closeness = np.maximum.reduceat(vectors @ readings.vectors[row], starts)
        labels = self._encoder.calibration.labels
        seen = find_unreported(sentence, self._vocabulary)
        for column in np.argsort(-probabilities, kind="stable"):
            probability = float(probabilities[column])
            if probability < FELT_THRESHOLD:
                return
            nearest = self._nearest(labels[column], closeness)
            if nearest is None or closeness[nearest] < FELT_CLOSENESS:
                continue
            feeling = self._vocabulary.feelings[nearest]
            if feeling.name in seen:
                continue
            if labels[column] == "confusion" and _WAY_UNKNOWN.search(sentence.own):
                continue
            if labels[column] == "gratitude" and _is_courtesy(sentence):
                continue
            seen.add(feeling.name)
            column = _column(feeling)
            if column is None:
                strength = felt_intensity(sentence.own, feeling.usual_intensity, probability)
            else:
                strength = float(readings.intensities[row, column])
            yield Reading(feeling, row, sentence, bounded(strength), FELT_PRECISION)

    def _nearest(self, label: str, closeness: Floats) -> int | None:
        """Return the row of the feeling that the label stands for here, None for none."""
        feelings = self._vocabulary.feelings
        own = [row for row, feeling in enumerate(feelings) if label in feeling.default_for]
        if not own:
            return None
        rivals = [row for row, feeling in enumerate(feelings) if label in feeling.sources]
        best = max(rivals, key=lambda row: (closeness[row], -row))
        clear = closeness[best] >= max(NEAR, closeness[own[0]] + NEARER_MARGIN)
        return best if clear else own[0]


def _column(feeling: Feeling) -> int | None:
    """Return the column of the intensities that the feeling belongs to, None for none."""
    group = GROUP_OF.get(feeling.category)
    return None if group is None else INTENSITIES.index(group)


def _may_feel(sentence: Sentence) -> bool:
    """Whether a feeling read in the sentence can only be the speaker's own."""
    if len(sentence.own.split()) < _MIN_WORDS or not _SPEAKER.search(sentence.own):
        return False
    if _DENIAL.search(sentence.own):
        return False
    return not (sentence.is_question and addresses_listener(sentence.own))


def _is_courtesy(sentence: Sentence) -> bool:
    return len(sentence.own.split()) <= _COURTESY_WORDS


def _runs(readings: list[Reading]) -> list[list[Reading]]:
    """Group neighbouring repeats of one feeling within one turn, in order of first sentences."""
    runs: list[list[Reading]] = []
    latest: dict[tuple[int, str], list[Reading]] = {}
    for reading in readings:
        key = (reading.sentence.segment.turn, reading.feeling.name)
        run = latest.get(key)
        if run and reading.row - run[-1].row <= NEIGHBOURS:
            run.append(reading)
        else:
            latest[key] = [reading]
            runs.append(latest[key])
    return runs


def _emotion(run: list[Reading], passage: Passage) -> Emotion:
    feeling, first = run[0].feeling, run[0].sentence.segment
    evidence = span([reading.sentence for reading in run])
    return Emotion(
        id=element_id(Emotion.kind, feeling.name, *evidence),
        evidence=evidence,
        provenance=passage.provenance,
        speaker=first.speaker,
        role=first.role,
        confidence=max(reading.confidence for reading in run),
        name=feeling.name,
        category=feeling.category,
        valence=feeling.valence,
        intensity=max(reading.intensity for reading in run),
    )
