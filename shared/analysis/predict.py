"""Read one sentence a line, write one JSON object a line: for judging the engine by itself.

`python -m shared.analysis.predict --task emotions < sentences.txt`

Each object holds `probabilities` (label -> 0..1) and `labels` (those chosen). For `intensity` the
numbers are intensities 0..1 of four emotion groups and no probabilities; for `beliefs` they are 0
or 1, because rules decide. `topics` are the taxonomy's, `counsel-topics` those of counsel-chat.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence

from shared.analysis.encoder import Readings, SentenceEncoder, shared_encoder
from shared.analysis.sentences import Sentence, split_sentences
from shared.analysis.tasks.beliefs.rules import EMPOWERING, LIMITING
from shared.analysis.tasks.beliefs.task import find_statements
from shared.analysis.tasks.emotions.intensity import group_intensities
from shared.analysis.tasks.topics.task import THRESHOLD, TopicTask, probability
from shared.domain.transcript import Role, Segment

Scores = dict[str, float]
Judge = Callable[[Sequence[str], Readings], Iterator[tuple[Scores, list[str]]]]

_CHUNK = 256
_PRESENT_INTENSITY = 0.5


def _emotions(encoder: SentenceEncoder) -> Judge:
    known = encoder.calibration

    def judge(texts: Sequence[str], readings: Readings) -> Iterator[tuple[Scores, list[str]]]:
        for row in readings.emotions:
            scores = dict(zip(known.labels, map(float, row), strict=True))
            chosen = [known.labels[k] for k in (row >= known.thresholds).nonzero()[0]]
            yield scores, chosen or [known.labels[int(row.argmax())]]

    return judge


def _intensity(encoder: SentenceEncoder) -> Judge:
    labels = encoder.calibration.labels

    def judge(texts: Sequence[str], readings: Readings) -> Iterator[tuple[Scores, list[str]]]:
        for text, row in zip(texts, readings.emotions, strict=True):
            scores = group_intensities(text, dict(zip(labels, map(float, row), strict=True)))
            yield scores, [label for label, value in scores.items() if value >= _PRESENT_INTENSITY]

    return judge


def _topics(encoder: SentenceEncoder) -> Judge:
    task = TopicTask(encoder)
    ids = [topic.id for topic in task.taxonomy.topics]

    def judge(texts: Sequence[str], readings: Readings) -> Iterator[tuple[Scores, list[str]]]:
        for row in task.similarities(readings.vectors):
            scores = dict(zip(ids, (probability(float(cosine)) for cosine in row), strict=True))
            chosen = [topic for topic, value in scores.items() if value >= THRESHOLD]
            yield scores, sorted(chosen, key=lambda topic: (-scores[topic], topic))

    return judge


def _beliefs(encoder: SentenceEncoder) -> Judge:
    def judge(texts: Sequence[str], readings: Readings) -> Iterator[tuple[Scores, list[str]]]:
        for text in texts:
            held = {
                statement.rule.polarity
                for sentence in _sentences(text)
                for statement in find_statements(sentence)
            }
            scores = {polarity: float(polarity in held) for polarity in (LIMITING, EMPOWERING)}
            yield scores, [polarity for polarity in scores if polarity in held]

    return judge


def _actions(encoder: SentenceEncoder) -> Judge:
    label = "request_or_commitment"
    threshold = encoder.calibration.request[2]

    def judge(texts: Sequence[str], readings: Readings) -> Iterator[tuple[Scores, list[str]]]:
        for value in map(float, readings.requests):
            yield {label: value}, [label] if value >= threshold else []

    return judge


def _counsel_topics(encoder: SentenceEncoder) -> Judge:
    labels = encoder.calibration.counsel_topics

    def judge(texts: Sequence[str], readings: Readings) -> Iterator[tuple[Scores, list[str]]]:
        for row in readings.topics:
            yield dict(zip(labels, map(float, row), strict=True)), [labels[int(row.argmax())]]

    return judge


JUDGES: dict[str, Callable[[SentenceEncoder], Judge]] = {
    "emotions": _emotions,
    "intensity": _intensity,
    "topics": _topics,
    "counsel-topics": _counsel_topics,
    "beliefs": _beliefs,
    "actions": _actions,
}


def _sentences(text: str) -> list[Sentence]:
    segment = Segment("line", 0, None, Role.CLIENT, text, 0, len(text))
    return split_sentences([segment])


def predict(task: str, lines: Iterable[str]) -> Iterator[str]:
    """Yield one JSON object per line, in order.

    Args:
        task: a key of `JUDGES`.
        lines: sentences, with or without their line ends.
    """
    encoder = shared_encoder()
    judge = JUDGES[task](encoder)
    for texts in _chunks(line.rstrip("\r\n") for line in lines):
        for scores, chosen in judge(texts, encoder.read(texts)):
            rounded = {label: round(value, 6) for label, value in scores.items()}
            yield json.dumps({"probabilities": rounded, "labels": chosen})


def _chunks(lines: Iterable[str]) -> Iterator[list[str]]:
    chunk: list[str] = []
    for line in lines:
        chunk.append(line)
        if len(chunk) == _CHUNK:
            yield chunk
            chunk = []
    if chunk:
        yield chunk


def main() -> None:
    """Run the command."""
    parser = argparse.ArgumentParser(prog="python -m shared.analysis.predict")
    parser.add_argument("--task", choices=sorted(JUDGES), required=True)
    task = parser.parse_args().task
    for line in predict(task, sys.stdin):
        print(line)


if __name__ == "__main__":
    main()
