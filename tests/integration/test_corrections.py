"""Transcripts set right over HTTP: words, names and roles, and what is refused."""

from __future__ import annotations

from typing import Any

import pytest

from tests.integration.conftest import Api
from tests.integration.test_bad_input import problem


def transcript_of(api: Api, session_id: str) -> dict[str, Any]:
    transcript: dict[str, Any] = api.read("get_transcript", session_id).json["data"]["transcript"]
    return transcript


def correct(api: Api, session_id: str, segment_id: str, body: Any) -> Any:
    ids = {"session_id": session_id, "segment_id": segment_id}
    return api.call("correct_segment", ids=ids, body=body)


def name(api: Api, session_id: str, body: Any) -> Any:
    return api.call("name_speakers", ids={"session_id": session_id}, body=body)


def test_corrected_words_are_shown_exported_and_quoted(api: Api, analyzed: str) -> None:
    segment = transcript_of(api, analyzed)["segments"][1]
    response = correct(api, analyzed, segment["id"], {"text": "I was so sad on Sunday."})
    assert response.status_code == 200
    told = response.json["data"]["segment"]
    assert told == {**segment, "text": "I was so sad on Sunday.", "corrected": True}
    api.run_pipeline()
    assert transcript_of(api, analyzed)["segments"][1] == told
    text = api.read("get_transcript", analyzed, query="?format=text").text
    assert "Client: I was so sad on Sunday." in text
    emotions = api.read("list_emotions", analyzed).json["data"]["emotions"]
    (quoted,) = [e["evidence"][0] for e in emotions if e["evidence"][0]["segment_id"] == told["id"]]
    assert told["text"][quoted["start"] : quoted["end"]] == quoted["quote"] == "sad"


def test_segment_that_nobody_spoke_is_left_out_of_exports(api: Api, analyzed: str) -> None:
    segments = transcript_of(api, analyzed)["segments"]
    assert correct(api, analyzed, segments[0]["id"], {"text": ""}).status_code == 200
    text = api.read("get_transcript", analyzed, query="?format=text").text
    assert text.count("\n\n") == len(segments) - 1


def test_swapped_roles_are_those_of_transcript_and_speakers(api: Api, analyzed: str) -> None:
    body = {
        "speakers": [
            {"label": "Therapist", "role": "client", "name": " Alex "},
            {"label": "Client", "role": "therapist"},
        ]
    }
    response = name(api, analyzed, body)
    assert response.status_code == 200
    api.run_pipeline()
    transcript = transcript_of(api, analyzed)
    assert response.json["data"]["speakers"] == transcript["speakers"]
    said = [(s["label"], s["name"], s["role"], s["basis"]) for s in transcript["speakers"]]
    assert sorted(said) == [
        ("Client", "Client", "therapist", "person"),
        ("Therapist", "Alex", "client", "person"),
    ]
    shown = {(s["speaker"], s["role"]) for s in transcript["segments"]}
    assert shown == {("Client", "therapist"), ("Alex", "client")}


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "text"),
        ({"text": 5}, "text"),
        ({"text": "x" * 4_001}, "text"),
        ({"text": "a\0b"}, "text"),
        ({"text": "\ud800"}, "text"),
        ([], None),
    ],
)
def test_wrong_corrections_are_refused(
    api: Api, analyzed: str, body: Any, field: str | None
) -> None:
    segment = transcript_of(api, analyzed)["segments"][0]
    problem(correct(api, analyzed, segment["id"], body), 422, "invalid_argument", field)
    assert transcript_of(api, analyzed)["segments"][0] == segment


def test_correcting_a_segment_that_is_not_there_is_not_found(api: Api, analyzed: str) -> None:
    for segment_id in ("nothing", "a-0", "x" * 65):
        problem(correct(api, analyzed, segment_id, {"text": "words"}), 404, "not_found")


@pytest.mark.parametrize(
    ("speaker", "field"),
    [
        ({"label": "Client"}, "speakers.0"),
        ({"name": "Alex"}, "speakers.0.label"),
        ({"label": "Client", "name": ""}, "speakers.0.name"),
        ({"label": "Client", "name": "  "}, "speakers.0.name"),
        ({"label": "Client", "name": "a\nb"}, "speakers.0.name"),
        ({"label": "Client", "name": "x" * 101}, "speakers.0.name"),
        ({"label": "Client", "role": "patient"}, "speakers.0.role"),
        ({"label": "Nobody", "name": "Alex"}, "speakers.0.label"),
        ({"label": "Client", "name": "Alex", "upload_id": "other"}, "speakers.0.label"),
    ],
)
def test_wrong_speakers_are_refused(
    api: Api, analyzed: str, speaker: dict[str, Any], field: str
) -> None:
    problem(name(api, analyzed, {"speakers": [speaker]}), 422, "invalid_argument", field)


def test_naming_nobody_is_refused(api: Api, analyzed: str) -> None:
    problem(name(api, analyzed, {"speakers": []}), 422, "invalid_argument", "speakers")
    problem(name(api, analyzed, {}), 422, "invalid_argument", "speakers")


def test_speakers_of_a_session_without_transcript_are_a_conflict(api: Api) -> None:
    body = {"speakers": [{"label": None, "name": "Alex"}]}
    problem(name(api, api.create(), body), 409, "conflict")
