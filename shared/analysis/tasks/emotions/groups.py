"""How strong anger, fear, joy and sadness are in a sentence, 0..1, fitted to ratings.

The model is read without the words that grade a feeling's word, and these then move what it found:
so "very sad" is never weaker than "sad", whatever the model makes of "very".
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

from shared.analysis.encoder import INTENSITIES, IntensityHead
from shared.analysis.sentences import split_text
from shared.analysis.stance import is_denied
from shared.analysis.tasks.emotions.intensity import GRADED_WORDS, grade
from shared.analysis.tasks.emotions.naming import Mention, find_named
from shared.analysis.tasks.emotions.vocabulary import load_vocabulary

# The group of each category of the vocabulary; surprise belongs to none.
GROUP_OF = {
    "anger": "anger", "disgust": "anger", "fear": "fear", "joy": "joy", "love": "joy",
    "sadness": "sadness", "shame": "sadness",
}  # fmt: skip
# The most of a feeling that is only denied.
_DENIED_INTENSITY = 0.15


def ungraded(text: str) -> str:
    """Return the text as the model is to read it: no graded words before a feeling's word."""
    return _grading().sub("", text)


@lru_cache(maxsize=1)
def _grading() -> re.Pattern[str]:
    terms = load_vocabulary().pattern.pattern
    return re.compile(rf"\b(?:(?:{GRADED_WORDS})\s+)+(?={terms})", re.IGNORECASE)


def group_intensities(text: str, head: IntensityHead, values: Sequence[float]) -> dict[str, float]:
    """Return the intensity 0..1 of each group in a sentence.

    Args:
        text: the sentence, graded words and all.
        head: knows what the word counts where the speaker names his feeling.
        values: what the head reads in the ungraded sentence, in the order of `INTENSITIES`.
    """
    plain, moves = dict(zip(INTENSITIES, map(float, values), strict=True)), grades(text)
    found = {group: _moved(value, moves.get(group, 0.0)) for group, value in plain.items()}
    for sentence in split_text(text):
        for mention in find_named(sentence, load_vocabulary()):
            group = GROUP_OF.get(mention.feeling.category)
            if group:
                strength = mentioned_intensity(sentence.own, mention, head, plain[group])
                found[group] = max(found[group], strength)
    return {group: round(min(1.0, value), 3) for group, value in found.items()}


def mentioned_intensity(text: str, mention: Mention, head: IntensityHead, plain: float) -> float:
    """Return how strong a feeling is that the speaker names, from the value of the plain text."""
    read = graded(plain, grade(text, mention.place))
    return head.named_intensity(read, mention.intensity)


def _moved(value: float, move: float | None) -> float:
    return min(_DENIED_INTENSITY, value) if move is None else graded(value, move)


def graded(value: float, move: float) -> float:
    """Move an intensity 0..1 by that share of what is left above it, or of itself downwards."""
    return value + move * (1.0 - value if move > 0 else value)


def grades(text: str) -> dict[str, float | None]:
    """Return how far graded words move each group that a word names; None if it is only denied.

    Of several words of a group the strongest counts.
    """
    found: dict[str, float | None] = {}
    for group, move in _named(text):
        known = found.get(group)
        found[group] = known if move is None else move if known is None else max(known, move)
    return found


def _named(text: str) -> Iterator[tuple[str, float | None]]:
    """Yield the group of each feeling's word and how far that is graded, None where denied."""
    vocabulary = load_vocabulary()
    for found in vocabulary.pattern.finditer(text):
        feeling = vocabulary.by_term[found[0].lower()]
        if feeling.category in GROUP_OF:
            denied = is_denied(text, found.start())
            yield GROUP_OF[feeling.category], None if denied else grade(text, found.start())
