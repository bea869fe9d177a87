"""A Firebase project in this process: Google's certificate and account endpoints, faked.

Everything that firebase-admin sends ends here, one step below its own HTTP client; nothing of the
library is replaced.
"""

from __future__ import annotations

import http.client
import io
import json
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from functools import cache
from http import HTTPStatus
from typing import Any

import jwt
import pytest
import requests
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID
from firebase_admin import credentials
from google.auth.credentials import AnonymousCredentials
from requests.adapters import HTTPAdapter
from urllib3 import HTTPResponse

KEY_ID = "test-key"
_CERTIFICATES = "https://www.googleapis.com/robot/v1/metadata/x509/"


class Nobody(credentials.Base):  # type: ignore[misc]
    """A service account whose requests carry no token."""

    def get_credential(self) -> AnonymousCredentials:
        return AnonymousCredentials()  # type: ignore[no-untyped-call]


@dataclass
class User:
    valid_since: int = 0
    disabled: bool = False


@dataclass
class Firebase:
    """The project: its users, and how its endpoints answer.

    Attributes:
        asked: URLs in the order in which they were asked for.
        broken: the start of the URLs that fail, and with what.
    """

    project: str
    users: dict[str, User] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    broken: dict[str, HTTPStatus | Exception] = field(default_factory=dict)

    def sign_up(self) -> tuple[str, str]:
        user_id = uuid.uuid4().hex
        self.users[user_id] = User(valid_since=int(time.time()))
        return user_id, self.sign_in(user_id)

    def sign_in(self, user_id: str) -> str:
        claims = self.claims(user_id)
        return jwt.encode(claims, private_key(), "RS256", headers={"kid": KEY_ID})

    def claims(self, user_id: str) -> dict[str, Any]:
        # Revocation counts in whole seconds; a token made in the same second is dated after it.
        issued = max(int(time.time()), self.users[user_id].valid_since)
        return {
            "iss": f"https://securetoken.google.com/{self.project}",
            "aud": self.project,
            "auth_time": issued,
            "user_id": user_id,
            "sub": user_id,
            "iat": issued,
            "exp": issued + 3600,
            "firebase": {"identities": {}, "sign_in_provider": "password"},
        }

    def revoke(self, user_id: str) -> None:
        self.users[user_id].valid_since = int(time.time()) + 1

    def answer(self, request: requests.PreparedRequest) -> tuple[int, dict[str, str], Any]:
        url = request.url or ""
        self.asked.append(url)
        for start, failure in self.broken.items():
            if url.startswith(start):
                if isinstance(failure, Exception):
                    raise failure
                return failure, {}, {"error": {"message": "BROKEN", "status": "BROKEN"}}
        if url.startswith(_CERTIFICATES):
            return 200, {"Cache-Control": "public, max-age=3600"}, {KEY_ID: certificate()}
        assert url.endswith(f"/projects/{self.project}/accounts:lookup"), url
        wanted = json.loads(request.body or "")["localId"]  # type: ignore[arg-type]
        return 200, {}, {"users": [self.account(i) for i in wanted if i in self.users]}

    def account(self, user_id: str) -> dict[str, Any]:
        user = self.users[user_id]
        return {
            "localId": user_id,
            "validSince": str(user.valid_since),
            "disabled": user.disabled,
        }


@contextmanager
def firebase(project: str) -> Iterator[Firebase]:
    """Makes every request of this process go to a new project."""
    fake = Firebase(project)

    def send(adapter: HTTPAdapter, request: requests.PreparedRequest, *_: Any, **__: Any) -> Any:
        status, headers, body = fake.answer(request)
        raw = _on_the_wire(status, headers, json.dumps(body).encode())
        return adapter.build_response(request, raw)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(HTTPAdapter, "send", send)
        yield fake


class _Socket:
    def __init__(self, content: bytes) -> None:
        self._content = content

    def makefile(self, _: str) -> io.BytesIO:
        return io.BytesIO(self._content)


def _on_the_wire(status: int, headers: dict[str, str], body: bytes) -> HTTPResponse:
    # Through http.client, because the certificates' cache waits for its response to end.
    lines = {
        "Content-Type": "application/json",
        "Content-Length": str(len(body)),
        "Date": format_datetime(datetime.now(UTC), usegmt=True),
        **headers,
    }
    head = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
    content = f"HTTP/1.1 {int(status)} X\r\n{head}\r\n".encode() + body
    response = http.client.HTTPResponse(_Socket(content))  # type: ignore[arg-type]
    response.begin()
    return HTTPResponse(
        response,
        headers=lines,
        status=status,
        preload_content=False,
        original_response=response,
    )


@cache
def private_key() -> bytes:
    """Google's signing key, PEM."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )


@cache
def certificate() -> str:
    """The certificate of `private_key`, PEM."""
    key = serialization.load_pem_private_key(private_key(), password=None)
    assert isinstance(key, rsa.RSAPrivateKey)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "test")])
    now = datetime.now(UTC)
    built = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    return built.public_bytes(serialization.Encoding.PEM).decode()
