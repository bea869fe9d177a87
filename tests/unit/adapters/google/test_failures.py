"""Google's errors become the domain's, or are raised as they are."""

from __future__ import annotations

import pytest
import requests
from google.api_core import exceptions
from google.auth.exceptions import DefaultCredentialsError, RefreshError

from shared.adapters.google import failures
from shared.adapters.google.failures import retried_while_contended, translated
from shared.domain.errors import AlreadyExists, InsightError, Unavailable


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (exceptions.ServiceUnavailable("x"), Unavailable),
        (exceptions.DeadlineExceeded("x"), Unavailable),
        (exceptions.InternalServerError("x"), Unavailable),
        (exceptions.TooManyRequests("x"), Unavailable),
        (exceptions.ResourceExhausted("x"), Unavailable),
        (exceptions.Aborted("x"), Unavailable),
        (exceptions.RetryError("x", cause=None), Unavailable),
        (requests.ConnectionError("x"), Unavailable),
        (requests.Timeout("x"), Unavailable),
        (ConnectionResetError("x"), Unavailable),
        (RefreshError("x", retryable=True), Unavailable),
        (exceptions.AlreadyExists("x"), AlreadyExists),
        (exceptions.InvalidArgument("x"), ValueError),
        (exceptions.FailedPrecondition("x"), exceptions.FailedPrecondition),
        (exceptions.PermissionDenied("x"), exceptions.PermissionDenied),
        (exceptions.NotFound("x"), exceptions.NotFound),
        (RefreshError("x"), RefreshError),
        (DefaultCredentialsError("x"), DefaultCredentialsError),
        (KeyError("x"), KeyError),
    ],
)
def test_error_becomes(error: Exception, expected: type[Exception]) -> None:
    with pytest.raises(expected) as caught, translated("Firestore"):
        raise error
    assert caught.value is error or caught.value.__cause__ is error


def test_message_names_the_service_alone() -> None:
    with pytest.raises(Unavailable) as caught, translated("Pub/Sub"):
        raise exceptions.ServiceUnavailable("projects/p/topics/t is down")
    assert caught.value.message == "Pub/Sub is not available just now."


def test_left_errors_pass() -> None:
    error = exceptions.Aborted("x")
    with pytest.raises(exceptions.Aborted), translated("x", leave=(exceptions.Aborted,)):
        raise error


def test_contention_is_waited_out(monkeypatch: pytest.MonkeyPatch) -> None:
    pauses: list[float] = []
    monkeypatch.setattr(failures, "sleep", pauses.append)
    answers = iter([exceptions.Aborted("x"), exceptions.Aborted("x"), None])

    def attempt() -> str:
        if error := next(answers):
            raise error
        return "done"

    assert retried_while_contended(attempt) == "done"
    assert len(pauses) == 2


def test_lasting_contention_is_unavailable(monkeypatch: pytest.MonkeyPatch) -> None:
    pauses: list[float] = []
    monkeypatch.setattr(failures, "sleep", pauses.append)

    def attempt() -> None:
        raise exceptions.Aborted("x")

    with pytest.raises(Unavailable):
        retried_while_contended(attempt)
    assert sum(pauses) < 15.0
    assert all(pause_s <= 2.0 for pause_s in pauses)


def test_other_errors_are_not_repeated() -> None:
    calls: list[int] = []

    def attempt() -> None:
        calls.append(1)
        raise InsightError("x")

    with pytest.raises(InsightError):
        retried_while_contended(attempt)
    assert len(calls) == 1
