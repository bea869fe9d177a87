"""Turns replies and errors into HTTP responses."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, Final

from flask import Response

from shared.endpoints import Caller, Endpoint

from .call import Reply
from .problems import MEDIA_TYPE, problem_headers, render_problem, status_of

if TYPE_CHECKING:
    from flask import Request

_ALWAYS: Final = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Strict-Transport-Security": "max-age=63072000; includeSubDomains",
}
_DATA_POLICY: Final = "default-src 'none'; frame-ancestors 'none'"


def render(reply: Reply, endpoint: Endpoint, request: Request) -> Response:
    """The response for `reply`, or 304 if the client has just that already."""
    headers = dict(reply.headers)
    if reply.etag:
        headers["ETag"] = reply.etag
    if reply.location:
        headers["Location"] = reply.location
    if reply.etag and _has_it_already(request, reply.etag):
        return Response(status=304, headers=headers)
    media_type = None if reply.body is None else reply.media_type
    response = Response(
        _bytes(reply.body), endpoint.success, headers=headers, content_type=media_type
    )
    if media_type is None:
        response.headers.pop("Content-Type", None)
    return response


def _bytes(body: Any) -> str | bytes | Iterable[bytes]:
    if body is None:
        return b""
    if isinstance(body, str | bytes) or not hasattr(body, "model_dump_json"):
        return body  # type: ignore[no-any-return]
    return body.model_dump_json(by_alias=True).encode()  # type: ignore[no-any-return]


def _has_it_already(request: Request, etag: str) -> bool:
    # RFC 9110, section 13.1.2: weak comparison, and only where a read is conditional.
    if request.method not in ("GET", "HEAD") or "If-None-Match" not in request.headers:
        return False
    tags = request.if_none_match
    return bool(tags.star_tag) or tags.contains_weak(etag.strip('"'))


def render_error(error: Exception, request_id: str, headers: Mapping[str, str]) -> Response:
    """The problem details of `error`."""
    response = Response(
        render_problem(error, request_id), status_of(error), content_type=MEDIA_TYPE
    )
    response.headers.update({**problem_headers(error), **headers})
    return response


def secure(response: Response, endpoint: Endpoint) -> None:
    """Headers for every answer: nothing personal is cached, sniffed, framed or leaked."""
    for name, value in _ALWAYS.items():
        response.headers.setdefault(name, value)
    response.headers.setdefault("Content-Security-Policy", _DATA_POLICY)
    if endpoint.caller is not Caller.ANYONE or response.status_code >= 400:
        response.headers["Cache-Control"] = "no-store"
