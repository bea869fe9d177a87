"""Which browsers' origins may read answers (Fetch standard, "CORS protocol").

Calls carry a bearer token and never cookies, so credentials are not allowed for any origin.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

EXPOSED: Final = "ETag, Idempotency-Replayed, Location, Retry-After, X-Request-Id"

if TYPE_CHECKING:
    from werkzeug.datastructures import Headers

_ACCEPTED: Final = (
    "Authorization, Content-Type, Idempotency-Key, If-Match, If-None-Match, X-Request-Id, "
    "traceparent"
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
    headers: Headers, origins: tuple[str, ...], methods: tuple[str, ...]
) -> dict[str, str]:
    """Headers for OPTIONS beside `cors_headers`."""
    allowed = ", ".join(methods)
    if headers.get("Origin") not in origins or "Access-Control-Request-Method" not in headers:
        return {"Allow": allowed}
    return {
        "Allow": allowed,
        "Access-Control-Allow-Methods": allowed,
        "Access-Control-Allow-Headers": _ACCEPTED,
        "Access-Control-Max-Age": str(_MAX_AGE_S),
    }
