"""The therapy vocabulary: about two dozen emotions on top of the GoEmotions labels, as data."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from statistics import median
from typing import Any


@dataclass(frozen=True)
class Feeling:
    """One emotion of the vocabulary.

    Attributes:
        valence: pleasantness, -1..1.
        sources: GoEmotions labels that may mean it.
        default_for: GoEmotions labels it stands for when no other feeling is nearer.
        terms: word or phrase -> intensity 0..1 that it has unmodified.
        idioms: whole phrases that say it and whose it is, each with its intensity 0..1.
        examples: sentences of people who feel it.
    """

    name: str
    category: str
    valence: float
    sources: tuple[str, ...]
    default_for: tuple[str, ...]
    terms: dict[str, float]
    idioms: tuple[tuple[re.Pattern[str], float], ...]
    examples: tuple[str, ...]

    @property
    def usual_intensity(self) -> float:
        """Median intensity 0..1 of its terms."""
        return median(self.terms.values())


@dataclass(frozen=True)
class Vocabulary:
    """All feelings, with one pattern that finds any of their terms.

    Attributes:
        unmapped: GoEmotions labels that make no feeling of their own.
    """

    version: str
    feelings: tuple[Feeling, ...]
    pattern: re.Pattern[str]
    by_term: dict[str, Feeling]
    unmapped: frozenset[str]


@lru_cache(maxsize=1)
def load_vocabulary() -> Vocabulary:
    """Return the vocabulary that ships with the engine."""
    text = (files("shared.analysis.tasks.emotions") / "vocabulary.json").read_text("utf-8")
    found = json.loads(text)
    feelings = tuple(_feeling(entry) for entry in found["emotions"])
    by_term = {term: feeling for feeling in feelings for term in feeling.terms}
    longest_first = sorted(by_term, key=lambda term: (-len(term), term))
    pattern = re.compile(rf"\b(?:{'|'.join(map(re.escape, longest_first))})\b", re.IGNORECASE)
    unmapped = frozenset(found["unmapped"])
    return Vocabulary(found["version"], feelings, pattern, by_term, unmapped)


def _feeling(entry: dict[str, Any]) -> Feeling:
    return Feeling(
        name=entry["name"],
        category=entry["category"],
        valence=entry["valence"],
        sources=tuple(entry["from"]),
        default_for=tuple(entry["default_for"]),
        terms=entry["terms"],
        idioms=tuple(
            (re.compile(pattern, re.IGNORECASE), intensity)
            for pattern, intensity in entry.get("idioms", {}).items()
        ),
        examples=tuple(entry["examples"]),
    )
