"""How strong anger, fear, joy and sadness are in a sentence: an ordinal scale 0..1, not fitted.

The model is read without the words that grade a feeling's word, and these then move what it found:
so "very sad" is never weaker than "sad", whatever the model makes of "very".
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache

from shared.analysis.stance import is_denied
from shared.analysis.tasks.emotions.intensity import (
    GRADED_WORDS,
    bounded,
    emphasis,
    named_intensity,
    shift,
)
from shared.analysis.tasks.emotions.vocabulary import load_vocabulary

# The groups of Mohammad and Bravo-Marquez 2017 in the labels of GoEmotions.
GROUPS: dict[str, tuple[str, ...]] = {
    "anger": ("anger", "annoyance", "disapproval", "disgust"),
    "fear": ("fear", "nervousness"),
    "joy": ("joy", "amusement", "excitement", "love", "optimism", "pride", "relief", "gratitude"),
    "sadness": ("sadness", "grief", "disappointment", "remorse"),
}
# The same for the categories of the vocabulary; surprise belongs to none.
_GROUP_OF = {
    "anger": "anger", "disgust": "anger", "fear": "fear", "joy": "joy", "love": "joy",
    "sadness": "sadness", "shame": "sadness",
}  # fmt: skip
# A feeling whose word stands there is there, and one that is only denied is not.
_NAMED_PROBABILITY, _DENIED_INTENSITY = 0.4, 0.15
# Of a feeling that no word names.
_USUAL_INTENSITY = 0.7
# A sure reading of a weak word is stronger than its word alone says.
_LEAST_SHARE = 0.3


def ungraded(text: str) -> str:
    """Return the text as the model is to read it: no graded words before a feeling's word."""
    return _grading().sub("", text)


@lru_cache(maxsize=1)
def _grading() -> re.Pattern[str]:
    terms = load_vocabulary().pattern.pattern
    return re.compile(rf"\b(?:(?:{GRADED_WORDS})\s+)+(?={terms})", re.IGNORECASE)


def group_intensities(text: str, probabilities: Mapping[str, float]) -> dict[str, float]:
    """Return the intensity 0..1 of each group in a sentence.

    Args:
        text: the sentence, graded words and all.
        probabilities: calibrated probability per GoEmotions label of the ungraded sentence.
    """
    named = list(_named(text))
    unnamed = bounded(_USUAL_INTENSITY + shift(text) + emphasis(text))
    return {
        group: _intensity(
            [value for name, value in named if name == group],
            unnamed,
            _any(probabilities[label] for label in labels),
        )
        for group, labels in GROUPS.items()
    }


def _named(text: str) -> Iterator[tuple[str, float]]:
    """Yield the group of each feeling's word and its intensity there, 0 where it is denied."""
    vocabulary = load_vocabulary()
    for found in vocabulary.pattern.finditer(text):
        term = found[0].lower()
        feeling = vocabulary.by_term[term]
        if feeling.category in _GROUP_OF:
            denied = is_denied(text, found.start())
            strength = named_intensity(text, found.start(), feeling.terms[term])
            yield _GROUP_OF[feeling.category], 0.0 if denied else strength


def _intensity(named: list[float], unnamed: float, probability: float) -> float:
    strongest = max(named, default=unnamed)
    if not strongest:
        return min(_DENIED_INTENSITY, bounded(probability))
    if named:
        probability = max(probability, _NAMED_PROBABILITY)
    return bounded(probability**0.5 * (_LEAST_SHARE + (1.0 - _LEAST_SHARE) * strongest))


def _any(probabilities: Iterator[float]) -> float:
    absent = 1.0
    for probability in probabilities:
        absent *= 1.0 - probability
    return 1.0 - absent
