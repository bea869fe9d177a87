"""A service that answers as it is told, with the sign-in beside it."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest

from clients.python.insight_journey import AuthService, Place, Retry, Transport

Answer = httpx.Response | Exception
ORIGIN = "http://service.example"


@dataclass
class Service:
    """Answers with `answers` in turn, then with an empty success.

    Attributes:
        requests: what came, without the sign-in's.
        waits: for how many seconds the client has slept.
    """

    answers: list[Answer] = field(default_factory=list)
    requests: list[httpx.Request] = field(default_factory=list)
    waits: list[float] = field(default_factory=list)
    sign_in_answers: list[Answer] = field(default_factory=list)
    signed_in: int = 0
    refreshed: int = 0
    token_lasts_s: int = 3600

    def __call__(self, request: httpx.Request) -> httpx.Response:
        request.read()
        if request.url.path.startswith(("/identitytoolkit", "/securetoken")):
            answer = self._next(self.sign_in_answers) or self._tokens(request)
        else:
            self.requests.append(request)
            answer = self._next(self.answers) or httpx.Response(200, json={"data": {}})
        if isinstance(answer, Exception):
            raise answer
        return answer

    def transport(self, retry: Retry | None = None) -> Transport:
        http = httpx.Client(transport=httpx.MockTransport(self))
        return Transport(http=http, retry=retry, sleep=self.waits.append)

    def auth(self, retry: Retry | None = None) -> AuthService:
        auth = AuthService(Place.local(ORIGIN), transport=self.transport(retry))
        auth.sign_in("ada@example.org", "a passphrase")
        return auth

    @staticmethod
    def _next(answers: list[Answer]) -> Answer | None:
        return answers.pop(0) if answers else None

    def _tokens(self, request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith("/token"):
            self.refreshed += 1
            names = ("user_id", "id_token", "refresh_token", "expires_in")
        else:
            self.signed_in += 1
            names = ("localId", "idToken", "refreshToken", "expiresIn")
        count = self.signed_in + self.refreshed
        values = ("ada", f"token-{count}", f"refresh-{count}", str(self.token_lasts_s))
        return httpx.Response(200, json=dict(zip(names, values, strict=True)))


@pytest.fixture
def service() -> Service:
    return Service()


@pytest.fixture
def problem() -> Callable[..., httpx.Response]:
    def make(status: int, code: str, headers: dict[str, str] | None = None, **more: Any) -> Any:
        body = {"status": "error", "code": code, "message": "No.", **more}
        sent = {"X-Request-Id": "r1", **(headers or {})}
        return httpx.Response(status, content=json.dumps(body), headers=sent)

    return make
