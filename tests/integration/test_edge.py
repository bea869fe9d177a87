"""What holds for every function: CORS, headers, ids, pushes, logs, and errors nobody expected."""

from __future__ import annotations

import base64
import json
import re
from typing import Any

import pytest

from shared.endpoints import ENDPOINTS
from tests.integration.conftest import ORIGIN, TEXT, Api, app
from tests.integration.test_bad_input import MISSING, problem

PUSH = {
    "message": {
        "data": base64.b64encode(json.dumps({"session_id": MISSING}).encode()).decode(),
        "attributes": {},
        "messageId": "1",
        "publishTime": "2024-03-20T14:30:00.123Z",
    },
    "subscription": "projects/p/subscriptions/purges",
}


def test_every_endpoint_has_its_function() -> None:
    for endpoint in ENDPOINTS:
        assert app(endpoint.name)


def test_a_browser_of_a_known_origin_may_call(api: Api) -> None:
    headers = {
        "Origin": ORIGIN,
        "Access-Control-Request-Method": "PUT",
        "Access-Control-Request-Headers": "authorization, content-type, idempotency-key",
    }
    anyone = api.as_user(None)
    response = anyone.read("update_session", MISSING, method="OPTIONS", headers=headers)
    assert response.status_code == 204
    assert response.headers["Access-Control-Allow-Origin"] == ORIGIN
    assert "PUT" in response.headers["Access-Control-Allow-Methods"]
    assert "Idempotency-Key" in response.headers["Access-Control-Allow-Headers"]
    answer = api.call("list_sessions", headers={"Origin": ORIGIN})
    assert answer.headers["Access-Control-Allow-Origin"] == ORIGIN
    assert "ETag" in answer.headers["Access-Control-Expose-Headers"]
    refused = anyone.call("list_sessions", headers={"Origin": ORIGIN})
    assert refused.headers["Access-Control-Allow-Origin"] == ORIGIN


@pytest.mark.parametrize(
    "origin", ["https://evil.example", "https://app.example.evil.example", "null", "*", ""]
)
def test_a_browser_of_another_origin_may_not(api: Api, origin: str) -> None:
    headers = {"Origin": origin, "Access-Control-Request-Method": "GET"}
    for method in ("OPTIONS", "GET"):
        response = api.call("list_sessions", method=method, headers=headers)
        assert not [n for n in response.headers.keys() if n.startswith("Access-Control")]  # noqa: SIM118
        assert response.headers["Vary"] == "Origin"


def test_personal_answers_are_kept_by_nobody(api: Api, analyzed: str) -> None:
    for response in (api.read("get_session", analyzed), api.read("get_session", MISSING)):
        assert response.headers["Cache-Control"] == "no-store"
        assert response.headers["X-Content-Type-Options"] == "nosniff"
        assert response.headers["Content-Security-Policy"].startswith("default-src 'none'")


def test_head_answers_without_a_body(api: Api, analyzed: str) -> None:
    response = api.read("get_session", analyzed, method="HEAD")
    assert (response.status_code, response.get_data()) == (200, b"")
    assert response.headers["ETag"]


def test_request_ids_are_taken_over_or_made(api: Api) -> None:
    given = api.call("list_sessions", headers={"X-Request-Id": "abc-123"})
    assert given.headers["X-Request-Id"] == "abc-123"
    for bad in ("a b", "x" * 129, "<script>"):
        made = api.call("list_sessions", headers={"X-Request-Id": bad})
        assert len(made.headers["X-Request-Id"]) == 32


def test_health_needs_no_sign_in(api: Api) -> None:
    response = api.as_user(None).call("get_health")
    assert (response.status_code, response.json) == (200, {"status": "ok"})


def test_docs_and_description_are_served_offline(api: Api) -> None:
    anyone = api.as_user(None)
    assert anyone.call("get_openapi").json["openapi"] == "3.1.0"
    page = anyone.call("get_docs")
    assert page.content_type == "text/html; charset=utf-8"
    assert "://" not in page.text
    assert "script-src 'self'" in page.headers["Content-Security-Policy"]
    for asset in ("swagger-ui.css", "swagger-ui-bundle.js", "start.js", "favicon-32x32.png"):
        assert f"/api/v1/docs/{asset}" in page.text
        assert anyone.call("get_docs_asset", ids={"asset": asset}).status_code == 200
    for asset in ("index.css", "..", "LICENSE", "a%2Fb.js"):
        assert anyone.call("get_docs_asset", ids={"asset": asset}).status_code == 404


def test_the_platform_proves_itself(api: Api) -> None:
    assert api.push("purge_session", PUSH).status_code == 204
    assert api.push("sweep", None).status_code == 204
    for name in ("purge_session", "sweep"):
        problem(api.call(name, body=PUSH), 401, "unauthenticated")
        problem(api.as_user(None).call(name, body=PUSH), 401, "unauthenticated")


@pytest.mark.parametrize(
    "change",
    [
        {"message": None},
        {"message": {}},
        {"message": {**PUSH["message"], "data": "%%%"}},
        {"message": {**PUSH["message"], "data": base64.b64encode(b"[1]").decode()}},
        {"message": {**PUSH["message"], "data": base64.b64encode(b"{").decode()}},
        {"message": {**PUSH["message"], "publishTime": "now"}},
        {"deliveryAttempt": "many"},
        {"subscription": None, "message": []},
    ],
)
def test_a_broken_envelope_is_refused(api: Api, change: dict[str, Any]) -> None:
    problem(api.push("purge_session", {**PUSH, **change}), 400, "invalid_request")


def test_what_is_not_ready_is_delivered_again(api: Api) -> None:
    path = f"ada/{MISSING}/u1/source"
    with api.platform.uploads.create(path, content_type="text/plain") as writer:
        generation = writer.commit().generation
    attributes = {
        "eventType": "OBJECT_FINALIZE",
        "bucketId": "uploads",
        "objectId": path,
        "objectGeneration": generation,
    }
    now = api.platform.now().isoformat()
    message = {**PUSH["message"], "data": "", "attributes": attributes, "publishTime": now}
    push = {"message": message, "subscription": "projects/p/subscriptions/receive-uploads"}
    response = api.push("receive_upload", push)
    problem(response, 503, "not_ready")
    assert response.headers["Retry-After"]


def logged(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_unexpected_errors_tell_nothing(
    api: Api, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def broken(*_: Any) -> None:
        raise RuntimeError(" ".join(["the", "words", "of", "a", "client"]))

    monkeypatch.setattr(api.platform.documents, "query", broken)
    problem(api.call("list_sessions"), 500, "internal")
    lines = logged(capsys)
    error = next(line for line in lines if line["severity"] == "ERROR" and "stack_trace" in line)
    assert "builtins.RuntimeError" in error["stack_trace"]
    assert "in broken" in error["stack_trace"]
    assert "the words of a client" not in json.dumps(lines)


def test_logs_belong_to_their_trace_and_hold_no_content(
    api: Api, capsys: pytest.CaptureFixture[str]
) -> None:
    trace = "0af7651916cd43dd8448eb211c80319c"
    headers = {
        "traceparent": f"00-{trace}-b7ad6b7169203331-01",
        "X-Request-Id": "r1",
        "Idempotency-Key": "key-1",
    }
    body = {"title": "About my father", "text": TEXT, "description": "private"}
    response = api.call("create_session", body=body, headers=headers)
    api.upload(response.json["session_id"], TEXT.encode(), "father.txt")
    api.call("get_session", path="/api/v1/sessions/my-father-and.me")
    api.call("list_emotions", ids={"session_id": MISSING}, query="?category=father")
    lines = logged(capsys)
    first = lines[0]
    assert first["logging.googleapis.com/trace"] == f"projects/insight-local/traces/{trace}"
    assert first["logging.googleapis.com/spanId"] == "b7ad6b7169203331"
    assert first["logging.googleapis.com/trace_sampled"] is True
    assert (first["request_id"], first["severity"]) == ("r1", "INFO")
    assert first["httpRequest"]["status"] == 201
    everything = json.dumps(lines).lower()
    for private in ("father", "private", "sad", "token-of", "key-1", "ada"):
        # As a word: an id of random letters may spell a short one.
        assert not re.search(rf"\b{private}\b", everything)
