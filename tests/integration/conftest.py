"""The real function files over the embedded platform in a directory of the test's own."""

from __future__ import annotations

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
from shared.application.ports import Principal
from shared.config import Config
from shared.domain.errors import Unauthenticated
from shared.endpoints import API, BY_NAME

ROOT = Path(__file__).resolve().parents[2]
ORIGIN = "https://app.example"


class NamedIdentity:
    """Takes `token-of-ada` for Ada's token."""

    def verify(self, token: str) -> Principal:
        user = token.removeprefix("token-of-")
        if user == token or not user:
            raise Unauthenticated("The token is not valid.")
        return Principal(user)


class TestedServices(bootstrap.EmbeddedServices):
    """The embedded platform with sign-in by name."""

    @cached_property
    def identity(self) -> NamedIdentity:
        return NamedIdentity()


@cache
def app(name: str) -> Flask:
    """A function as functions-framework loads it."""
    return functions_framework.create_app(name, str(ROOT / BY_NAME[name].source))


@dataclass(frozen=True)
class Api:
    """Calls functions as one user; `headers` win over what it would send."""

    services: TestedServices
    user: str | None = "ada"

    def call(
        self,
        name: str,
        *,
        json_body: Any = None,
        headers: Mapping[str, str] | None = None,
        query: str = "",
        method: str | None = None,
        path: str | None = None,
        **rest: Any,
    ) -> TestResponse:
        endpoint = BY_NAME[name]
        ids = {
            key: rest.pop(key) for key in ("session_id", "action_item_id", "asset") if key in rest
        }
        sent = {"Authorization": f"Bearer token-of-{self.user}"} if self.user else {}
        if json_body is not None:
            rest["data"] = json.dumps(json_body)
            sent["Content-Type"] = "application/json"
        return (
            app(name)
            .test_client()
            .open(
                (path or endpoint.path.format(**ids)) + query,
                method=method or endpoint.method,
                headers={**sent, **(headers or {})},
                **rest,
            )
        )

    def create(self, **body: Any) -> str:
        """The id of a new session."""
        response = self.call("create_session", json_body={"title": "A session", **body})
        assert response.status_code == 201, response.text
        session_id: str = response.json["session_id"]
        return session_id

    def upload(
        self, session_id: str, content: bytes, name: str = "notes.txt", **fields: str
    ) -> TestResponse:
        import io

        data = {**fields, "file": (io.BytesIO(content), name)}
        return self.call("upload_content", session_id=session_id, data=data)

    def as_user(self, user: str | None) -> Api:
        return Api(self.services, user)


@pytest.fixture
def services(tmp_path: Path) -> Iterator[TestedServices]:
    config = Config(data_dir=tmp_path, analyzer="noop", cors_origins=(ORIGIN,))
    given = TestedServices(config)
    bootstrap.use(given)
    yield given
    bootstrap.use(None)


@pytest.fixture
def api(services: TestedServices) -> Api:
    return Api(services)


SESSIONS = f"{API}/sessions"
