from __future__ import annotations

import stat
import time
from pathlib import Path

import jwt
import pytest

from shared.adapters.embedded.push_token import PushSigner, PushVerifier, push_secret
from shared.domain.errors import Unauthenticated

SECRET = b"s" * 32


def bearer(**claims: object) -> dict[str, str]:
    now = int(time.time())
    complete = {"aud": "insight-journey-push", "iat": now, "exp": now + 60, **claims}
    present = {name: value for name, value in complete.items() if value is not None}
    return {"authorization": f"bearer {jwt.encode(present, SECRET, 'HS256')}"}


def test_a_signed_push_is_let_in() -> None:
    PushVerifier(SECRET).verify_push(PushSigner(SECRET).headers())
    PushVerifier(SECRET).verify_push(bearer())


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Authorization": ""},
        {"Authorization": "Bearer"},
        {"Authorization": "Bearer é"},
        {"Authorization": f"Bearer {SECRET.decode()}"},
        {"Authorization": f"Basic {PushSigner(SECRET).headers()['Authorization'][7:]}"},
        PushSigner(b"t" * 32).headers(),
        PushSigner(SECRET, audience="another").headers(),
        {"Authorization": "Bearer " + jwt.encode({"aud": "insight-journey-push"}, None, "none")},
        bearer(exp=int(time.time()) - 1),
        bearer(exp=None),
        bearer(aud=None),
    ],
)
def test_anything_else_is_refused(headers: dict[str, str]) -> None:
    with pytest.raises(Unauthenticated):
        PushVerifier(SECRET).verify_push(headers)


def test_the_signer_renews_its_token(monkeypatch: pytest.MonkeyPatch) -> None:
    signer = PushSigner(SECRET)
    first = signer.headers()
    assert signer.headers() == first
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now + 61)
    assert signer.headers() != first


def test_the_secret_is_kept_for_its_owner_only(tmp_path: Path) -> None:
    path = tmp_path / "data" / "push.key"
    secret = push_secret(path)
    assert len(secret) == 32
    assert push_secret(path) == secret
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [file.name for file in path.parent.iterdir()] == ["push.key"]
