"""Another user's session answers byte for byte like one that does not exist."""

from __future__ import annotations

import json
from typing import Any

import pytest

from shared.endpoints import ENDPOINTS, Caller, Endpoint
from tests.integration.conftest import LAST, TEXT, Api, part

MISSING = "AAAAAAAAAAAAAAAAAAAA"
BODIES: dict[str, Any] = {
    "update_session": {"title": "Mine now", "analysis_status": "pending"},
    "update_action_item": {"status": "done"},
    "correct_segment": {"text": "Mine now"},
    "name_speakers": {"speakers": [{"label": "Client", "name": "Mine now"}]},
    "begin_upload": {"filename": "a.wav", "size": 1, "content_type": "audio/wav"},
}
BELOW_A_SESSION = [
    endpoint
    for endpoint in ENDPOINTS
    if endpoint.caller is Caller.USER and "{session_id}" in endpoint.path
]
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")


def answer(api: Api, endpoint: Endpoint, session_id: str, **rest: Any) -> tuple[Any, ...]:
    segment_id = rest.pop("segment", MISSING)
    ids = {
        "session_id": session_id,
        "action_item_id": rest.pop("item", MISSING),
        "segment_id": segment_id,
        "upload_id": rest.pop("upload", MISSING),
    }
    if endpoint.multipart and rest.get("method") is None:
        body = part("file", TEXT.encode(), '; filename="a.txt"') + LAST
        response = api.send_form(session_id, body, headers=rest.get("headers"))
    else:
        response = api.call(endpoint.name, ids=ids, body=BODIES.get(endpoint.name), **rest)
    body = response.get_data()
    if response.content_type == "application/problem+json" and body:
        told = json.loads(body)
        told.pop("instance")
        body = json.dumps(told).encode()
    headers = sorted((n, v) for n, v in response.headers if n not in ("X-Request-Id", "Date"))
    return response.status_code, headers, body


def segment_of(api: Api, session_id: str) -> str:
    transcript = api.read("get_transcript", session_id).json["data"]["transcript"]
    segment_id: str = transcript["segments"][0]["id"]
    return segment_id


@pytest.mark.parametrize("endpoint", BELOW_A_SESSION, ids=lambda endpoint: endpoint.name)
def test_a_foreign_session_answers_like_a_missing_one(
    api: Api, analyzed: str, endpoint: Endpoint
) -> None:
    eve = api.as_user("eve")
    item = api.read("list_action_items", analyzed).json["data"]["action_items"][0]["id"]
    segment = segment_of(api, analyzed)
    upload = api.read("list_uploads", analyzed).json["data"]["uploads"][0]["id"]
    for rest in ({}, {"headers": {"If-Match": "*", "If-None-Match": "*", "Idempotency-Key": "k"}}):
        rest = {**rest, "item": item, "segment": segment, "upload": upload}
        foreign = answer(eve, endpoint, analyzed, **rest)
        assert foreign[0] == 404
        assert foreign == answer(eve, endpoint, MISSING, **rest)


@pytest.mark.parametrize("endpoint", BELOW_A_SESSION, ids=lambda endpoint: endpoint.name)
def test_no_method_tells_a_foreign_session_from_a_missing_one(
    api: Api, analyzed: str, endpoint: Endpoint
) -> None:
    eve = api.as_user("eve")
    for method in METHODS:
        if method != endpoint.method:
            foreign = answer(eve, endpoint, analyzed, method=method)
            assert foreign == answer(eve, endpoint, MISSING, method=method)


def test_nothing_of_a_foreign_session_changes(api: Api, analyzed: str) -> None:
    before = api.read("get_session", analyzed).get_data()
    for endpoint in BELOW_A_SESSION:
        segment = segment_of(api, analyzed)
        answer(api.as_user("eve"), endpoint, analyzed, segment=segment)
    assert api.read("get_session", analyzed).get_data() == before


def test_lists_show_only_what_is_the_callers(api: Api, analyzed: str) -> None:
    page = api.as_user("eve").call("list_sessions").json
    assert page["sessions"] == page["data"]["sessions"] == []
    assert page["data"]["pagination"]["total"] == 0


@pytest.mark.parametrize(
    "header", [None, "", "Bearer", "Bearer ", "Basic YTpi", "Bearer nobody", "Bearer \xe9"]
)
def test_without_a_token_nothing_is_told(api: Api, header: str | None) -> None:
    headers = {} if header is None else {"Authorization": header}
    for endpoint in BELOW_A_SESSION:
        ids = dict.fromkeys(("session_id", "action_item_id", "segment_id", "upload_id"), MISSING)
        response = api.as_user(None).call(endpoint.name, ids=ids, headers=headers)
        assert response.status_code == 401
        assert response.headers["WWW-Authenticate"].startswith('Bearer realm="insight-journey"')
        assert response.json["code"] == "unauthenticated"
