"""Settings of an analysis over HTTP: what is taken, what is refused, and what a client sees."""

from __future__ import annotations

from typing import Any

import pytest

from tests.integration.conftest import TEXT, Api
from tests.integration.test_bad_input import problem

GERMAN = "Client: Ich bin sad, und ich weiß nicht, was ich noch machen soll, weil es so ist.\n" * 4


@pytest.mark.parametrize(
    ("analysis", "field"),
    [
        ([], "settings.analysis"),
        ({"element": ["emotions"]}, "settings.analysis.element"),
        ({"elements": []}, "settings.analysis.elements"),
        ({"elements": ["emotions", "moods"]}, "settings.analysis.elements.1"),
        ({"elements": "emotions"}, "settings.analysis.elements"),
        ({"min_confidence": {"moods": 0.5}}, "settings.analysis.min_confidence.moods"),
        ({"min_confidence": {"topics": 1.01}}, "settings.analysis.min_confidence.topics"),
        ({"min_confidence": {"topics": -0.1}}, "settings.analysis.min_confidence.topics"),
        ({"min_confidence": {"topics": "0.5"}}, "settings.analysis.min_confidence.topics"),
        ({"min_confidence": 0.5}, "settings.analysis.min_confidence"),
        ({"language": "english"}, "settings.analysis.language"),
        ({"language": "en_GB"}, "settings.analysis.language"),
        ({"language": 1}, "settings.analysis.language"),
    ],
)
def test_settings_of_no_analysis_are_refused_with_the_field(
    api: Api, analysis: Any, field: str
) -> None:
    settings = {"settings": {"analysis": analysis}}
    problem(
        api.call("create_session", body={"title": "T", **settings}), 422, "invalid_argument", field
    )
    session_id = api.create(settings={"colour": "red"})
    answer = api.read("update_session", session_id, body=settings)
    problem(answer, 422, "invalid_argument", field)
    assert api.read("get_session", session_id).json["settings"] == {"colour": "red"}


def test_settings_come_back_as_they_were_sent_and_choose_the_elements(api: Api) -> None:
    settings = {
        "colour": ["red"],
        "analysis": {"elements": ["topics"], "min_confidence": {"topics": 0}, "language": "en-GB"},
    }
    session_id = api.create(text=TEXT, settings=settings)
    api.run_pipeline()
    session = api.read("get_session", session_id).json
    assert session["settings"] == settings
    assert (session["emotions"], session["warnings"]) == ([], [])
    assert len(session["topics"]) == 2
    state = api.read("get_analysis_status", session_id).json["data"]["analysis"]
    assert (state["settings"], state["warnings"]) == (settings["analysis"], [])


def test_client_sees_that_a_transcript_was_not_analysed_for_its_language(api: Api) -> None:
    session_id = api.create(text=GERMAN)
    api.run_pipeline()
    session = api.read("get_session", session_id).json
    assert (session["status"], session["analysis_status"]) == ("completed", "success")
    (warning,) = session["warnings"]
    assert (warning["code"], warning["language"]) == ("language_unsupported", "de")
    assert "German" in warning["message"]
    state = api.read("get_analysis_status", session_id).json["data"]["analysis"]
    assert (state["status"], state["warnings"]) == ("completed", [warning])
    events = api.read("list_events", session_id).json["data"]["events"]
    assert events[-1]["data"]["warnings"] == [warning]
    listed = api.call("list_sessions").json["data"]["sessions"]
    assert listed[0]["warnings"] == [warning]
