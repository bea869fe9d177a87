"""Which pages may call the sign-in that stands beside the API on one machine."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from infra.local.front import front_of
from shared.config import Config

ORIGIN = "https://app.example"
SIGN_UP = "/identitytoolkit.googleapis.com/v1/accounts:signUp?key=local"
TOKEN = "/securetoken.googleapis.com/v1/token?key=local"
FIELDS = {"email": "ada@example.org", "password": "a long passphrase", "returnSecureToken": True}


@pytest.fixture
def client(tmp_path: Path) -> FlaskClient:
    return front_of(Config(data_dir=tmp_path, cors_origins=(ORIGIN,))).test_client()


def preflight(client: FlaskClient, path: str, origin: str) -> TestResponse:
    asked = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "x-y"}
    return client.options(path, headers={"Origin": origin, **asked})


def words(header: str) -> set[str]:
    return {word.strip().lower() for word in header.split(",")}


@pytest.mark.parametrize("path", [SIGN_UP, TOKEN])
def test_page_of_a_configured_origin_may_call(client: FlaskClient, path: str) -> None:
    headers = preflight(client, path, ORIGIN).headers
    assert headers["Access-Control-Allow-Origin"] == ORIGIN
    assert "post" in words(headers["Access-Control-Allow-Methods"])
    # What this project's client sends, and Firebase's own beside it.
    allowed = words(headers["Access-Control-Allow-Headers"])
    assert {"content-type", "x-client-version", "x-firebase-gmpid"} <= allowed
    assert "Access-Control-Allow-Credentials" not in headers


def test_page_of_a_configured_origin_reads_answers_and_refusals(client: FlaskClient) -> None:
    for status in (200, 400):
        response = client.post(SIGN_UP, json=FIELDS, headers={"Origin": ORIGIN})
        assert response.status_code == status
        assert response.headers["Access-Control-Allow-Origin"] == ORIGIN
        assert response.headers["Vary"] == "Origin"


@pytest.mark.parametrize(
    "origin", ["https://evil.example", "http://app.example", f"{ORIGIN}:8443", "null", "*", ""]
)
def test_page_of_another_origin_may_not_call(client: FlaskClient, origin: str) -> None:
    # As text it is a request that a browser sends without asking.
    said = '{"email": "ada@example.org", "password": "a long passphrase"}'
    headers = {"Origin": origin, "Content-Type": "text/plain"}
    posted = client.post(SIGN_UP, data=said, headers=headers)
    for response in (preflight(client, SIGN_UP, origin), posted):
        assert response.status_code == 403
        assert "Access-Control-Allow-Origin" not in response.headers
    assert client.post(SIGN_UP, json=FIELDS).status_code == 200


def test_own_pages_and_programs_may_call(client: FlaskClient) -> None:
    for number, headers in enumerate([{}, {"Origin": "http://localhost"}]):
        fields = {**FIELDS, "email": f"{number}@example.org"}
        assert client.post(SIGN_UP, json=fields, headers=headers).status_code == 200


def test_without_configured_origins_no_other_page_may_call(tmp_path: Path) -> None:
    client = front_of(Config(data_dir=tmp_path)).test_client()
    response = preflight(client, SIGN_UP, ORIGIN)
    assert response.status_code == 403
    assert "Access-Control-Allow-Origin" not in response.headers
