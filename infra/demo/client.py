"""A bare client of the Sessions API for the end-to-end tests: it hides nothing of an answer."""

from __future__ import annotations

import json
import secrets
import time
from collections.abc import Iterator, Mapping
from typing import Any, Final

import urllib3

# Firebase wants a key in the URL that names the project and proves nothing; any will do locally.
_API_KEY: Final = "local"
_RESTING: Final = ("success", "failed")


class CallFailed(RuntimeError):
    """The service answered with an error.

    Attributes:
        status: of HTTP.
        body: of the answer, decoded if it was JSON.
    """

    def __init__(self, method: str, path: str, status: int, body: Any) -> None:
        super().__init__(f"{method} {path} answered {status}: {body}")
        self.status = status
        self.body = body


class Client:
    """Calls one service as one signed-in person.

    Args:
        origin: `http://127.0.0.1:5000`, without a path.
        retry_for_s: how long a call that finds nobody, or is told to come later, is tried again.
    """

    def __init__(self, origin: str, *, retry_for_s: float = 0.0) -> None:
        self.origin = origin.rstrip("/")
        self.token: str | None = None
        self._retry_for_s = retry_for_s
        self._pool = urllib3.PoolManager(maxsize=32, retries=False, timeout=60.0)

    def sign_up(self, email: str | None = None, password: str | None = None) -> str:
        """Makes an account, signs it in and returns its user id. Random unless named."""
        account = {
            "email": email or f"{secrets.token_hex(8)}@example.org",
            "password": password or secrets.token_urlsafe(16),
            "returnSecureToken": True,
        }
        path = f"/identitytoolkit.googleapis.com/v1/accounts:signUp?key={_API_KEY}"
        answer = self.call("POST", path, account)
        self.token = answer["idToken"]
        return str(answer["localId"])

    def create_session(self, **fields: Any) -> str:
        """Creates a session from API.md's fields and returns its id."""
        # The key makes the call safe to send again after a connection that broke.
        key = {"Idempotency-Key": secrets.token_hex(16)}
        return str(self.call("POST", "/api/v1/sessions", fields, key)["session_id"])

    def session(self, session_id: str) -> dict[str, Any]:
        """The session with everything found in it."""
        return dict(self.call("GET", f"/api/v1/sessions/{session_id}"))

    def events(self, session_id: str, after: int = 0) -> list[dict[str, Any]]:
        """One page of what happened after event `after`."""
        answer = self.call("GET", f"/api/v1/sessions/{session_id}/events?after={after}")
        return list(answer["data"]["events"])

    def all_events(self, session_id: str) -> list[dict[str, Any]]:
        """Everything that has happened so far."""
        found: list[dict[str, Any]] = []
        while page := self.events(session_id, found[-1]["id"] if found else 0):
            found += page
        return found

    def follow(
        self, session_id: str, *, within_s: float = 120.0, every_s: float = 0.1
    ) -> Iterator[dict[str, Any]]:
        """Yields events as they come until the analysis rests.

        Raises:
            TimeoutError: if it does not within `within_s`.
        """
        deadline, after = time.monotonic() + within_s, 0
        while True:
            # Asked before the events are read: none can come between the last page and the end.
            resting = self.session(session_id)["analysis_status"] in _RESTING
            while page := self.events(session_id, after):
                yield from page
                after = page[-1]["id"]
            if resting:
                return
            if time.monotonic() > deadline:
                raise TimeoutError(f"The analysis did not end within {within_s:.0f} s.")
            time.sleep(every_s)

    def call(
        self,
        method: str,
        path: str,
        body: Any = None,
        headers: Mapping[str, str] | None = None,
    ) -> Any:
        """Sends JSON and returns the answer's.

        Raises:
            CallFailed: for any status from 400.
        """
        sent = {**self._authorization(), **(headers or {})}
        content = None if body is None else json.dumps(body).encode()
        if content is not None:
            sent["Content-Type"] = "application/json"
        status, answer = self._patiently(method, path, content, sent)
        if status >= 400:
            raise CallFailed(method, path, status, answer)
        return answer

    def _authorization(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"} if self.token else {}

    def _patiently(
        self, method: str, path: str, content: bytes | None, headers: Mapping[str, str]
    ) -> tuple[int, Any]:
        deadline = time.monotonic() + self._retry_for_s
        while True:
            try:
                answer = self._pool.request(
                    method, self.origin + path, body=content, headers=headers
                )
                if "Retry-After" not in answer.headers or time.monotonic() > deadline:
                    return answer.status, _decoded(answer.data)
            except urllib3.exceptions.HTTPError:
                if time.monotonic() > deadline:
                    raise
            time.sleep(0.1)


def _decoded(content: bytes) -> Any:
    try:
        return json.loads(content)
    except ValueError:
        return content.decode(errors="replace")
