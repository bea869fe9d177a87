"""Under which topic counsellors would file a question, for judging by counsel-chat.

A linear head and the second encoder say it together; `infra/models` fits what each counts on what
the int8 graphs give of questions that they were not trained on. The engine's own topics are those
of `tasks/topics`.
"""

from __future__ import annotations

import io
import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from shared.analysis.encoder import ARTEFACT, LINEAR, Floats, SentenceEncoder
from shared.analysis.sentences import split_text

# A question of a page is judged by its first sentences.
MAX_SENTENCES = 24
# What the views of a question count: its beginning, its first sentence, the mean of its sentences.
_VIEWS = np.array([0.45, 0.23, 0.32], dtype=np.float32)


@dataclass(frozen=True)
class TopicHead:
    """Under which of its 31 topics counsel-chat would file a question.

    Attributes:
        labels: topics in the order of the columns.
        weights, offsets: (384, topics) and (topics,), for `question_vectors`.
        share: what the second encoder's logits of the question count beside them.
    """

    labels: tuple[str, ...]
    weights: Floats
    offsets: Floats
    share: float

    def probabilities(self, vectors: Floats, logits: Floats) -> Floats:
        """Map question vectors (n, 384) and logits (n, topics) to probabilities; rows sum to 1."""
        return softmax(vectors @ self.weights + self.offsets + np.float32(self.share) * logits)


@lru_cache(maxsize=1)
def load_topic_head() -> TopicHead:
    """Return the head that ships with the engine."""
    arrays: Any = np.load(io.BytesIO((ARTEFACT / LINEAR).read_bytes()), allow_pickle=False)
    known = json.loads((ARTEFACT / "calibration.json").read_text(encoding="utf-8"))
    labels = tuple(known["counsel_topics"])
    return TopicHead(
        labels,
        arrays["topics.weights"],
        arrays["topics.offsets"],
        float(arrays["topics.share"]),
    )


def question_views(encoder: SentenceEncoder, questions: Sequence[str]) -> Floats:
    """Return (n, 3, 384): vectors of a question's beginning, first sentence and mean sentence."""
    whole = encoder.vectors(questions)
    split = [question_sentences(question) for question in questions]
    vectors = encoder.vectors([sentence for group in split for sentence in group])
    ends = np.cumsum([len(group) for group in split], dtype=np.int64)
    views = np.zeros((len(questions), 3, whole.shape[1]), np.float32)
    for row, (group, end) in enumerate(zip(split, ends, strict=True)):
        mine = vectors[end - len(group) : end]
        mean = mine.mean(axis=0)
        views[row] = whole[row], mine[0], mean / np.linalg.norm(mean)
    return views


def question_vectors(views: Floats) -> Floats:
    """Return (n, 384) weighted means of (n, 3, 384) views."""
    return np.asarray(np.einsum("nvd,v->nd", views, _VIEWS), np.float32)


def question_sentences(text: str) -> list[str]:
    """Return the first 24 sentences of a question."""
    found = [sentence.text for sentence in split_text(text)]
    return found[:MAX_SENTENCES] or [text]


def softmax(values: Floats) -> Floats:
    """Return rows that are positive and sum to 1."""
    if not values.size:
        return values
    powers = np.exp(values - values.max(axis=-1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=-1, keepdims=True), dtype=np.float32)
