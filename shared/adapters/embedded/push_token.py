"""Proof that a push comes from this installation's dispatcher.

The dispatcher signs a short-lived token with a secret that the functions know too, and sends it
where Pub/Sub sends its own (cloud.google.com/pubsub/docs/authenticate-push-subscriptions): the
secret itself never travels.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Mapping
from pathlib import Path

import jwt

from shared.domain.errors import Unauthenticated

from .secret_file import read_or_create

_AUDIENCE = "insight-journey-push"
_LIFETIME_S = 300
_RENEW_AFTER_S = 60
_SECRET_BYTES = 32


def push_secret(path: Path) -> bytes:
    """The secret kept at `path`, made if there is none; only the owner may read it."""
    return read_or_create(path, lambda: secrets.token_bytes(_SECRET_BYTES))


class PushSigner:
    """Signs what the dispatcher sends."""

    def __init__(self, secret: bytes, *, audience: str = _AUDIENCE) -> None:
        self._secret = secret
        self._audience = audience
        self._current = (0.0, "")

    def headers(self) -> dict[str, str]:
        """The header to send with a push; good for at least four minutes."""
        now = time.time()
        made, token = self._current
        if not made <= now < made + _RENEW_AFTER_S:
            claims = {"aud": self._audience, "iat": int(now), "exp": int(now) + _LIFETIME_S}
            token = jwt.encode(claims, self._secret, algorithm="HS256")
            self._current = (now, token)
        return {"Authorization": f"Bearer {token}"}


class PushVerifier:
    """Verifies what a function receives."""

    def __init__(self, secret: bytes, *, audience: str = _AUDIENCE) -> None:
        self._secret = secret
        self._audience = audience

    def verify_push(self, headers: Mapping[str, str]) -> None:
        """Raises `Unauthenticated` unless the dispatcher sent a request with these headers."""
        try:
            jwt.decode(
                _bearer(headers),
                self._secret,
                algorithms=["HS256"],
                audience=self._audience,
                options={"require": ["aud", "iat", "exp"]},
            )
        except jwt.InvalidTokenError:
            raise Unauthenticated("This push does not come from the dispatcher.") from None


def _bearer(headers: Mapping[str, str]) -> str:
    for name, value in headers.items():
        if name.lower() == "authorization":
            scheme, _, token = value.partition(" ")
            return token if scheme.lower() == "bearer" else ""
    return ""
