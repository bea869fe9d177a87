from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

from clients.python.insight_journey import (
    ApiError,
    Conflict,
    ConnectionFailed,
    InvalidRequest,
    NotFound,
    Retry,
    ServiceUnavailable,
    SessionService,
)

from .conftest import Service

Problem = Callable[..., httpx.Response]
LOST = httpx.ReadError("the connection broke")


@pytest.mark.parametrize("status", [429, 502, 503, 504])
def test_temporary_refusal_is_tried_again(service: Service, problem: Problem, status: int) -> None:
    service.answers = [problem(status, "unavailable")] * 2
    service.auth().make_authenticated_request("/sessions")
    assert len(service.requests) == 3
    assert len(service.waits) == 2


def test_retry_after_is_waited_for(service: Service, problem: Problem) -> None:
    service.answers = [problem(503, "unavailable", {"Retry-After": "7"})]
    service.auth().make_authenticated_request("/sessions")
    assert 7.0 <= service.waits[0] <= 7.0 + Retry().base_s


def test_retry_after_beyond_patience_is_raised_at_once(service: Service, problem: Problem) -> None:
    service.answers = [problem(429, "resource_exhausted", {"Retry-After": "3600"})]
    with pytest.raises(ApiError, match="resource_exhausted"):
        service.auth().make_authenticated_request("/sessions")
    assert service.waits == []


def test_waits_grow_and_are_random_within_bounds() -> None:
    retry = Retry(base_s=1.0, cap_s=5.0)
    for failures, bound in [(1, 1.0), (2, 2.0), (3, 4.0), (4, 5.0), (4_000, 5.0)]:
        waits = {retry.jitter_s(failures) for _ in range(100)}
        assert len(waits) > 90
        assert 0.0 <= min(waits) <= max(waits) <= bound


def test_lost_connection_is_tried_again(service: Service) -> None:
    service.answers = [LOST, httpx.ConnectError("nobody")]
    service.auth().make_authenticated_request("/sessions")
    assert len(service.requests) == 3


def test_all_attempts_lost_is_connection_failed(service: Service) -> None:
    service.answers = [LOST] * 9
    with pytest.raises(ConnectionFailed, match="3 attempts"):
        service.auth(Retry(attempts=3)).make_authenticated_request("/sessions")
    assert len(service.requests) == 3


def test_all_attempts_refused_is_the_last_refusal(service: Service, problem: Problem) -> None:
    service.answers = [problem(503, "unavailable")] * 9
    with pytest.raises(ServiceUnavailable) as caught:
        service.auth(Retry(attempts=2)).make_authenticated_request("/sessions")
    assert caught.value.attempts == 2


def test_repeated_post_carries_one_key(service: Service) -> None:
    service.answers = [LOST, LOST, httpx.Response(201, json={"session_id": "1"})]
    SessionService(service.auth()).create_session("A session")
    keys = {request.headers["Idempotency-Key"] for request in service.requests}
    assert len(service.requests) == 3
    assert len(keys) == 1


def test_two_posts_carry_two_keys(service: Service) -> None:
    sessions = SessionService(service.auth())
    sessions.create_session("A session")
    sessions.create_session("A session")
    first, second = (request.headers["Idempotency-Key"] for request in service.requests)
    assert first != second


def test_key_in_flight_is_waited_for(service: Service, problem: Problem) -> None:
    service.answers = [problem(409, "conflict", {"Retry-After": "2"})]
    SessionService(service.auth()).create_session("A session")
    assert len(service.requests) == 2


def test_conflict_is_raised_at_once(service: Service, problem: Problem) -> None:
    service.answers = [problem(409, "conflict")]
    with pytest.raises(Conflict):
        SessionService(service.auth()).create_session("A session")
    assert len(service.requests) == 1


def test_problem_is_told_whole(service: Service, problem: Problem) -> None:
    errors = [{"field": "title", "message": "is missing"}]
    service.answers = [problem(422, "invalid_argument", field="title", errors=errors)]
    with pytest.raises(InvalidRequest) as caught:
        SessionService(service.auth()).create_session("")
    error = caught.value
    assert (error.status, error.code, error.message) == (422, "invalid_argument", "No.")
    assert (error.field, error.errors, error.request_id) == ("title", errors, "r1")


def test_answer_that_is_no_problem_is_told_by_its_status(service: Service) -> None:
    service.answers = [httpx.Response(418, text="<html>")]
    with pytest.raises(ApiError, match="418"):
        service.auth().make_authenticated_request("/sessions")


def test_repeated_delete_finds_it_gone(service: Service, problem: Problem) -> None:
    service.answers = [LOST, problem(404, "not_found")]
    SessionService(service.auth()).delete_session("1")


def test_first_delete_of_what_is_not_there_fails(service: Service, problem: Problem) -> None:
    service.answers = [problem(404, "not_found")]
    with pytest.raises(NotFound):
        SessionService(service.auth()).delete_session("1")


def test_repeated_upload_sends_the_whole_file_again(service: Service, tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_bytes(b"words " * 50_000)
    told: list[tuple[int, int]] = []
    answer = httpx.Response(201, json={"data": {"upload": {"id": "1"}}})
    service.answers = [LOST, answer]
    upload = SessionService(service.auth()).upload_content(
        "1", path, "text", on_progress=lambda done, total: told.append((done, total))
    )
    assert upload["id"] == "1"
    for request in service.requests:
        assert path.read_bytes() in request.content
        assert b'filename="notes.txt"' in request.content
    size = path.stat().st_size
    assert told.count((size, size)) == 2
    assert sorted(told[: len(told) // 2]) == told[: len(told) // 2]


def test_upload_of_what_cannot_be_read_twice_is_refused(service: Service) -> None:
    class Pipe(io.BytesIO):
        def seekable(self) -> bool:
            return False

    with pytest.raises(ValueError, match="seek"):
        SessionService(service.auth()).upload_content("1", Pipe(b"words"))
    assert service.requests == []
