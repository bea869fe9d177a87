"""Trained heads: what kind of statement a sentence is.

The second encoder and the lexicon give a score per head; `python -m infra.models.calibrate_heads`
says what the scores are worth, and the model card how good they are. A head's calibration turns its
score, and whether a rule found the same, into the probability that a careful reader would agree.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from shared.analysis.encoder import ARTEFACT, Floats, shared_encoder

HEADS_FILE = "heads.json"
BELIEF, CHALLENGE, COMMITMENT = "belief", "challenge", "commitment"
OBSERVATION, RECOMMENDATION = "observation", "recommendation"
EMPOWERING = "empowering"
AGREEMENT = "agreement"
# What rules find that no head reads: a therapist's promise, and an answer ("I could ...").
PROMISE, ANSWER = "promise", "answer"
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
    """What the scores of the second encoder and the lexicon are worth.

    Attributes:
        encoder: version of the encoder that gives them.
        names: of the heads, in the order of the columns; last those of the belief categories.
        curves: per kind.
        alone: the same where one person alone speaks, as in a letter or a diary, for the kinds
            that are put otherwise there: the same words are less often a belief.
    """

    encoder: str
    names: tuple[str, ...]
    curves: Mapping[str, Curve]
    alone: Mapping[str, Curve]

    def curve(self, kind: str, *, is_alone: bool) -> Curve:
        """Return the curve of a kind."""
        return self.alone.get(kind, self.curves[kind]) if is_alone else self.curves[kind]


@dataclass(frozen=True)
class Stated:
    """What the heads say of the sentences of a passage, by row.

    Attributes:
        heads: whose scores they are.
        scores: (n, heads); a row of NaN is a sentence that was not read.
        is_alone: whether one person alone speaks in the passage.
    """

    heads: Heads
    scores: Floats
    is_alone: bool = False

    def score(self, head: str, row: int) -> float:
        """Return a head's score, far below zero where the sentence was not read."""
        if head not in self.heads.names:
            return 0.0
        value = float(self.scores[row, self.heads.names.index(head)])
        return _UNREAD if math.isnan(value) else value

    def probability(self, head: str, row: int, *, is_rule: bool) -> float:
        """Return the calibrated probability that the sentence is what the head looks for."""
        return self._curve(head).probability(self.score(head, row), is_rule=is_rule)

    def confidence(self, head: str, row: int, *, is_rule: bool) -> float | None:
        """Return the same rounded; None where it is too low to be told."""
        found, curve = self.probability(head, row, is_rule=is_rule), self._curve(head)
        least = curve.least_known if is_rule else curve.least
        return round(found, 3) if found >= least else None

    def _curve(self, head: str) -> Curve:
        return self.heads.curve(head, is_alone=self.is_alone)

    def best(self, heads: Sequence[str], row: int) -> str:
        """Return the head of the highest score."""
        return max(heads, key=lambda head: self.score(head, row))


@lru_cache(maxsize=1)
def shared_heads() -> Heads:
    """Return the shipped heads.

    Raises:
        ValueError: they were not calibrated for the shipped encoders.
    """
    heads = parse_heads(json.loads((ARTEFACT / HEADS_FILE).read_text(encoding="utf-8")))
    known = shared_encoder().calibration
    if (heads.encoder, heads.names) != (known.version, known.statements):
        raise ValueError("heads.json is of other encoders: run infra.models.calibrate_heads")
    return heads


def parse_heads(found: Mapping[str, Any]) -> Heads:
    """Return heads from the content of their file."""
    return Heads(
        encoder=found["encoder"],
        names=tuple(found["names"]),
        curves=_curves(found["curves"]),
        alone=_curves(found["alone"]),
    )


def _curves(found: Mapping[str, Mapping[str, float]]) -> dict[str, Curve]:
    return {kind: Curve(**curve) for kind, curve in found.items()}
