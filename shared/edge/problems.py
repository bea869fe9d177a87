"""The one table from error codes to HTTP, and the body that tells them (RFC 9457)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final

from shared.domain.errors import InsightError, InvalidArgument

MEDIA_TYPE: Final = "application/problem+json"
RETRY_AFTER_S: Final = 2
# code -> (HTTP status, title). RFC 9110 section 15.5 and 15.6; 429: RFC 6585 section 4.
STATUSES: Final[Mapping[str, tuple[int, str]]] = {
    "invalid_request": (400, "The request could not be read"),
    "unauthenticated": (401, "Sign in first"),
    "permission_denied": (403, "Not allowed"),
    "not_found": (404, "Not found"),
    "method_not_allowed": (405, "Method not allowed"),
    "conflict": (409, "Not possible as things stand"),
    "already_exists": (409, "It is there already"),
    "content_changed": (409, "The content has changed"),
    "precondition_failed": (412, "It has changed meanwhile"),
    "too_large": (413, "Too large"),
    "unsupported_content": (415, "Not a supported type of content"),
    "invalid_argument": (422, "A field has a value that is not allowed"),
    "idempotency_key_reused": (422, "The Idempotency-Key was used before"),
    "transcript_unreadable": (422, "No transcript could be read"),
    "resource_exhausted": (429, "A limit is used up"),
    "internal": (500, "Something went wrong here"),
    "unavailable": (503, "Not available just now"),
    "not_ready": (503, "Not ready yet"),
    # Of the pipeline's; an upload tells them, no answer does.
    "recording_refused": (422, "The recording cannot be heard"),
    "no_speech": (422, "Nobody speaks in the recording"),
    "transcription_failed": (422, "The recording could not be transcribed"),
    "transcriber_missing": (409, "Not possible as things stand"),
    "transcription_lost": (503, "Not ready yet"),
}
_INTERNAL_DETAIL: Final = "Something went wrong on our side; nothing you sent was at fault."


class FieldErrors(InvalidArgument):
    """Several fields are wrong.

    Args:
        errors: (field, message) of each, in the order of the request.
    """

    def __init__(self, message: str, errors: list[tuple[str | None, str]]) -> None:
        super().__init__(message, field=errors[0][0])
        self.errors = errors


class InFlight(InsightError):
    """The first request with this Idempotency-Key is still being answered."""

    code = "conflict"
    transient = True


def status_of(error: Exception) -> int:
    """The HTTP status of `error`; 500 for whatever nobody expected."""
    return STATUSES[_code(error)][0]


def problem(error: Exception, request_id: str) -> dict[str, Any]:
    """The body for `error`. What is not an `InsightError` says nothing of itself."""
    code = _code(error)
    http_status, title = STATUSES[code]
    detail = error.message if isinstance(error, InsightError) else _INTERNAL_DETAIL
    body: dict[str, Any] = {
        "type": f"urn:insight-journey:problem:{code}",
        "title": title,
        "status": "error",
        "http_status": http_status,
        "code": code,
        "detail": detail,
        "message": detail,
        "instance": request_id,
    }
    if isinstance(error, InsightError) and error.field is not None:
        body["field"] = error.field
    if isinstance(error, FieldErrors):
        body["errors"] = [{"field": field, "message": text} for field, text in error.errors]
    return body


def problem_headers(error: Exception) -> dict[str, str]:
    """Headers that belong to `error` whatever was asked."""
    if isinstance(error, InsightError) and error.transient:
        return {"Retry-After": str(RETRY_AFTER_S)}
    return {}


def render_problem(error: Exception, request_id: str) -> bytes:
    """`problem` as JSON bytes."""
    return json.dumps(problem(error, request_id), separators=(",", ":")).encode()


def _code(error: Exception) -> str:
    code = error.code if isinstance(error, InsightError) else "internal"
    return code if code in STATUSES else "internal"
