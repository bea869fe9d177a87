"""Only what Google pushes in our account's name gets in."""

from __future__ import annotations

import json
import time
from functools import cache
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from google.auth.exceptions import TransportError
from jwt.algorithms import RSAAlgorithm

from shared.adapters.google.push import OidcPush
from shared.domain.errors import Unauthenticated, Unavailable

AUDIENCE = "https://pipeline.example/receive"
ACCOUNT = "pusher@project.iam.gserviceaccount.com"


@cache
def key(name: str) -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


class Endpoint:
    """Google's certificate endpoint, as google-auth's transport."""

    def __init__(self) -> None:
        self.keys = ["first"]
        self.max_age_s = 3600
        self.status = 200
        self.failure: Exception | None = None
        self.body: bytes | None = None
        self.asked = 0

    def __call__(self, url: str, method: str = "GET", **_: Any) -> Endpoint:
        assert (url, method) == ("https://www.googleapis.com/oauth2/v3/certs", "GET")
        self.asked += 1
        if self.failure:
            raise self.failure
        return self

    @property
    def headers(self) -> dict[str, str]:
        return {"cache-control": f"public, max-age={self.max_age_s}, must-revalidate"}

    @property
    def data(self) -> bytes:
        public = [RSAAlgorithm.to_jwk(key(name).public_key(), as_dict=True) for name in self.keys]
        keys = [
            {**each, "kid": name, "alg": "RS256", "use": "sig"}
            for each, name in zip(public, self.keys, strict=True)
        ]
        return self.body or json.dumps({"keys": keys}).encode()


@pytest.fixture
def endpoint() -> Endpoint:
    return Endpoint()


@pytest.fixture
def push(endpoint: Endpoint) -> OidcPush:
    return OidcPush(AUDIENCE, ACCOUNT, transport=endpoint)  # type: ignore[arg-type]


def claims(**changed: Any) -> dict[str, Any]:
    now = int(time.time())
    return {
        "iss": "https://accounts.google.com",
        "aud": AUDIENCE,
        "azp": "1",
        "sub": "1",
        "email": ACCOUNT,
        "email_verified": True,
        "iat": now,
        "exp": now + 3600,
        **changed,
    }


def signed(name: str = "first", *, algorithm: str = "RS256", **changed: Any) -> dict[str, str]:
    fields = {name: value for name, value in claims(**changed).items() if value is not None}
    token = jwt.encode(fields, key(name), algorithm, headers={"kid": name})
    return {"Authorization": f"Bearer {token}"}


def test_push_of_our_account_passes(push: OidcPush) -> None:
    push.verify_push(signed())
    push.verify_push({"authorization": signed()["Authorization"]})
    push.verify_push(signed(iss="accounts.google.com"))


@pytest.mark.parametrize(
    "changed",
    [
        {"aud": "https://pipeline.example/purge"},
        {"aud": None},
        {"iss": "https://accounts.example.com"},
        {"iss": None},
        {"email": "another@project.iam.gserviceaccount.com"},
        {"email": None},
        {"email_verified": False},
        {"email_verified": "true"},
        {"email_verified": None},
        {"exp": int(time.time()) - 60},
        {"exp": None},
        {"iat": int(time.time()) + 600},
        {"nbf": int(time.time()) + 600},
    ],
)
def test_push_with_another_claim_is_refused(push: OidcPush, changed: dict[str, Any]) -> None:
    with pytest.raises(Unauthenticated):
        push.verify_push(signed(**changed))


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Authorization": ""},
        {"Authorization": "Bearer"},
        {"Authorization": "Bearer "},
        {"Authorization": "Basic abc"},
        {"Authorization": "Bearer abc"},
        {"Authorization": "Bearer a.b.c"},
        {"Authorization": "Bearer é.ü.ñ"},
    ],
)
def test_push_without_a_token_is_refused(push: OidcPush, headers: dict[str, str]) -> None:
    with pytest.raises(Unauthenticated):
        push.verify_push(headers)


def test_push_signed_by_another_key_is_refused(push: OidcPush) -> None:
    forged = jwt.encode(claims(), key("another"), "RS256", headers={"kid": "first"})
    with pytest.raises(Unauthenticated):
        push.verify_push({"Authorization": f"Bearer {forged}"})


def test_unsigned_push_is_refused(push: OidcPush) -> None:
    unsigned = jwt.encode(claims(), "", "none", headers={"kid": "first"})
    with pytest.raises(Unauthenticated):
        push.verify_push({"Authorization": f"Bearer {unsigned}"})


def test_push_signed_by_another_algorithm_is_refused(push: OidcPush) -> None:
    with pytest.raises(Unauthenticated):
        push.verify_push(signed(algorithm="RS512"))


def test_refusal_does_not_repeat_the_token(push: OidcPush) -> None:
    headers = signed(aud="https://elsewhere.example")
    with pytest.raises(Unauthenticated) as caught:
        push.verify_push(headers)
    assert "elsewhere" not in str(caught.value)
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__


def test_certificates_are_kept_for_their_age(
    push: OidcPush, endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = _clock(monkeypatch, push)
    push.verify_push(signed())
    push.verify_push(signed())
    assert endpoint.asked == 1
    now[0] += endpoint.max_age_s
    push.verify_push(signed())
    assert endpoint.asked == 2


def test_new_key_is_fetched_before_the_old_ones_age(
    push: OidcPush, endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = _clock(monkeypatch, push)
    push.verify_push(signed())
    endpoint.keys = ["first", "second"]
    now[0] += 61
    push.verify_push(signed("second"))
    assert endpoint.asked == 2


def test_unknown_keys_do_not_make_a_fetch_each(push: OidcPush, endpoint: Endpoint) -> None:
    push.verify_push(signed())
    for _ in range(5):
        with pytest.raises(Unauthenticated):
            push.verify_push(signed("unknown"))
    assert endpoint.asked == 1


@pytest.mark.parametrize("failure", ["status", "connection", "body", "keys"])
def test_missing_certificates_are_no_refusal(
    push: OidcPush, endpoint: Endpoint, failure: str
) -> None:
    if failure == "status":
        endpoint.status = 500
    elif failure == "connection":
        endpoint.failure = TransportError("unreachable")  # type: ignore[no-untyped-call]
    else:
        endpoint.body = b"<html>" if failure == "body" else b'{"keys": []}'
    with pytest.raises(Unavailable):
        push.verify_push(signed())
    endpoint.status, endpoint.failure, endpoint.body = 200, None, None
    push.verify_push(signed())


def _clock(monkeypatch: pytest.MonkeyPatch, push: OidcPush) -> list[float]:
    now = [1000.0]
    monkeypatch.setattr(push._certificates, "_clock", lambda: now[0])
    return now
