"""Read one sentence a line, write one JSON object a line: for judging the engine by itself.

`python -m shared.analysis.predict --task emotions < sentences.txt`

Each object holds `probabilities` (label -> 0..1) and `labels` (those chosen). `ekman` are the six
groups of emotions and neutral. For `intensity` the numbers are intensities 0..1 of four emotion
groups and no probabilities; for `beliefs` they are the probability that the line states one, shared
out between limiting and empowering. `topics` are the
taxonomy's, `counsel-topics` those of counsel-chat.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from typing import TypeVar

import numpy as np

from shared.analysis.encoder import SentenceEncoder, choose, shared_encoder
from shared.analysis.heads import BELIEF, Stated, shared_heads
from shared.analysis.heads import EMPOWERING as EMPOWERING_HEAD
from shared.analysis.questions import load_topic_head, question_vectors, question_views
from shared.analysis.sentences import split_text
from shared.analysis.tasks.beliefs.rules import EMPOWERING, LIMITING
from shared.analysis.tasks.beliefs.task import find_statements
from shared.analysis.tasks.emotions.groups import group_intensities, ungraded
from shared.analysis.tasks.topics.task import THRESHOLD, TopicTask, probability

Item = TypeVar("Item")
Scores = dict[str, float]
Judge = Callable[[Sequence[str]], Iterator[tuple[Scores, list[str]]]]

_CHUNK = 64
_CHUNKS_AT_ONCE = 16
_PRESENT_INTENSITY = 0.5


def _emotions(encoder: SentenceEncoder) -> Judge:
    known = encoder.calibration

    def judge(texts: Sequence[str]) -> Iterator[tuple[Scores, list[str]]]:
        probabilities = encoder.read(texts).emotions
        for row, chosen in zip(probabilities, choose(probabilities, known.thresholds), strict=True):
            scores = dict(zip(known.labels, map(float, row), strict=True))
            yield scores, [known.labels[k] for k in chosen.nonzero()[0]]

    return judge


def _ekman(encoder: SentenceEncoder) -> Judge:
    groups = encoder.calibration.groups
    thresholds = np.array([group.threshold for group in groups], dtype=np.float32)

    def judge(texts: Sequence[str]) -> Iterator[tuple[Scores, list[str]]]:
        found = encoder.groups(texts)
        for row, chosen in zip(found, choose(found, thresholds), strict=True):
            scores = {group.name: float(value) for group, value in zip(groups, row, strict=True)}
            yield scores, [groups[k].name for k in chosen.nonzero()[0]]

    return judge


def _intensity(encoder: SentenceEncoder) -> Judge:
    def judge(texts: Sequence[str]) -> Iterator[tuple[Scores, list[str]]]:
        read = encoder.intensities([ungraded(text) for text in texts])
        for text, row in zip(texts, read, strict=True):
            scores = group_intensities(text, encoder.intensity_head, row)
            yield scores, [label for label, value in scores.items() if value >= _PRESENT_INTENSITY]

    return judge


def _topics(encoder: SentenceEncoder) -> Judge:
    task = TopicTask(encoder)
    ids = [topic.id for topic in task.taxonomy.topics]

    def judge(texts: Sequence[str]) -> Iterator[tuple[Scores, list[str]]]:
        for row in task.similarities(encoder.vectors(texts)):
            scores = dict(zip(ids, (probability(float(cosine)) for cosine in row), strict=True))
            chosen = [topic for topic, value in scores.items() if value >= THRESHOLD]
            yield scores, sorted(chosen, key=lambda topic: (-scores[topic], topic))

    return judge


def _beliefs(encoder: SentenceEncoder) -> Judge:
    heads = shared_heads()

    def judge(texts: Sequence[str]) -> Iterator[tuple[Scores, list[str]]]:
        for text in texts:
            sentences = [said for said in split_text(text) if not said.is_question]
            stated = Stated(heads, encoder.statements([said.own.strip() for said in sentences]))
            scores, is_told = dict.fromkeys((LIMITING, EMPOWERING), 0.0), False
            for row, said in enumerate(sentences):
                polarities = {statement.rule.polarity for statement in find_statements(said)}
                for polarity, value in _shared_out(stated, row, polarities).items():
                    scores[polarity] = max(scores[polarity], value)
                sure = stated.confidence(BELIEF, row, is_rule=bool(polarities))
                is_told = is_told or sure is not None
            yield scores, [max(scores, key=lambda name: scores[name])] if is_told else []

    return judge


def _shared_out(stated: Stated, row: int, polarities: Collection[str]) -> Scores:
    """The probability of a belief, by its polarity; a rule that finds one knows which."""
    found = stated.probability(BELIEF, row, is_rule=bool(polarities))
    empowering = stated.probability(EMPOWERING_HEAD, row, is_rule=False)
    if len(polarities) == 1:
        empowering = float(EMPOWERING in polarities)
    return {LIMITING: found * (1 - empowering), EMPOWERING: found * empowering}


def _actions(encoder: SentenceEncoder) -> Judge:
    label = "request_or_commitment"
    threshold = encoder.request_head.threshold

    def judge(texts: Sequence[str]) -> Iterator[tuple[Scores, list[str]]]:
        for value in map(float, encoder.read(texts).requests):
            yield {label: value}, [label] if value >= threshold else []

    return judge


def _counsel_topics(encoder: SentenceEncoder) -> Judge:
    head = load_topic_head()

    def judge(texts: Sequence[str]) -> Iterator[tuple[Scores, list[str]]]:
        vectors = question_vectors(question_views(encoder, texts))
        for row in head.probabilities(vectors, encoder.topics(texts)):
            best = head.labels[int(row.argmax())]
            yield dict(zip(head.labels, map(float, row), strict=True)), [best]

    return judge


JUDGES: dict[str, Callable[[SentenceEncoder], Judge]] = {
    "emotions": _emotions,
    "ekman": _ekman,
    "intensity": _intensity,
    "topics": _topics,
    "counsel-topics": _counsel_topics,
    "beliefs": _beliefs,
    "actions": _actions,
}


def predict(task: str, lines: Iterable[str]) -> Iterator[str]:
    """Yield one JSON object per line, in order.

    Args:
        task: a key of `JUDGES`.
        lines: sentences, with or without their line ends.
    """
    judge = JUDGES[task](shared_encoder())
    # What is loaded when first needed is loaded here, before threads would do it at once.
    list(judge([""]))

    def write(texts: Sequence[str]) -> list[str]:
        return [_object(scores, chosen) for scores, chosen in judge(texts)]

    with ThreadPoolExecutor() as pool:
        for chunks in _grouped(_grouped(_stripped(lines), _CHUNK), _CHUNKS_AT_ONCE):
            for written in pool.map(write, chunks):
                yield from written


def _stripped(lines: Iterable[str]) -> Iterator[str]:
    return (line.rstrip("\r\n") for line in lines)


def _object(scores: Scores, chosen: list[str]) -> str:
    rounded = {label: round(value, 6) for label, value in scores.items()}
    return json.dumps({"probabilities": rounded, "labels": chosen})


def _grouped(items: Iterable[Item], size: int) -> Iterator[list[Item]]:
    several = iter(items)
    while group := list(islice(several, size)):
        yield group


def main() -> None:
    """Run the command."""
    parser = argparse.ArgumentParser(prog="python -m shared.analysis.predict")
    parser.add_argument("--task", choices=sorted(JUDGES), required=True)
    task = parser.parse_args().task
    for line in predict(task, sys.stdin):
        print(line)


if __name__ == "__main__":
    main()
