"""Vouches for pushes as Google does, with a key of its own: emulated Pub/Sub signs no tokens.

The services verify these tokens as they verify Google's; they only ask here for the public key.
"""

from __future__ import annotations

import hmac
import json
import secrets
import time
from typing import Any, Final

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm

from shared.adapters.embedded.push_token import push_secret
from shared.config import Config

AUDIENCE: Final = "https://pipeline.local"
ACCOUNT: Final = "push@insight-local.iam.gserviceaccount.com"
KEYS_PATH: Final = "/oauth2/v3/certs"
_LIFETIME_S: Final = 3_600


def push_key(config: Config) -> str:
    """What a push must name, for this machine's own processes to vouch for it."""
    return push_secret(config.data_dir / "push.key").hex()


class PushIssuer:
    """Signs tokens for whoever names the key.

    Args:
        key: that a push must name.
    """

    def __init__(self, key: str) -> None:
        self._key = key
        self._key_id = secrets.token_hex(8)
        self._private = rsa.generate_private_key(public_exponent=65_537, key_size=2_048)

    def keys(self) -> bytes:
        """The public key as a JWK set (RFC 7517, section 5)."""
        public: dict[str, Any] = RSAAlgorithm.to_jwk(self._private.public_key(), as_dict=True)
        return json.dumps({"keys": [{**public, "kid": self._key_id, "alg": "RS256"}]}).encode()

    def token(self, named: str) -> str | None:
        """A token for a push that names the key; None for another."""
        if not hmac.compare_digest(named.encode(), self._key.encode()):
            return None
        now_s = int(time.time())
        claims = {
            "iss": "https://accounts.google.com",
            "aud": AUDIENCE,
            "email": ACCOUNT,
            "email_verified": True,
            "iat": now_s,
            "exp": now_s + _LIFETIME_S,
        }
        return jwt.encode(claims, self._private, algorithm="RS256", headers={"kid": self._key_id})
