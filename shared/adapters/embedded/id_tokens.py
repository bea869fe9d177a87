"""ID tokens of the local sign-in: signed JWTs with the claims that Firebase's have.

See firebase.google.com/docs/auth/admin/verify-id-tokens, "Verify ID tokens using a third-party JWT
library".
"""

from __future__ import annotations

import time
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from typing import Any

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from shared.domain.errors import Unauthenticated

from .accounts import Account
from .secret_file import read_or_create

LIFETIME_S = 3600
_ALGORITHM = "RS256"
_KEY_BITS = 2048
_REQUIRED = ("aud", "auth_time", "exp", "iat", "iss", "sub")


class IdTokens:
    """Issues and reads tokens.

    Args:
        key_path: the private key (PEM), made if there is none; only the owner may read it.
        project: audience of the tokens, and part of their issuer.
    """

    def __init__(self, key_path: Path, project: str) -> None:
        self._key_path = key_path
        self._project = project
        self._issuer = f"https://securetoken.google.com/{project}"

    def issue(self, account: Account, auth_time_s: int) -> str:
        """A token for `account`, good for `LIFETIME_S` from now.

        Args:
            auth_time_s: when the user signed in, in seconds since 1970 UTC.
        """
        now_s = int(time.time())
        claims = {
            "iss": self._issuer,
            "aud": self._project,
            "auth_time": auth_time_s,
            "user_id": account.id,
            "sub": account.id,
            "iat": now_s,
            "exp": now_s + LIFETIME_S,
            "email": account.email,
            "email_verified": False,
            "firebase": {"identities": {"email": [account.email]}, "sign_in_provider": "password"},
        }
        if account.display_name:
            claims["name"] = account.display_name
        return jwt.encode(claims, self._key, _ALGORITHM, headers={"kid": self._key_id})

    def claims(self, token: str) -> dict[str, Any]:
        """The claims of a token that was issued here and is not expired.

        Raises:
            Unauthenticated: anything else.
        """
        try:
            claims: dict[str, Any] = jwt.decode(
                token,
                self._public_key,
                algorithms=[_ALGORITHM],
                audience=self._project,
                issuer=self._issuer,
                options={"require": list(_REQUIRED)},
            )
        except jwt.ExpiredSignatureError:
            raise Unauthenticated("The token is expired.") from None
        except (jwt.InvalidTokenError, ValueError):
            # Without a cause: the library's messages quote parts of the token.
            raise Unauthenticated("The token is not valid.") from None
        return {**claims, "uid": claims["sub"]}

    @cached_property
    def _key(self) -> rsa.RSAPrivateKey:
        key = serialization.load_pem_private_key(
            read_or_create(self._key_path, _new_key), password=None
        )
        if not isinstance(key, rsa.RSAPrivateKey):
            raise RuntimeError("The signing key is not an RSA key.")
        return key

    @cached_property
    def _public_key(self) -> rsa.RSAPublicKey:
        return self._key.public_key()

    @cached_property
    def _key_id(self) -> str:
        public = self._public_key.public_bytes(
            serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
        )
        return sha256(public).hexdigest()[:40]


def _new_key() -> bytes:
    return rsa.generate_private_key(public_exponent=65537, key_size=_KEY_BITS).private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
