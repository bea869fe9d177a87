"""How strong a feeling is, from the word for it and the words that grade it.

An ordinal scale 0..1, not a probability: each feeling word brings the intensity it has unmodified
(`vocabulary.json`), and graded words move it, as in VADER (Hutto and Gilbert 2014).
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from shared.analysis.stance import clause_before

_GRADES = (
    (
        0.25,
        r"extremely|incredibly|completely|totally|utterly|absolutely|unbelievably|terribly"
        r"|constantly|unbearably|beyond",
    ),
    (0.15, r"really|very|so|such|deeply|truly|super|awfully|always|intensely|too|much more"),
    (0.05, r"pretty|quite|rather|fairly|still"),
    (
        -0.2,
        r"a\s+(?:little|tiny|small)?\s*bit|a\s+little|slightly|somewhat|kind\s+of|kinda|sort\s+of"
        r"|mildly|less|not\s+(?:so|too|very|that|as)|almost|a\s+touch",
    ),
)
_PATTERNS = tuple((shift, re.compile(rf"\b(?:{words})\b", re.I)) for shift, words in _GRADES)
# The groups of Mohammad and Bravo-Marquez 2017 in the labels of GoEmotions.
GROUPS: dict[str, tuple[str, ...]] = {
    "anger": ("anger", "annoyance", "disapproval", "disgust"),
    "fear": ("fear", "nervousness"),
    "joy": ("joy", "amusement", "excitement", "love", "optimism", "pride", "relief", "gratitude"),
    "sadness": ("sadness", "grief", "disappointment", "remorse"),
}
_FLOOR, _CEILING = 0.05, 1.0


def named_intensity(text: str, place: int, base: float) -> float:
    """Return the intensity 0..1 of a feeling word at `place` whose own intensity is `base`."""
    return _bounded(base + _shift(clause_before(text, place)) + _emphasis(text))


def felt_intensity(text: str, base: float, probability: float) -> float:
    """Return the intensity 0..1 of a feeling that the model reads and no word names.

    A sure reading goes with a strong expression (r = 0.7 in Mohammad 2018 for such models), so the
    probability stretches the feeling's own `base` from 0.6 to 1.2 times.
    """
    return _bounded(base * (0.6 + 0.6 * probability) + _shift(text) + _emphasis(text))


def _shift(text: str) -> float:
    shifts = [shift for shift, pattern in _PATTERNS if pattern.search(text)]
    down = min([*shifts, 0.0])
    return down if down else max([*shifts, 0.0])


def _emphasis(text: str) -> float:
    return 0.05 if "!" in text else 0.0


def _bounded(value: float) -> float:
    return round(min(_CEILING, max(_FLOOR, value)), 3)


def group_intensities(text: str, probabilities: Mapping[str, float]) -> dict[str, float]:
    """Return the intensity 0..1 of anger, fear, joy and sadness in a sentence.

    Args:
        text: the sentence, whose graded words count.
        probabilities: calibrated probability per GoEmotions label.
    """
    shift = _shift(text) + _emphasis(text)
    found = {}
    for group, labels in GROUPS.items():
        absent = 1.0
        for label in labels:
            absent *= 1.0 - probabilities[label]
        found[group] = _bounded((1.0 - absent) ** 0.5 * (0.8 + shift))
    return found
