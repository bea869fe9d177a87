"""Tokens that are right but for one flaw."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
from functools import cache
from typing import Any

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

_CHANGED: dict[str, dict[str, Any]] = {
    "audience": {"aud": "another-project"},
    "issuer": {"iss": "https://securetoken.google.com/another-project"},
    "no_subject": {"sub": ""},
}

FLAWS = (
    "unsigned",
    "other_key",
    "symmetric",
    "audience",
    "issuer",
    "expired",
    "early",
    "no_subject",
    "tampered",
)


def forged(claims: dict[str, Any], flaw: str, *, key_id: str, key: bytes) -> str:
    """A token with `claims` and the flaw.

    Args:
        key: the platform's own private key (PEM).
    """
    if flaw == "unsigned":
        return jwt.encode(claims, None, "none", headers={"kid": key_id})
    if flaw == "other_key":
        return jwt.encode(claims, _other_key(), "RS256", headers={"kid": key_id})
    if flaw == "symmetric":
        return _symmetric(claims, key_id, key)
    if flaw == "tampered":
        header, _, signature = jwt.encode(claims, key, "RS256", {"kid": key_id}).split(".")
        return ".".join((header, _part({**claims, "sub": "another"}), signature))
    now = int(time.time())
    times = {
        "expired": {"iat": now - 7200, "exp": now - 3600},
        "early": {"iat": now + 3600, "exp": now + 7200},
    }
    changed = {**claims, **_CHANGED.get(flaw, {}), **times.get(flaw, {})}
    return jwt.encode(changed, key, "RS256", {"kid": key_id})


def _symmetric(claims: dict[str, Any], key_id: str, key: bytes) -> str:
    # By hand: the library refuses to sign with a public key.
    private = serialization.load_pem_private_key(key, password=None)
    public = private.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    signed = f"{_part({'alg': 'HS256', 'typ': 'JWT', 'kid': key_id})}.{_part(claims)}"
    digest = hmac.new(public, signed.encode(), hashlib.sha256).digest()
    return f"{signed}.{base64.urlsafe_b64encode(digest).rstrip(b'=').decode()}"


def _part(fields: dict[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(fields).encode()).rstrip(b"=").decode()


@cache
def _other_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)
