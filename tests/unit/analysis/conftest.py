from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from shared.analysis.engine import LocalAnalyzer
from shared.analysis.sentences import Sentence, split_sentences
from shared.domain.elements import Elements
from shared.domain.transcript import Role, Segment
from shared.domain.window import Window

# A Thursday.
SESSION_DATE = datetime(2025, 5, 1, 16, tzinfo=UTC)
ROLES = {"C": Role.CLIENT, "T": Role.THERAPIST, "U": Role.UNKNOWN}


def _segments(*turns: str) -> tuple[Segment, ...]:
    """Segments from turns such as "C: I'm tired." (client), "T: ..." or "U: ..."."""
    spoken = [(ROLES[turn[0]], turn[3:]) for turn in turns]
    return tuple(
        Segment(f"u-{number}", number, role.value, role, text, 0, len(text))
        for number, (role, text) in enumerate(spoken)
    )


@pytest.fixture(scope="session")
def segments() -> Callable[..., tuple[Segment, ...]]:
    return _segments


@pytest.fixture(scope="session")
def sentences() -> Callable[..., list[Sentence]]:
    return lambda *turns: split_sentences(_segments(*turns))


@pytest.fixture(scope="session")
def engine() -> LocalAnalyzer:
    return LocalAnalyzer()


@pytest.fixture(scope="session")
def analyze(engine: LocalAnalyzer) -> Callable[..., Elements]:
    return lambda *turns: engine.analyze(Window(0, _segments(*turns)), SESSION_DATE)
