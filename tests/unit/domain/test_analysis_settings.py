from __future__ import annotations

import pytest

from shared.domain.analysis_settings import AnalysisSettings, analysis_settings
from shared.domain.element_kinds import ELEMENT_KINDS


def test_nothing_chosen_wants_everything():
    settings = analysis_settings({})
    assert settings == AnalysisSettings()
    assert all(
        settings.keeps(kind, confidence) for kind in ELEMENT_KINDS for confidence in (None, 0.0)
    )


def test_kinds_and_bounds_leave_out_what_is_not_wanted():
    chosen = analysis_settings(
        {"elements": ["emotions", "beliefs"], "min_confidence": {"emotions": 0.8, "beliefs": 0}}
    )
    assert chosen.keeps("emotions", 0.8)
    assert not chosen.keeps("emotions", 0.79)
    assert not chosen.keeps("emotions", None)
    assert chosen.keeps("beliefs", None)
    assert not chosen.keeps("topics", 1.0)


@pytest.mark.parametrize(
    "given",
    [
        {"elements": "all", "min_confidence": [1], "language": 7},
        {"elements": ["moods"], "min_confidence": {"emotions": "high"}, "language": ""},
    ],
)
def test_what_was_stored_before_it_meant_anything_chooses_nothing(given):
    assert analysis_settings(given) == AnalysisSettings(min_confidence={})


def test_primary_language_is_the_tags_first_part():
    assert AnalysisSettings(language="EN-gb").primary_language == "en"
    assert AnalysisSettings().primary_language is None
