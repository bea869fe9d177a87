"""An analyser that finds nothing, for what is not about analysis."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from shared.domain.elements import Elements, Provenance
from shared.domain.window import Window


class NoopAnalyzer:
    """Implements the `Analyzer` port without reading anything."""

    languages = None

    @property
    def provenance(self) -> Provenance:
        """Nobody."""
        return Provenance("noop", "none", "1")

    def analyze(self, window: Window, session_date: datetime) -> Elements:
        """Return no elements."""
        return Elements()

    def merge(self, windows: Sequence[Elements], session_date: datetime) -> Elements:
        """Return no elements."""
        return Elements()
