from __future__ import annotations

from http import HTTPStatus
from types import SimpleNamespace
from typing import Any

import pytest

from infra.local.push_issuer import ACCOUNT, AUDIENCE, PushIssuer
from shared.adapters.google.push import OidcPush
from shared.domain.errors import Unauthenticated


def verifier(issuer: PushIssuer, audience: str = AUDIENCE) -> OidcPush:
    def transport(**_: Any) -> SimpleNamespace:
        return SimpleNamespace(status=HTTPStatus.OK, data=issuer.keys(), headers={})

    return OidcPush(audience, ACCOUNT, transport=transport, keys_url="http://127.0.0.1/keys")  # type: ignore[arg-type]


def headers(issuer: PushIssuer) -> dict[str, str]:
    return {"Authorization": f"Bearer {issuer.token('the key')}"}


def test_push_that_is_vouched_for_is_taken_as_googles() -> None:
    issuer = PushIssuer("the key")
    verifier(issuer).verify_push(headers(issuer))


def test_who_does_not_name_the_key_is_not_vouched_for() -> None:
    assert PushIssuer("the key").token("another") is None
    assert PushIssuer("the key").token("") is None


def test_token_of_another_issuer_or_for_others_is_refused() -> None:
    issuer = PushIssuer("the key")
    with pytest.raises(Unauthenticated):
        verifier(issuer).verify_push(headers(PushIssuer("the key")))
    with pytest.raises(Unauthenticated):
        verifier(issuer, "https://elsewhere.example").verify_push(headers(issuer))
