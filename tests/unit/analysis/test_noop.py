from __future__ import annotations

from datetime import UTC, datetime

from shared.analysis.noop import NoopAnalyzer
from shared.domain.elements import Elements
from shared.domain.window import Window


def test_noop_finds_nothing(segments):
    noop = NoopAnalyzer()
    assert noop.analyze(Window(0, segments("C: I am so sad."))) == Elements()
    assert noop.merge([Elements()], datetime(2025, 5, 1, tzinfo=UTC)) == Elements()
