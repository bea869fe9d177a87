"""Every reply of API.md, field by field, in both generations."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

import pytest

from tests.integration.conftest import TEXT, Api

_ID = re.compile(r"[A-Za-z0-9]{20}")


def is_instant(value: str) -> bool:
    return value.endswith("Z") and datetime.fromisoformat(value) is not None


def is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def has(body: dict[str, Any], **kinds: type | tuple[type, ...]) -> bool:
    wrong = {n: body.get(n, "absent") for n, k in kinds.items() if not isinstance(body.get(n), k)}
    assert not wrong
    return True


def test_create_answers_in_both_generations(api: Api) -> None:
    older = {"title": "Therapy Session 1", "inputMethod": "text", "text": TEXT}
    newer = {"title": "T", "description": "d", "duration": 0, "status": "created"}
    for body in (older, {**newer, "analysis_status": "pending"}):
        response = api.call("create_session", body=body)
        assert response.status_code == 201
        assert set(response.json) == {"sessionId", "graphId", "session_id", "status"}
        assert response.json["status"] == "created"
        assert response.json["sessionId"] == response.json["session_id"]
        assert _ID.fullmatch(response.json["sessionId"])
        assert _ID.fullmatch(response.json["graphId"])
        assert response.headers["Location"] == f"/api/v1/sessions/{response.json['sessionId']}"


def test_get_answers_in_both_generations(api: Api, analyzed: str) -> None:
    body = api.read("get_session", analyzed).json
    assert has(body, id=str, session_id=str, title=str, description=str, settings=dict)
    assert body["id"] == body["session_id"] == analyzed
    assert body["date"] == "2024-03-20T14:30:00Z"
    assert body["duration"] == 3000
    assert (body["status"], body["analysis_status"]) == ("completed", "success")
    assert is_instant(body["created_at"])
    assert is_instant(body["updated_at"])
    kinds = ("emotions", "topics", "insights", "beliefs", "challenges", "action_items")
    assert [len(body[kind]) for kind in kinds] == [2, 2, 1, 2, 2, 2]


def test_list_answers_in_both_generations(api: Api, analyzed: str) -> None:
    body = api.call("list_sessions").json
    assert set(body) == {"status", "data", "sessions"}
    assert body["status"] == "success"
    (newer,) = body["data"]["sessions"]
    assert has(newer, id=str, title=str, description=str, settings=dict)
    assert is_instant(newer["created_at"])
    assert is_instant(newer["updated_at"])
    assert body["data"]["pagination"] == {
        "page": 1,
        "per_page": 10,
        "total": 1,
        "pages": 1,
        "next_cursor": None,
    }
    assert body["sessions"] == [
        {
            "id": analyzed,
            "title": "A session",
            "date": "2024-03-20T14:30:00Z",
            "status": "completed",
        }
    ]


def test_update_and_delete_answer_status_and_message(api: Api) -> None:
    session_id = api.create()
    changes = {"title": "New", "description": "d", "status": "created"}
    updated = api.read("update_session", session_id, body={**changes, "analysis_status": "pending"})
    assert updated.status_code == 200
    assert updated.json["status"] == "success"
    assert has(updated.json, message=str)
    assert updated.json["data"]["session"]["title"] == "New"
    deleted = api.read("delete_session", session_id)
    assert deleted.status_code == 200
    assert deleted.json["status"] == "success"
    assert set(deleted.json) == {"status", "message"}


def test_upload_answers_with_the_upload(api: Api) -> None:
    response = api.upload(api.create(), TEXT.encode(), "week.txt", type="text")
    assert response.status_code == 201
    assert response.json["status"] == "success"
    upload = response.json["data"]["upload"]
    assert has(upload, id=str, filename=str, type=str, size=int, created_at=str)
    assert (upload["filename"], upload["type"]) == ("week.txt", "text")
    assert upload["size"] == len(TEXT.encode())
    assert is_instant(upload["created_at"])


def test_analysis_status_says_completed_for_success(api: Api, analyzed: str) -> None:
    body = api.read("get_analysis_status", analyzed).json
    analysis = body["data"]["analysis"]
    assert body["status"] == "success"
    assert (analysis["status"], analysis["progress"]) == ("completed", 1.0)
    assert analysis["error"] is None
    assert is_instant(analysis["updated_at"])


def test_analysis_status_tells_a_failure_in_words(api: Api) -> None:
    session_id = api.create()
    api.upload(session_id, b"[Music]\n", "song.txt")
    api.run_pipeline()
    analysis = api.read("get_analysis_status", session_id).json["data"]["analysis"]
    assert analysis["status"] == "failed"
    assert has(analysis, error=str, error_code=str)


@pytest.mark.parametrize(
    ("kind", "fields"),
    [
        ("emotions", {"name": str, "intensity": float, "category": str, "valence": float}),
        ("topics", {"name": str, "confidence": float, "category": str, "topic_id": str}),
        ("insights", {"content": str, "type": str, "confidence": float}),
        ("beliefs", {"text": str, "category": str, "polarity": str, "about": str}),
        ("challenges", {"text": str, "severity": float}),
        ("action_items", {"text": str, "assignee": str, "status": str}),
    ],
)
def test_elements_carry_their_fields_and_their_evidence(
    api: Api, analyzed: str, kind: str, fields: dict[str, type]
) -> None:
    body = api.read(f"list_{kind}", analyzed).json
    assert body["status"] == "success"
    assert body["data"][kind]
    transcript = api.read("get_transcript", analyzed).json["data"]["transcript"]
    texts = {segment["id"]: segment["text"] for segment in transcript["segments"]}
    for element in body["data"][kind]:
        assert has(element, id=str, timestamp=str, engine=str, model=str, version=str, **fields)
        assert is_instant(element["timestamp"])
        for evidence in element["evidence"]:
            quoted = texts[evidence["segment_id"]][evidence["start"] : evidence["end"]]
            assert quoted == evidence["quote"] == "sad"


def test_session_and_lists_show_the_same_elements(api: Api, analyzed: str) -> None:
    session = api.read("get_session", analyzed).json
    for kind in ("emotions", "topics", "insights", "beliefs", "challenges", "action_items"):
        assert api.read(f"list_{kind}", analyzed).json["data"][kind] == session[kind]


def test_events_are_those_of_the_socket(api: Api, analyzed: str) -> None:
    data = api.read("list_events", analyzed).json["data"]
    kinds = {event["type"]: event["data"] for event in data["events"]}
    assert has(kinds["analysis_progress"], status=str)
    assert is_number(kinds["analysis_progress"]["progress"])
    emotion, topic = kinds["new_emotion"]["emotion"], kinds["new_topic"]["topic"]
    assert has(emotion, id=str, name=str, intensity=float, timestamp=str)
    assert has(topic, id=str, name=str, confidence=float, timestamp=str)
    assert has(kinds["new_insight"]["insight"], id=str, content=str, type=str, timestamp=str)
    assert [event["id"] for event in data["events"]] == list(range(1, data["last_id"] + 1))
    assert all(event["session_id"] == analyzed for event in data["events"])
