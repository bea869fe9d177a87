"""Who calls: a signed-in user by a bearer token, or the platform by its push identity."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from shared.application.ports import Identity, Principal
from shared.domain.errors import InsightError, Unauthenticated

if TYPE_CHECKING:
    from werkzeug.datastructures import Headers

_REALM: Final = 'Bearer realm="insight-journey"'
# A Firebase ID token is about 1 KB; nothing genuine comes near this.
_MAX_TOKEN_CHARS: Final = 8_192


def authenticate(identity: Identity, headers: Headers) -> Principal:
    """The user whose token the request carries (RFC 6750, section 2.1).

    Raises:
        Unauthenticated: without a token, or with one that is not ours or not in force.
    """
    scheme, _, token = headers.get("Authorization", "").strip().partition(" ")
    token = token.strip()
    if scheme.lower() != "bearer" or not token:
        raise Unauthenticated("Send a sign-in token: Authorization: Bearer <token>.")
    if len(token) > _MAX_TOKEN_CHARS or not token.isascii():
        raise Unauthenticated("The token is not valid.")
    return identity.verify(token)


def challenge(error: Exception, headers: Headers) -> dict[str, str]:
    """The WWW-Authenticate header that a 401 must carry (RFC 6750, section 3)."""
    if not isinstance(error, InsightError) or error.code != Unauthenticated.code:
        return {}
    invalid = ', error="invalid_token"' if "Authorization" in headers else ""
    return {"WWW-Authenticate": _REALM + invalid}
