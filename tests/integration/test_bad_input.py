"""Whatever is sent: a clear 4xx that names the field, nothing stored, nothing lost."""

from __future__ import annotations

import json
from typing import Any

import pytest
from gunicorn.http.body import Body, ChunkedReader
from gunicorn.http.unreader import IterUnreader

from tests.integration.conftest import Api

MISSING = "AAAAAAAAAAAAAAAAAAAA"


def problem(response: Any, status: int, code: str, field: str | None = None) -> dict[str, Any]:
    assert response.status_code == status, response.text
    assert response.content_type == "application/problem+json"
    body: dict[str, Any] = response.json
    assert (body["status"], body["http_status"], body["code"]) == ("error", status, code)
    assert body["detail"] == body["message"]
    assert body["instance"] == response.headers["X-Request-Id"]
    assert body.get("field") == field
    return body


def nested(depth: int) -> Any:
    return {"a": nested(depth - 1)} if depth else 1


def raw(api: Api, content: bytes, **headers: str) -> Any:
    given = {"Content-Type": "application/json", **headers}
    return api.call("create_session", data=content, headers=given)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"   ",
        b"{",
        b'{"title": "a",}',
        b'{"title": "a"} x',
        b"\xff\xfe",
        b'{"title": "\xff"}',
        b'{"title": "a", "title": "b"}',
        b'{"title": "a", "settings": {"a": {"b": 1, "b": 2}}}',
        b'{"title": "a", "duration": NaN}',
        b'{"title": "a", "duration": -Infinity}',
        b'{"title": ' + b"[" * 100_000 + b"]" * 100_000 + b"}",
        b'{"title": "a", "duration": ' + b"9" * 5_000 + b"}",
    ],
)
def test_what_is_not_json_is_refused(api: Api, content: bytes) -> None:
    problem(raw(api, content), 400, "invalid_request")


BROKEN_CHUNKS = [
    b"",
    b"zz\r\n",
    b'5\r\n{"tit\r\nzz',
    b'5\r\n{"tit\r\nzz\r\n',
    b"9\r\n{",
    b"1\r\n{x",
]


def served(body: Any) -> dict[str, Any]:
    """How gunicorn passes a body on."""
    return {"environ_overrides": {"wsgi.input": body, "wsgi.input_terminated": True}}


def chunked(content: bytes) -> dict[str, Any]:
    return served(Body(ChunkedReader(None, IterUnreader([content]))))


@pytest.mark.parametrize("content", BROKEN_CHUNKS)
def test_broken_chunks_are_refused(api: Api, content: bytes) -> None:
    kind = {"Content-Type": "application/json"}
    response = api.call("create_session", headers=kind, **chunked(content))
    problem(response, 400, "invalid_request")
    session_id = api.create()
    response = api.send_form(session_id, b"", content_length=None, **chunked(content))
    problem(response, 400, "invalid_request")
    assert api.read("list_uploads", session_id).json["data"]["uploads"] == []


class Stalled:
    """A body whose client has stopped sending, with a limit to the wait for it."""

    waits = 0

    def read(self, size: int = -1) -> bytes:
        self.waits += 1
        raise BlockingIOError


def test_nobody_waits_twice_for_a_body_that_does_not_come(api: Api) -> None:
    stalled = Stalled()
    given = {"Content-Type": "application/json", "Content-Length": "100"}
    response = api.call("create_session", headers=given, **served(stalled))
    problem(response, 400, "invalid_request")
    assert stalled.waits == 1


@pytest.mark.parametrize("content", [b"[]", b"null", b'"text"', b"1"])
def test_what_is_no_object_is_refused(api: Api, content: bytes) -> None:
    problem(raw(api, content), 422, "invalid_argument")


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"title": None}, "title"),
        ({"title": ""}, "title"),
        ({"title": " \t"}, "title"),
        ({"title": "x" * 201}, "title"),
        ({"title": 5}, "title"),
        ({"title": ["a"]}, "title"),
        ({"title": "a\0b"}, "title"),
        ({"title": "\ud800"}, "title"),
        ({"description": "x" * 10_001}, "description"),
        ({"description": {}}, "description"),
        ({"inputMethod": "smoke"}, "inputMethod"),
        ({"inputMethod": "audio", "text": "words"}, "text"),
        ({"text": "  "}, "text"),
        ({"text": 1}, "text"),
        ({"duration": -1}, "duration"),
        ({"duration": "60"}, "duration"),
        ({"duration": True}, "duration"),
        ({"duration": 1e400}, "duration"),
        ({"status": "done"}, "status"),
        ({"analysis_status": "completed"}, "analysis_status"),
        ({"date": "yesterday"}, "date"),
        ({"date": "2024-13-01"}, "date"),
        ({"date": "2024-02-30T10:00:00Z"}, "date"),
        ({"date": 1710945000}, "date"),
        ({"date": "0001-01-01T00:00:00+14:00"}, "date"),
        ({"date": "9999-12-31T23:59:59Z"}, "date"),
        ({"settings": []}, "settings"),
        ({"settings": {"": 1}}, "settings"),
        ({"settings": {"__name__": 1}}, "settings"),
        ({"settings": {"k" * 1_501: 1}}, "settings"),
        ({"settings": {"a": {"é" * 751: 1}}}, "settings"),
        ({"settings": {"a": [[1]]}}, "settings"),
        ({"settings": {"a": 2**63}}, "settings"),
        ({"settings": {"a": "\ud800"}}, "settings"),
        ({"settings": {"a": "x" * 17_000}}, "settings"),
        ({"settings": nested(11)}, "settings"),
    ],
)  # fmt: skip
def test_wrong_fields_are_named(api: Api, change: dict[str, Any], field: str) -> None:
    content = json.dumps({"title": "T", **change}).encode()
    content = content.replace(b"Infinity", b"1e400")
    problem(raw(api, content), 422, "invalid_argument", field)
    assert api.call("list_sessions").json["data"]["pagination"]["total"] == 0


def test_settings_take_the_longest_keys_and_a_change_no_longer_ones(api: Api) -> None:
    settings = {"é" * 750: 1}
    session_id = api.create(settings=settings)
    response = api.read("update_session", session_id, body={"settings": {"k" * 1_501: 1}})
    problem(response, 422, "invalid_argument", "settings")
    assert api.read("get_session", session_id).json["settings"] == settings


def test_all_wrong_fields_are_listed(api: Api) -> None:
    response = api.call("create_session", body={"duration": -1, "status": "x"})
    body = problem(response, 422, "invalid_argument", "title")
    assert [error["field"] for error in body["errors"]] == ["title", "duration", "status"]


def test_no_value_of_the_request_comes_back_in_an_error(api: Api) -> None:
    secret = "my secret thought"
    body = {"title": "T", "status": secret, "date": secret, "settings": {"__x__": secret}}
    assert secret not in api.call("create_session", body=body).text


def test_unknown_fields_are_ignored(api: Api) -> None:
    assert api.call("create_session", body={"title": "T", "colour": "red"}).status_code == 201


def test_sizes_are_limited(api: Api) -> None:
    text = "word " * 500_000
    response = api.call("create_session", body={"title": "T", "text": text})
    problem(response, 413, "too_large", "text")
    problem(raw(api, b" " * (4 * 1024 * 1024 + 1)), 413, "too_large")


@pytest.mark.parametrize(
    ("headers", "field"),
    [
        ({"Content-Type": "application/x-www-form-urlencoded"}, "Content-Type"),
        ({"Content-Type": "multipart/form-data; boundary=x"}, "Content-Type"),
        ({"Content-Type": "application/json; charset=utf-16"}, "Content-Type"),
        ({"Content-Encoding": "gzip"}, "Content-Encoding"),
    ],
)
def test_other_content_types_are_refused(api: Api, headers: dict[str, str], field: str) -> None:
    problem(raw(api, b'{"title": "T"}', **headers), 415, "unsupported_content", field)


@pytest.mark.parametrize("kind", ["text/plain;charset=UTF-8", "application/merge-patch+json"])
def test_json_under_another_name_is_taken(api: Api, kind: str) -> None:
    # What fetch() calls a string body, as in API.md's own example.
    assert raw(api, b'{"title": "T"}', **{"Content-Type": kind}).status_code == 201


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("page=0", "page"),
        ("page=-1", "page"),
        ("page=x", "page"),
        ("page=" + "9" * 400, "page"),
        ("page=1&page=2", "page"),
        ("per_page=0", "per_page"),
        ("per_page=-1", "per_page"),
        ("per_page=1000", "per_page"),
        ("sort=title", "sort"),
        ("order=up", "order"),
        ("cursor=", "cursor"),
        ("cursor=nonsense", "cursor"),
        ("cursor=" + "A" * 600, "cursor"),
    ],
)
def test_wrong_pages_are_refused(api: Api, query: str, field: str) -> None:
    problem(api.call("list_sessions", query=f"?{query}"), 422, "invalid_argument", field)


@pytest.mark.parametrize(
    ("name", "query", "field"),
    [
        ("list_emotions", "start_time=yesterday", "start_time"),
        ("list_emotions", "end_time=1710945000", "end_time"),
        ("list_topics", "start_time=2024-03-20T25:00:00Z", "start_time"),
        ("list_emotions", "category=", "category"),
        ("list_insights", "type=opinion", "type"),
        ("list_action_items", "status=half", "status"),
        ("list_beliefs", "limit=0", "limit"),
        ("list_challenges", "cursor=nothing", "cursor"),
        ("list_events", "after=-1", "after"),
        ("list_events", "after=99999999999999999999", "after"),
        ("list_events", "limit=501", "limit"),
        ("get_transcript", "format=docx", "format"),
        ("get_graph", "format=dot", "format"),
    ],
)
def test_wrong_filters_are_refused(
    api: Api, analyzed: str, name: str, query: str, field: str
) -> None:
    response = api.read(name, analyzed, query=f"?{query}")
    problem(response, 422, "invalid_argument", field)


@pytest.mark.parametrize("session_id", ["a.b", "x" * 65, "é", "a b", "..", "%00", "a%2Fb", "__x__"])
def test_ids_that_are_none_are_missing(api: Api, session_id: str) -> None:
    response = api.call("get_session", path=f"/api/v1/sessions/{session_id}")
    problem(response, 404, "not_found")


def test_missing_things_are_missing(api: Api, analyzed: str) -> None:
    problem(api.read("get_session", MISSING), 404, "not_found")
    ids = {"session_id": analyzed, "action_item_id": "nothing"}
    response = api.call("update_action_item", ids=ids, body={"status": "done"})
    problem(response, 404, "not_found")
    response = api.read("get_transcript", analyzed, query=f"?upload_id={MISSING}")
    problem(response, 404, "not_found")
    problem(api.call("get_session", path="/api/v1/nothing/here"), 404, "not_found")


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("update_session", {"status": "completed"}),
        ("update_session", {"analysis_status": "success"}),
        ("update_session", {"analysis_status": "pending", "title": "lost"}),
    ],
)
def test_results_cannot_be_claimed(api: Api, name: str, body: dict[str, Any]) -> None:
    session_id = api.create()
    if body.get("analysis_status") == "pending":
        # Nothing to analyse, and pending already: nothing to refuse either.
        assert api.read(name, session_id, body=body).status_code == 200
        return
    problem(api.read(name, session_id, body=body), 409, "conflict", next(iter(body)))


def test_new_sessions_cannot_claim_results(api: Api) -> None:
    for body in ({"status": "completed"}, {"analysis_status": "success"}):
        response = api.call("create_session", body={"title": "T", **body})
        problem(response, 409, "conflict", next(iter(body)))


def test_there_must_be_something_to_analyze(api: Api) -> None:
    problem(api.read("analyze_session", api.create()), 409, "conflict")


def test_captions_need_times(api: Api, analyzed: str) -> None:
    problem(api.read("get_transcript", analyzed, query="?format=srt"), 409, "conflict")


@pytest.mark.parametrize("method", ["POST", "PATCH", "TRACE", "NONSENSE"])
def test_other_methods_are_told_what_is_allowed(api: Api, method: str) -> None:
    response = api.read("get_session", MISSING, method=method)
    problem(response, 405, "method_not_allowed")
    assert response.headers["Allow"] == "DELETE, GET, HEAD, PUT, OPTIONS"
