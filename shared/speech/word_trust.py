"""How far each word of a statistical recogniser can be trusted.

A word's posterior in the lattice is over-confident where the language model knows none of what was
said: every path through the lattice is wrong then. What tells is the company it is in. So the
posterior is weighed together with those of its neighbours, with how well it fits the sound, and
with whether the recogniser's first pass had heard the same word. The weights are those of a
logistic regression on read speech, `infra/models/fit_word_trust.py`, which prints how well they
hold for speakers that it has not seen.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import cache
from importlib.resources import files
from statistics import fmean

_FLOOR = 1e-4


@dataclass(frozen=True, slots=True)
class HeardWord:
    """A word of the recogniser's last pass.

    Attributes:
        start_ms, end_ms: from the beginning of the stretch.
        posterior: 0..1, in the lattice.
        acoustic: log likelihood of its sound, per frame.
        language: log likelihood that the language model gives it.
    """

    text: str
    start_ms: int
    end_ms: int
    posterior: float
    acoustic: float
    language: float


@dataclass(frozen=True, slots=True)
class Hearing:
    """What was heard in one stretch.

    Attributes:
        first: the words of the first, coarser pass.
        duration_ms: of the stretch.
    """

    words: tuple[HeardWord, ...]
    first: tuple[str, ...]
    duration_ms: int


def trusted(hearing: Hearing) -> Iterator[tuple[HeardWord, float]]:
    """Each word with the probability, 0..1, that it was said."""
    bias, weights = _weights()
    for word, found in zip(hearing.words, features(hearing), strict=True):
        score = bias + sum(w * x for w, x in zip(weights, found, strict=True))
        yield word, round(1 / (1 + math.exp(-max(-30.0, min(30.0, score)))), 3)


FEATURES = (
    "posterior",
    "posterior of the worse neighbour",
    "mean posterior of the stretch",
    "share of trusted words around",
    "acoustic fit, beside the stretch",
    "acoustic fit of the stretch",
    "language fit",
    "milliseconds per letter",
    "letters",
    "heard by the first pass",
    "share heard by the first pass around",
)


def features(hearing: Hearing) -> list[tuple[float, ...]]:
    """One row of `FEATURES` for each word."""
    words = hearing.words
    if not words:
        return []
    posteriors = [_logit(word.posterior) for word in words]
    seen = _agreement(hearing)
    mean_posterior = fmean(posteriors)
    mean_acoustic = fmean(word.acoustic for word in words)
    return [
        (
            posteriors[at],
            min(_around(posteriors, at, 1)),
            mean_posterior,
            fmean(float(each > 0) for each in _around(posteriors, at, 3)),
            word.acoustic - mean_acoustic,
            mean_acoustic,
            word.language,
            math.log(max(10, word.end_ms - word.start_ms) / len(word.text)),
            math.log(len(word.text)),
            seen[at],
            fmean(_around(seen, at, 3)),
        )
        for at, word in enumerate(words)
    ]


def _around(values: Sequence[float], at: int, reach: int) -> Sequence[float]:
    return values[max(0, at - reach) : at + reach + 1]


def _agreement(hearing: Hearing) -> list[float]:
    last = [word.text for word in hearing.words]
    seen = [0.0] * len(last)
    for block in SequenceMatcher(None, last, hearing.first, autojunk=False).get_matching_blocks():
        seen[block.a : block.a + block.size] = [1.0] * block.size
    return seen


def _logit(probability: float) -> float:
    bounded = min(1 - _FLOOR, max(_FLOOR, probability))
    return math.log(bounded / (1 - bounded))


@cache
def _weights() -> tuple[float, tuple[float, ...]]:
    found = json.loads(files(__package__).joinpath("word_trust.json").read_text("utf-8"))
    return found["bias"], tuple(found["weights"])
