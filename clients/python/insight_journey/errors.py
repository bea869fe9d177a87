"""What can go wrong, as one tree below `InsightJourneyError`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from .wire import FieldProblem


class InsightJourneyError(Exception):
    """Base of everything that this package raises."""


class ConnectionFailed(InsightJourneyError):
    """The service could not be reached, or hung up, and went on so for all attempts."""


class SignInFailed(InsightJourneyError):
    """The sign-in was refused.

    Attributes:
        code: Firebase's, such as `INVALID_LOGIN_CREDENTIALS` or `EMAIL_EXISTS`.
        attempts: how often it was asked for; above 1 the first may have taken effect.
    """

    def __init__(self, message: str, attempts: int = 1) -> None:
        super().__init__(message)
        self.code = message.split(" ", 1)[0]
        self.attempts = attempts


class StreamClosed(InsightJourneyError):
    """The service has closed a session's events for good.

    Attributes:
        code: of the WebSocket, as the service documents them.
    """

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(f"The events were closed: {reason or 'no reason given'} ({code}).")
        self.code = code


class SessionGone(StreamClosed):
    """There is no such session of this user, or not any more."""


class ContentDiffers(InsightJourneyError):
    """The file is not the one that the upload was begun with."""


class UploadCancelled(InsightJourneyError):
    """The program itself has stopped the upload."""


class NotSignedIn(InsightJourneyError):
    """A call that needs a user was made before anybody signed in."""


class ApiError(InsightJourneyError):
    """The service answered with a problem (RFC 9457).

    Attributes:
        status: of HTTP.
        code: stable name of the kind of problem, such as `not_found`.
        message: a sentence for people.
        field: the first wrong field, where one is.
        errors: all wrong fields.
        request_id: what the service's log knows the request by.
        attempts: how often the request was sent; above 1 the first may have taken effect.
    """

    def __init__(
        self, status: int, problem: Mapping[str, Any], *, request_id: str | None, attempts: int
    ) -> None:
        self.status = status
        self.code: str = problem.get("code", "unknown")
        self.message: str = problem.get("message") or f"The service answered {status}."
        self.field: str | None = problem.get("field")
        self.errors: list[FieldProblem] = problem.get("errors") or []
        self.request_id = request_id
        self.attempts = attempts
        super().__init__(f"{self.message} ({self.code})")


class Unauthenticated(ApiError):
    """401: the sign-in is not valid, or not any more."""


class NotFound(ApiError):
    """404: there is no such thing, or it is somebody else's."""


class Conflict(ApiError):
    """409: not possible as things stand."""


class PreconditionFailed(ApiError):
    """412: it has changed since it was read."""


class InvalidRequest(ApiError):
    """400, 413, 415 or 422: what was sent is not acceptable; `field` names what."""


class RateLimited(ApiError):
    """429, after all attempts."""


class ServiceUnavailable(ApiError):
    """5xx, after all attempts."""


_KINDS: Final[Mapping[int, type[ApiError]]] = {
    400: InvalidRequest,
    401: Unauthenticated,
    404: NotFound,
    409: Conflict,
    412: PreconditionFailed,
    413: InvalidRequest,
    415: InvalidRequest,
    422: InvalidRequest,
    429: RateLimited,
}


def error_of(
    status: int, problem: object, *, request_id: str | None = None, attempts: int = 1
) -> ApiError:
    """The error for an answer that is none; `problem` is its JSON, whatever it is."""
    kind = ServiceUnavailable if status >= 500 else _KINDS.get(status, ApiError)
    told = problem if isinstance(problem, Mapping) else {}
    # Firebase's sign-in puts what it says one level down.
    inner = told.get("error")
    if isinstance(inner, Mapping):
        told = {"code": inner.get("status", "unknown"), "message": inner.get("message")}
    return kind(status, told, request_id=request_id, attempts=attempts)
