"""Google's public keys, kept for as long as Google says."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Mapping
from http import HTTPStatus
from threading import Lock

from google.auth.transport import Request
from jwt import PyJWK, PyJWKSet
from jwt.exceptions import PyJWKError, PyJWKSetError

from .failures import translated, unavailable

# https://developers.google.com/identity/openid-connect/openid-connect#discovery (`jwks_uri`)
GOOGLE_KEYS_URL = "https://www.googleapis.com/oauth2/v3/certs"
_TIMEOUT_S = 10.0
# Between two fetches for keys that are not known, so that forged key ids cost Google nothing.
_LEAST_AGE_S = 60.0
_MAX_AGE = re.compile(r"\bmax-age=(\d+)")


class Certificates:
    """The keys of one JWK set by their id.

    Args:
        transport: makes the HTTP requests (google-auth's interface).
        clock: monotonic, in seconds.
    """

    def __init__(
        self,
        transport: Request,
        *,
        url: str = GOOGLE_KEYS_URL,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._transport = transport
        self._url = url
        self._clock = clock
        self._lock = Lock()
        self._keys: dict[str, PyJWK] = {}
        self._fetched_at = float("-inf")
        self._max_age_s = 0.0

    def key(self, key_id: str) -> PyJWK | None:
        """The key with this id, None if Google has none.

        Raises:
            Unavailable: the keys could not be fetched.
        """
        with self._lock:
            age_s = self._clock() - self._fetched_at
            stale = age_s >= self._max_age_s
            if stale or (key_id not in self._keys and age_s >= _LEAST_AGE_S):
                self._fetch()
            return self._keys.get(key_id)

    def _fetch(self) -> None:
        with translated("Google's certificate endpoint"):
            response = self._transport(url=self._url, method="GET", timeout=_TIMEOUT_S)
        if response.status != HTTPStatus.OK:
            raise unavailable("Google's certificate endpoint")
        self._keys = _parsed(response.data)
        self._max_age_s = _max_age_s(response.headers)
        self._fetched_at = self._clock()


def _parsed(body: bytes) -> dict[str, PyJWK]:
    try:
        keys = PyJWKSet.from_dict(json.loads(body)).keys
    except (ValueError, AttributeError, PyJWKError, PyJWKSetError) as error:
        raise unavailable("Google's certificate endpoint") from error
    return {key.key_id: key for key in keys if key.key_id is not None}


def _max_age_s(headers: Mapping[str, str]) -> float:
    control = next((v for name, v in headers.items() if name.lower() == "cache-control"), "")
    found = _MAX_AGE.search(control)
    return float(found[1]) if found else 0.0
