"""Which browsers' origins may read answers (Fetch standard, "CORS protocol").

Calls carry a bearer token and never cookies, so credentials are not allowed for any origin.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from shared.domain.errors import PermissionDenied

EXPOSED: Final = "ETag, Idempotency-Replayed, Location, Retry-After, X-Request-Id"

if TYPE_CHECKING:
    from collections.abc import Sequence

    from werkzeug.datastructures import Headers

ACCEPTED: Final = (
    "Authorization, Content-Digest, Content-Type, Idempotency-Key, If-Match, If-None-Match, "
    "X-Request-Id, traceparent"
)
_MAX_AGE_S: Final = 7_200


def cors_headers(headers: Headers, origins: tuple[str, ...]) -> dict[str, str]:
    """Headers for any answer. `Vary` stands on all of them: caches must not mix origins up."""
    if not origins:
        return {}
    origin = headers.get("Origin")
    if origin not in origins:
        return {"Vary": "Origin"}
    return {
        "Vary": "Origin",
        "Access-Control-Allow-Origin": origin,
        "Access-Control-Expose-Headers": EXPOSED,
    }


def preflight_headers(
    headers: Headers,
    origins: tuple[str, ...],
    methods: tuple[str, ...],
    accepted: str = ACCEPTED,
) -> dict[str, str]:
    """Headers for OPTIONS beside `cors_headers`.

    Args:
        accepted: the request headers that a browser may send, comma-separated.
    """
    allowed = ", ".join(methods)
    if headers.get("Origin") not in origins or "Access-Control-Request-Method" not in headers:
        return {"Allow": allowed}
    return {
        "Allow": allowed,
        "Access-Control-Allow-Methods": allowed,
        "Access-Control-Allow-Headers": accepted,
        "Access-Control-Max-Age": str(_MAX_AGE_S),
    }


def check_origin(found: Sequence[str], host: str, origins: tuple[str, ...]) -> None:
    """Refuses what a browser sends for a page of neither this host nor `origins`.

    For what needs no answer to do harm, or is bound by no CORS: browsers open a WebSocket for any
    page (RFC 6455, section 10.2), and send simple requests unasked.

    Args:
        found: every `Origin` header of the request; who is no browser sends none.
        host: its `Host` header.

    Raises:
        PermissionDenied
    """
    allowed = (*origins, f"http://{host}", f"https://{host}")
    if any(origin not in allowed for origin in found):
        raise PermissionDenied("Pages of this origin may not call.")
