"""What a client may choose of the analysis of a session: `settings.analysis`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

from .element_kinds import ELEMENT_KINDS

if TYPE_CHECKING:
    from .elements import Elements

ANALYSIS: Final = "analysis"


@dataclass(frozen=True, slots=True)
class AnalysisSettings:
    """How one analysis is to be made.

    Attributes:
        elements: kinds of element that are wanted; all by default.
        min_confidence: by kind, 0..1: what is less sure is left out, and so is what has no
            calibrated confidence, unless the bound is 0.
        language: BCP 47 tag of the transcript; None: to be found out.
    """

    elements: frozenset[str] = frozenset(ELEMENT_KINDS)
    min_confidence: Mapping[str, float] = field(default_factory=lambda: MappingProxyType({}))
    language: str | None = None

    @property
    def primary_language(self) -> str | None:
        """First part of `language`, in lower case (`en` of `en-GB`)."""
        return self.language and self.language.split("-")[0].lower()

    def keeps(self, kind: str, confidence: float | None) -> bool:
        """Whether an element of this kind and confidence is wanted."""
        return kind in self.elements and (confidence or 0.0) >= self.min_confidence.get(kind, 0.0)

    def keep(self, found: Elements) -> Elements:
        """`found` without what is not wanted; highlights stay, since they are no findings."""
        kept = {
            kind: tuple(e for e in getattr(found, kind) if self.keeps(kind, e.confidence))
            for kind in ELEMENT_KINDS
        }
        return replace(found, **kept)


def analysis_settings(given: Mapping[str, Any]) -> AnalysisSettings:
    """Reads `settings.analysis`; the form of what clients send is checked at the edge.

    What was stored before it meant anything is read as far as it means something.
    """
    elements, bounds, language = map(given.get, ("elements", "min_confidence", "language"))
    return AnalysisSettings(
        elements=_kinds(elements) or frozenset(ELEMENT_KINDS),
        min_confidence=_bounds(bounds),
        language=language if isinstance(language, str) and language else None,
    )


def _kinds(given: object) -> frozenset[str]:
    return frozenset(kind for kind in ELEMENT_KINDS if isinstance(given, list) and kind in given)


def _bounds(given: object) -> Mapping[str, float]:
    if not isinstance(given, Mapping):
        return {}
    return {
        kind: float(bound)
        for kind in ELEMENT_KINDS
        if isinstance(bound := given.get(kind), int | float)
    }
