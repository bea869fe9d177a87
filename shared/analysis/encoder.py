"""The shipped sentence encoder: one warm ONNX session per process, loaded when first needed.

Made by `infra/models`; what it was trained on and how good it is stands in its model card.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from importlib.resources import files
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]

ARTEFACT = files("shared.analysis") / "models"
MAX_TOKENS = 96
VECTOR_SIZE = 384
OUTPUTS = ("emotions", "topics", "request", "vector")


@dataclass(frozen=True)
class Calibration:
    """Numbers fitted on held-out data, beside the model's weights.

    Attributes:
        model, version: name of the artefact and the version of its weights.
        labels: GoEmotions labels in the order of the columns.
        slopes, offsets: per label, probability = sigmoid(slope * logit + offset) (Platt 1999).
        thresholds: per label, the probability from which a label counts as present.
        request: slope, offset and threshold of the request-or-commitment head.
        counsel_topics: counsel-chat topics in the order of the columns.
    """

    model: str
    version: str
    labels: tuple[str, ...]
    slopes: Floats
    offsets: Floats
    thresholds: Floats
    request: tuple[float, float, float]
    counsel_topics: tuple[str, ...]


@dataclass(frozen=True)
class Readings:
    """What the model reads in n texts, row by row.

    Attributes:
        emotions: (n, 28) calibrated probabilities per GoEmotions label.
        vectors: (n, 384) unit sentence vectors; their dot product is a similarity in -1..1.
        requests: (n,) calibrated probability of a request or commitment.
        topics: (n, topics) probability per counsel-chat topic; rows sum to 1.
    """

    emotions: Floats
    vectors: Floats
    requests: Floats
    topics: Floats


class SentenceEncoder:
    """Reads texts with the shipped model. Thread-safe; loading takes well under a second."""

    @cached_property
    def calibration(self) -> Calibration:
        """The numbers fitted on held-out data."""
        found = json.loads((ARTEFACT / "calibration.json").read_text(encoding="utf-8"))
        emotions = found["emotions"]
        request = found["request"]
        return Calibration(
            model=found["model"],
            version=found["version"],
            labels=tuple(emotions["labels"]),
            slopes=np.array(emotions["slopes"], dtype=np.float32),
            offsets=np.array(emotions["offsets"], dtype=np.float32),
            thresholds=np.array(emotions["thresholds"], dtype=np.float32),
            request=(request["slope"], request["offset"], request["threshold"]),
            counsel_topics=tuple(found["counsel_topics"]),
        )

    @cached_property
    def _tokenizer(self) -> Any:
        from tokenizers import Tokenizer

        tokenizer = Tokenizer.from_str((ARTEFACT / "tokenizer.json").read_text(encoding="utf-8"))
        tokenizer.no_padding()
        tokenizer.enable_truncation(MAX_TOKENS)
        return tokenizer

    @cached_property
    def _session(self) -> Any:
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        options.inter_op_num_threads = 1
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        options.enable_cpu_mem_arena = False
        return onnxruntime.InferenceSession(
            (ARTEFACT / "analyser.onnx").read_bytes(),
            options,
            providers=["CPUExecutionProvider"],
        )

    def read(self, texts: Sequence[str]) -> Readings:
        """Read texts of any length, each cut after 96 tokens; the order is kept.

        One text at a time: int8 activations are scaled over what runs together, so a batch would
        let a sentence's numbers depend on its neighbours. It costs a third of the speed.
        """
        known = self.calibration
        logits = np.zeros((len(texts), len(known.labels)), np.float32)
        topics = np.zeros((len(texts), len(known.counsel_topics)), np.float32)
        requests = np.zeros(len(texts), np.float32)
        vectors = np.zeros((len(texts), VECTOR_SIZE), np.float32)
        for row, text in enumerate(texts):
            ids = np.array([self._tokenizer.encode(text).ids], dtype=np.int64)
            outputs = self._session.run(OUTPUTS, {"ids": ids})
            logits[row], topics[row], requests[row], vectors[row] = (part[0] for part in outputs)
        slope, offset, _ = known.request
        return Readings(
            emotions=sigmoid(known.slopes * logits + known.offsets),
            vectors=vectors,
            requests=sigmoid(slope * requests + offset),
            topics=softmax(topics),
        )


def sigmoid(values: Floats) -> Floats:
    """Return 1 / (1 + exp(-values)), in 0..1 without overflow."""
    return np.asarray(0.5 * (1.0 + np.tanh(0.5 * values)), dtype=np.float32)


def softmax(values: Floats) -> Floats:
    """Return rows that are positive and sum to 1."""
    if not values.size:
        return values
    powers = np.exp(values - values.max(axis=-1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=-1, keepdims=True), dtype=np.float32)


@lru_cache(maxsize=1)
def shared_encoder() -> SentenceEncoder:
    """Return the one encoder of this process."""
    return SentenceEncoder()
