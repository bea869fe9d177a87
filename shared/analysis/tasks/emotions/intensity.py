"""How strong a feeling is, from the word for it and the words that grade it.

An ordinal scale 0..1, not a probability: each feeling word brings the intensity it has unmodified
(`vocabulary.json`), and graded words move it, as in VADER (Hutto and Gilbert 2014).
"""

from __future__ import annotations

import re

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
GRADED_WORDS = "|".join(words for _, words in _GRADES)
_PATTERNS = tuple((change, re.compile(rf"\b(?:{words})\b", re.I)) for change, words in _GRADES)
_FLOOR, _CEILING = 0.05, 1.0


def named_intensity(text: str, place: int, base: float) -> float:
    """Return the intensity 0..1 of a feeling word at `place` whose own intensity is `base`."""
    return bounded(base + grade(text, place) + emphasis(text))


def felt_intensity(text: str, base: float, probability: float) -> float:
    """Return the intensity 0..1 of a feeling that the model reads and no word names.

    A sure reading goes with a strong expression (r = 0.7 in Mohammad 2018 for such models), so the
    probability stretches the feeling's own `base` from 0.6 to 1.2 times.
    """
    return bounded(base * (0.6 + 0.6 * probability) + shift(text) + emphasis(text))


def grade(text: str, place: int) -> float:
    """Return how far the graded words before a feeling's word at `place` move its intensity."""
    return shift(clause_before(text, place))


def shift(text: str) -> float:
    """Return how far the graded words of a text move an intensity; one that weakens wins."""
    shifts = [change for change, pattern in _PATTERNS if pattern.search(text)]
    down = min([*shifts, 0.0])
    return down if down else max([*shifts, 0.0])


def emphasis(text: str) -> float:
    """Return what an exclamation mark adds."""
    return 0.05 if "!" in text else 0.0


def bounded(value: float) -> float:
    """Return an intensity within 0.05 and 1, in thousandths."""
    return round(min(_CEILING, max(_FLOOR, value)), 3)
