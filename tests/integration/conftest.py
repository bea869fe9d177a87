"""The real function files over the embedded platform in a directory of the test's own."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import functions_framework
import pytest
from flask import Flask
from werkzeug.test import TestResponse

from shared import bootstrap
from shared.adapters.embedded.envelope import envelope
from shared.adapters.embedded.push_token import PushSigner
from shared.application.ports import Principal
from shared.config import Config
from shared.domain.errors import Unauthenticated
from shared.endpoints import BY_NAME, ENDPOINTS, Endpoint
from tests.integration.scripted import OneOfEach

ROOT = Path(__file__).resolve().parents[2]
ORIGIN = "https://app.example"
TEXT = "Therapist: How was your week?\nClient: I was sad on Monday.\nClient: And sad again.\n"


BOUNDARY = "XX"
LAST = b"--XX--\r\n"


def part(name: str, content: bytes, more: str = "") -> bytes:
    """One part of a multipart body."""
    head = f'--XX\r\nContent-Disposition: form-data; name="{name}"{more}\r\n\r\n'
    return head.encode() + content + b"\r\n"


class NamedIdentity:
    """Takes `token-of-ada` for Ada's token."""

    def verify(self, token: str) -> Principal:
        user = token.removeprefix("token-of-")
        if user == token or not user:
            raise Unauthenticated("The token is not valid.")
        return Principal(user)


class Platform(bootstrap.EmbeddedServices):
    """The embedded platform with sign-in by name and an analyser whose findings are known."""

    @cached_property
    def identity(self) -> NamedIdentity:  # type: ignore[override]
        return NamedIdentity()

    @cached_property
    def analyzer(self) -> OneOfEach:
        return OneOfEach()


@cache
def app(name: str) -> Flask:
    """A function as functions-framework loads it."""
    return functions_framework.create_app(name, str(ROOT / BY_NAME[name].source))


@dataclass(frozen=True)
class Api:
    """Calls functions as one user."""

    platform: Platform
    user: str | None = "ada"

    def call(
        self,
        name: str,
        *,
        body: Any = None,
        headers: Mapping[str, str] | None = None,
        query: str = "",
        method: str | None = None,
        path: str | None = None,
        ids: Mapping[str, str] | None = None,
        **rest: Any,
    ) -> TestResponse:
        """One request; `headers` win over what it would send by itself."""
        endpoint = BY_NAME[name]
        sent = {"Authorization": f"Bearer token-of-{self.user}"} if self.user else {}
        if body is not None:
            rest["data"] = json.dumps(body)
            sent["Content-Type"] = "application/json"
        if path is None:
            path = endpoint.path.format(**(ids or {}))
        return (
            app(name)
            .test_client()
            .open(
                path + query,
                method=method or endpoint.method,
                headers={**sent, **(headers or {})},
                **rest,
            )
        )

    def create(self, **body: Any) -> str:
        """The id of a new session."""
        response = self.call("create_session", body={"title": "A session", **body})
        assert response.status_code == 201, response.text
        session_id: str = response.json["session_id"]
        return session_id

    def read(self, name: str, session_id: str, **rest: Any) -> TestResponse:
        """A call about one session."""
        return self.call(name, ids={"session_id": session_id}, **rest)

    def upload(
        self,
        session_id: str,
        content: bytes,
        name: str = "notes.txt",
        headers: Mapping[str, str] | None = None,
        **fields: str,
    ) -> TestResponse:
        parts = [part(field, value.encode()) for field, value in fields.items()]
        body = b"".join([*parts, part("file", content, f'; filename="{name}"'), LAST])
        return self.send_form(session_id, body, headers=headers)

    def send_form(
        self,
        session_id: str,
        body: bytes,
        boundary: str = BOUNDARY,
        headers: Mapping[str, str] | None = None,
        **rest: Any,
    ) -> TestResponse:
        """Sends `body` as it is: the test client would make another of it."""
        kind = {"Content-Type": f"multipart/form-data; boundary={boundary}", **(headers or {})}
        given = {"input_stream": io.BytesIO(body), "content_length": len(body), **rest}
        return self.read("upload_content", session_id, headers=kind, **given)

    def as_user(self, user: str | None) -> Api:
        return Api(self.platform, user)

    def push(self, name: str, body: Any) -> TestResponse:
        """A push to a pipeline function, as the dispatcher sends it."""
        headers = PushSigner(self.platform.push_secret).headers()
        return self.as_user(None).call(name, body=body, headers=headers)

    def run_pipeline(self) -> None:
        """Delivers what is queued until nothing is left."""
        while claims := [c for e in ENDPOINTS for c in self._due(e)]:
            for endpoint, claim in claims:
                response = self.push(endpoint.name, envelope(claim))
                assert response.status_code == 204, response.text
                self.platform.tasks.ack(claim)

    def _due(self, endpoint: Endpoint) -> Iterator[tuple[Endpoint, Any]]:
        for subscription in endpoint.subscriptions:
            for claim in self.platform.tasks.claim(subscription.topic, 10, 60.0):
                yield endpoint, claim


@pytest.fixture
def platform(tmp_path: Path) -> Iterator[Platform]:
    given = Platform(Config(data_dir=tmp_path, cors_origins=(ORIGIN,)))
    bootstrap.use(given)
    yield given
    bootstrap.use(None)


@pytest.fixture
def api(platform: Platform) -> Api:
    return Api(platform)


@pytest.fixture
def analyzed(api: Api) -> str:
    """The id of a session whose analysis is complete."""
    session_id = api.create(text=TEXT, date="2024-03-20T14:30:00Z", duration=3000)
    api.run_pipeline()
    return session_id
