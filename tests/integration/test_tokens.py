"""The embedded platform's own sign-in at the edge: what is wrong with a token gets a 401."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from werkzeug.test import TestResponse

from shared import bootstrap
from shared.config import Config
from tests.contract.embedded import PROJECT, EmbeddedIdentity
from tests.contract.forgery import FLAWS
from tests.integration.conftest import app
from tests.integration.test_bad_input import problem


@pytest.fixture
def accounts(tmp_path: Path) -> Iterator[EmbeddedIdentity]:
    config = Config(data_dir=tmp_path, project=PROJECT, analyzer="noop")
    bootstrap.use(bootstrap.EmbeddedServices(config))
    yield EmbeddedIdentity(tmp_path / "identity")
    bootstrap.use(None)


def ask(token: str) -> TestResponse:
    headers = {"Authorization": f"Bearer {token}"}
    return app("list_sessions").test_client().get("/api/v1/sessions", headers=headers)


def test_a_token_in_force_is_let_in(accounts: EmbeddedIdentity) -> None:
    user_id, token = accounts.sign_up()
    assert ask(token).status_code == 200
    assert ask(accounts.sign_in(user_id)).status_code == 200


@pytest.mark.parametrize("flaw", FLAWS)
def test_a_token_with_a_flaw_is_not(accounts: EmbeddedIdentity, flaw: str) -> None:
    response = ask(accounts.forge(accounts.sign_up()[0], flaw))
    problem(response, 401, "unauthenticated")
    assert response.headers["WWW-Authenticate"].endswith('error="invalid_token"')


@pytest.mark.parametrize("change", ["revoke", "disable", "delete"])
def test_a_token_that_is_no_longer_in_force_is_not(accounts: EmbeddedIdentity, change: str) -> None:
    user_id, token = accounts.sign_up()
    getattr(accounts, change)(user_id)
    problem(ask(token), 401, "unauthenticated")
