"""Sign-in with Firebase's REST calls, which the service on one machine speaks too."""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Self

import httpx

from .errors import ApiError, NotSignedIn, SignInFailed, Unauthenticated
from .transport import Transport, json_of

# Longer than a request takes to arrive, far shorter than a token lives (an hour).
_REFRESH_BEFORE_S: Final = 60.0


@dataclass(frozen=True, slots=True)
class Place:
    """Where the service and its sign-in are.

    Attributes:
        api_url: `https://.../api/v1`.
        identity_url, token_url: where `accounts:signUp` and `token` are.
        api_key: the Firebase project's web key. It names the project and is no secret.
    """

    api_url: str
    identity_url: str
    token_url: str
    api_key: str

    @classmethod
    def local(cls, origin: str = "http://localhost:5000") -> Self:
        """The service on one machine, which has the sign-in beside it."""
        return cls(
            f"{origin}/api/v1",
            f"{origin}/identitytoolkit.googleapis.com/v1",
            f"{origin}/securetoken.googleapis.com/v1",
            "local",
        )

    @classmethod
    def firebase(cls, api_url: str, api_key: str) -> Self:
        """The service in the cloud, with Firebase Auth."""
        return cls(
            api_url.rstrip("/"),
            "https://identitytoolkit.googleapis.com/v1",
            "https://securetoken.googleapis.com/v1",
            api_key,
        )


@dataclass(frozen=True, slots=True)
class _SignIn:
    user_id: str
    id_token: str
    refresh_token: str
    good_until: float


class AuthService:
    """Who calls, and calls made in his name. Threads may share one.

    Args:
        place: `Place.local()` unless given.
        transport: how requests are sent.
    """

    def __init__(self, place: Place | None = None, *, transport: Transport | None = None) -> None:
        self.place = place or Place.local()
        self.transport = transport or Transport()
        self._signed_in: _SignIn | None = None
        self._refreshing = threading.Lock()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Closes the connections; the sign-in itself goes on."""
        self.transport.close()

    def sign_up(self, email: str, password: str, display_name: str | None = None) -> str:
        """Makes an account, signs it in and returns its user id. Raises `SignInFailed`."""
        named = {"displayName": display_name} if display_name else {}
        try:
            return self._enter("signUp", {"email": email, "password": password, **named})
        except SignInFailed as error:
            # The answer to the first attempt was lost, not the account that it made.
            if error.code == "EMAIL_EXISTS" and error.attempts > 1:
                return self.sign_in(email, password)
            raise

    def sign_in(self, email: str, password: str) -> str:
        """Signs in and returns the user id. Raises `SignInFailed`."""
        return self._enter("signInWithPassword", {"email": email, "password": password})

    def resume(self, refresh_token: str) -> str:
        """Signs in with a refresh token that was kept, and returns the user id."""
        self._signed_in = self._refreshed(refresh_token)
        return self._signed_in.user_id

    def sign_out(self) -> None:
        """Forgets the sign-in on this side."""
        self._signed_in = None

    @property
    def user_id(self) -> str:
        """Who is signed in. Raises `NotSignedIn`."""
        return self._current().user_id

    @property
    def refresh_token(self) -> str:
        """What `resume` takes. Whoever has it is the user: keep it as a password is kept."""
        return self._current().refresh_token

    def token(self) -> str:
        """An ID token that is good for at least a minute, fetched anew where needed."""
        current = self._current()
        if time.monotonic() >= current.good_until - _REFRESH_BEFORE_S:
            return self.refresh(current.id_token)
        return current.id_token

    def refresh(self, refused: str) -> str:
        """A token that is not `refused`; of many threads with the same one only the first asks.

        Raises:
            SignInFailed: the user was disabled, or signed out everywhere.
        """
        with self._refreshing:
            current = self._current()
            if current.id_token == refused:
                self._signed_in = current = self._refreshed(current.refresh_token)
            return current.id_token

    def make_authenticated_request(self, path: str, method: str = "GET", **content: Any) -> Any:
        """Calls `path` below the API's base and returns the answer's JSON.

        Args:
            content: `json`, `params`, `data`, `files` or `headers`.

        Raises:
            ApiError, ConnectionFailed, NotSignedIn
        """
        return json_of(self.request(method, path, **content))

    def request(
        self, method: str, path: str, headers: Mapping[str, str] | None = None, **content: Any
    ) -> httpx.Response:
        """As `make_authenticated_request`, for those who want headers or text."""
        token = self.token()
        try:
            return self._call(token, method, path, headers or {}, content)
        except Unauthenticated:
            # It may have been revoked, or the clocks of two servers may differ.
            return self._call(self.refresh(token), method, path, headers or {}, content)

    def _call(
        self,
        token: str,
        method: str,
        path: str,
        headers: Mapping[str, str],
        content: Mapping[str, Any],
    ) -> httpx.Response:
        sent = {**headers, "Authorization": f"Bearer {token}"}
        return self.transport.send(method, f"{self.place.api_url}{path}", sent, **content)

    def _current(self) -> _SignIn:
        if self._signed_in is None:
            raise NotSignedIn("Sign in first.")
        return self._signed_in

    def _enter(self, call: str, fields: Mapping[str, str]) -> str:
        url = f"{self.place.identity_url}/accounts:{call}"
        answer = self._ask(url, json={**fields, "returnSecureToken": True})
        self._signed_in = _SignIn(
            answer["localId"],
            answer["idToken"],
            answer["refreshToken"],
            time.monotonic() + float(answer["expiresIn"]),
        )
        return self._signed_in.user_id

    def _refreshed(self, refresh_token: str) -> _SignIn:
        fields = {"grant_type": "refresh_token", "refresh_token": refresh_token}
        answer = self._ask(f"{self.place.token_url}/token", data=fields)
        return _SignIn(
            answer["user_id"],
            answer["id_token"],
            answer["refresh_token"],
            time.monotonic() + float(answer["expires_in"]),
        )

    def _ask(self, url: str, **content: Any) -> Mapping[str, Any]:
        params = {"key": self.place.api_key}
        try:
            return dict(self.transport.send("POST", url, {}, params=params, **content).json())
        except ApiError as error:
            if error.status != 400:
                raise
            raise SignInFailed(error.message, error.attempts) from None
