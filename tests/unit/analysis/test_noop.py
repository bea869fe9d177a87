from __future__ import annotations

from datetime import UTC, datetime

from shared.analysis.noop import NoopAnalyzer
from shared.domain.elements import Elements
from shared.domain.window import Window

MAY_FIRST = datetime(2025, 5, 1, tzinfo=UTC)


def test_noop_finds_nothing(segments):
    noop = NoopAnalyzer()
    assert noop.analyze(Window(0, segments("C: I am so sad.")), MAY_FIRST) == Elements()
    assert noop.merge([Elements()], MAY_FIRST) == Elements()
