"""Trained heads: what kind of statement a sentence is, from its meaning, emotions and wording.

Made by `python -m infra.models.build_heads`; what they were trained on and how good they are stands
in the model card. A head gives a score; its calibration turns the score, and whether a rule found
the same, into the probability that a careful reader would agree.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from shared.analysis.encoder import ARTEFACT, Floats, Readings
from shared.analysis.sentences import Sentence
from shared.analysis.wording import grams

HEADS_FILE = "heads.json"
BELIEF, CHALLENGE, COMMITMENT = "belief", "challenge", "commitment"
OBSERVATION, RECOMMENDATION = "observation", "recommendation"
EMPOWERING = "empowering"
AGREEMENT, PROMISE = "agreement", "promise"
# The scale of the wording's weights in the file, whole numbers to keep it small.
WEIGHT_UNIT = 1000
_UNREAD = -30.0


@dataclass(frozen=True)
class Curve:
    """From a score to a probability: sigmoid(slope * score + known * is_rule + offset).

    Platt 1999, with a second variable for the rules.

    Attributes:
        least, least_known: the probability from which a finding is told where heads alone find it,
            and where a rule finds it too.
    """

    slope: float
    known: float
    offset: float
    least: float
    least_known: float

    def probability(self, score: float, *, is_rule: bool) -> float:
        """Return the calibrated probability 0..1."""
        value = self.slope * score + self.known * is_rule + self.offset
        return 1.0 / (1.0 + math.exp(-max(-30.0, min(30.0, value))))


@dataclass(frozen=True)
class Heads:
    """The weights of all heads.

    Attributes:
        encoder: version of the encoder whose vectors they read.
        names: of the heads, in the order of the columns; last those of the belief categories,
            which look at the meaning alone.
        wording: weights per gram for the first heads, in units of 1 / `WEIGHT_UNIT`.
        reading: (384 + 28 + 1, heads) weights of the vector, the emotions and the request.
        bias: (heads,).
        curves: per kind.
    """

    encoder: str
    names: tuple[str, ...]
    wording: Mapping[str, Sequence[int]]
    reading: Floats
    bias: Floats
    curves: Mapping[str, Curve]

    def scores(self, sentences: Sequence[Sentence], readings: Readings) -> Floats:
        """Return (n, heads) scores of n sentences whose readings are given."""
        read = np.hstack([readings.vectors, readings.emotions, readings.requests[:, None]])
        found = read @ self.reading + self.bias
        rows: dict[str, NDArray[np.float64]] = {}
        for row, sentence in enumerate(sentences):
            text = sentence.own.strip()
            if text not in rows:
                rows[text] = self._worded(text)
            found[row, : len(rows[text])] += rows[text]
        return np.asarray(found, np.float32)

    def _worded(self, text: str) -> NDArray[np.float64]:
        known = [self.wording[gram] for gram in sorted(grams(text)) if gram in self.wording]
        if not known:
            return np.zeros(0)
        summed = np.sum(np.array(known, dtype=np.int64), axis=0)
        return np.asarray(summed / (WEIGHT_UNIT * math.sqrt(len(known))), np.float64)


@dataclass(frozen=True)
class Stated:
    """What the heads say of the sentences of a passage, by row.

    Attributes:
        heads: whose scores they are.
        scores: (n, heads); a row of NaN is a sentence that was not read.
    """

    heads: Heads
    scores: Floats

    def score(self, head: str, row: int) -> float:
        """Return a head's score, far below zero where the sentence was not read."""
        if head not in self.heads.names:
            return 0.0
        value = float(self.scores[row, self.heads.names.index(head)])
        return _UNREAD if math.isnan(value) else value

    def confidence(self, head: str, row: int, *, is_rule: bool) -> float | None:
        """Return the probability that the sentence is what the head looks for; None if too low."""
        curve = self.heads.curves[head]
        found = curve.probability(self.score(head, row), is_rule=is_rule)
        least = curve.least_known if is_rule else curve.least
        return round(found, 3) if found >= least else None

    def best(self, heads: Sequence[str], row: int) -> str:
        """Return the head of the highest score."""
        return max(heads, key=lambda head: self.score(head, row))


@lru_cache(maxsize=1)
def shared_heads() -> Heads:
    """Return the shipped heads."""
    return parse_heads(json.loads((ARTEFACT / HEADS_FILE).read_text(encoding="utf-8")))


def parse_heads(found: Mapping[str, Any]) -> Heads:
    """Return heads from the content of their file."""
    return Heads(
        encoder=found["encoder"],
        names=tuple(found["names"]),
        wording=found["wording"],
        reading=np.array(found["reading"], np.float32),
        bias=np.array(found["bias"], np.float32),
        curves={kind: Curve(**curve) for kind, curve in found["curves"].items()},
    )
