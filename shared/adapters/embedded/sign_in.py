"""Sign-in with e-mail and password, as Firebase Auth's REST calls do it.

Source: firebase.google.com/docs/reference/rest/auth, whose request and response fields and error
codes these are. `sign_in_routes` puts them on HTTP.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from shared.domain.errors import AlreadyExists, Unauthenticated

from .accounts import Account, Changes
from .id_tokens import LIFETIME_S
from .identity import LocalIdentity
from .throttle import Throttle

# OWASP Password Storage Cheat Sheet, "Argon2id": 19 MiB, two passes, one lane.
_HASHER = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
_EMAIL = re.compile(r"[^@\s\x00-\x1f]{1,64}@[^@\s\x00-\x1f]+\.[^@\s\x00-\x1f.]+")
_MAX_TEXT_CHARS = 256
_MIN_PASSWORD_CHARS = 6
# Hashing must not be a way to keep the processor busy.
_MAX_PASSWORD_CHARS = 4096
_MAX_TOKEN_CHARS = 8192
# Firebase's CREDENTIAL_TOO_OLD_LOGIN_AGAIN: a stolen token must not take the account over.
_RECENT_S = 300


class SignInRefused(Exception):
    """Firebase's error: `code` (`EMAIL_EXISTS`), sometimes with ` : ` and a sentence."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class SignIn:
    """The calls, each from request fields to response fields.

    All raise `SignInRefused` for what Firebase would refuse.

    Args:
        identity: the accounts and tokens.
        directory: where failed attempts are counted.
        project: `project_id` of refreshed tokens.
    """

    def __init__(self, identity: LocalIdentity, directory: Path, project: str) -> None:
        self._accounts = identity.accounts
        self._identity = identity
        self._tokens = identity.tokens
        self._throttle = Throttle(directory / "throttle.db")
        self._project = project
        self._nobody = _HASHER.hash("nobody's password")

    def sign_up(self, fields: Mapping[str, Any]) -> dict[str, Any]:
        """`accounts:signUp`: email, password, displayName -> tokens of a new account."""
        email, password = _email(fields), _new_password(fields)
        name = _text(fields, "displayName")
        with _email_taken():
            account = self._accounts.create(email, _HASHER.hash(password), name)
        return _answer("SignupNewUserResponse", **_profile(account), **self._tokens_of(account))

    def sign_in_with_password(self, fields: Mapping[str, Any]) -> dict[str, Any]:
        """`accounts:signInWithPassword`: email, password -> tokens.

        An unknown address and a wrong password answer alike, and take equally long.
        """
        email, password = _email(fields), _password(fields)
        if self._throttle.wait_s(email) > 0:
            raise SignInRefused("TOO_MANY_ATTEMPTS_TRY_LATER")
        account = self._accounts.by_email(email)
        right = _matches(account.password_hash if account else self._nobody, password)
        if account is None or not right:
            self._throttle.failed(email)
            raise SignInRefused("INVALID_LOGIN_CREDENTIALS")
        if account.disabled:
            raise SignInRefused("USER_DISABLED")
        self._throttle.succeeded(email)
        return _answer(
            "VerifyPasswordResponse",
            registered=True,
            **_profile(account),
            **self._tokens_of(account),
        )

    def lookup(self, fields: Mapping[str, Any]) -> dict[str, Any]:
        """`accounts:lookup`: idToken -> what is known of its user."""
        account, _ = self._signed_in(fields)
        return _answer("GetAccountInfoResponse", users=[_record(account)])

    def update(self, fields: Mapping[str, Any]) -> dict[str, Any]:
        """`accounts:update`: idToken and displayName, email or password -> the new profile.

        A new e-mail address or password revokes all tokens; the answer has new ones.
        """
        account, auth_time_s = self._signed_in(fields)
        wanted = Changes(
            email=_email(fields) if "email" in fields else None,
            password_hash=_HASHER.hash(_new_password(fields)) if "password" in fields else None,
            display_name=_text(fields, "displayName") if "displayName" in fields else None,
        )
        if wanted.revoke:
            _check_recent(auth_time_s)
        with _email_taken():
            self._accounts.change(account.id, wanted)
        changed = self._account(account.id)
        revoked = not changed.allows(auth_time_s)
        tokens = self._tokens_of(changed) if revoked or fields.get("returnSecureToken") else {}
        return _answer(
            "SetAccountInfoResponse", **_profile(changed), **_providers(changed), **tokens
        )

    def delete(self, fields: Mapping[str, Any]) -> dict[str, Any]:
        """`accounts:delete`: idToken -> the account is gone."""
        account, auth_time_s = self._signed_in(fields)
        _check_recent(auth_time_s)
        self._accounts.delete(account.id)
        return _answer("DeleteAccountResponse")

    def refresh(self, fields: Mapping[str, Any]) -> dict[str, Any]:
        """`token`: grant_type=refresh_token, refresh_token -> a new ID token."""
        if not _text(fields, "grant_type"):
            raise SignInRefused("MISSING_GRANT_TYPE")
        if fields["grant_type"] != "refresh_token":
            raise SignInRefused("INVALID_GRANT_TYPE")
        token = _text(fields, "refresh_token", limit=_MAX_TOKEN_CHARS)
        if not token:
            raise SignInRefused("MISSING_REFRESH_TOKEN")
        found = self._accounts.refresh(token)
        if found is None:
            raise SignInRefused("INVALID_REFRESH_TOKEN")
        user_id, auth_time_s = found
        account = self._account(user_id)
        if not account.allows(auth_time_s):
            raise SignInRefused("USER_DISABLED" if account.disabled else "TOKEN_EXPIRED")
        id_token = self._tokens.issue(account, auth_time_s)
        return {
            "access_token": id_token,
            "expires_in": str(LIFETIME_S),
            "token_type": "Bearer",
            "refresh_token": token,
            "id_token": id_token,
            "user_id": user_id,
            "project_id": self._project,
        }

    def _signed_in(self, fields: Mapping[str, Any]) -> tuple[Account, int]:
        token = _text(fields, "idToken", limit=_MAX_TOKEN_CHARS)
        try:
            claims = self._tokens.claims(token)
        except Unauthenticated:
            raise SignInRefused("INVALID_ID_TOKEN") from None
        account = self._account(claims["sub"])
        auth_time_s: int = claims["auth_time"]
        if not account.allows(auth_time_s):
            raise SignInRefused("USER_DISABLED" if account.disabled else "TOKEN_EXPIRED")
        return account, auth_time_s

    def _account(self, user_id: str) -> Account:
        account = self._accounts.by_id(user_id)
        if account is None:
            raise SignInRefused("USER_NOT_FOUND")
        return account

    def _tokens_of(self, account: Account) -> dict[str, Any]:
        refresh_token, auth_time_s = self._accounts.sign_in(account)
        return {
            "idToken": self._tokens.issue(account, auth_time_s),
            "refreshToken": refresh_token,
            "expiresIn": str(LIFETIME_S),
        }


@contextmanager
def _email_taken() -> Iterator[None]:
    try:
        yield
    except AlreadyExists:
        raise SignInRefused("EMAIL_EXISTS") from None


def _answer(kind: str, **fields: Any) -> dict[str, Any]:
    return {"kind": f"identitytoolkit#{kind}", **fields}


def _profile(account: Account) -> dict[str, Any]:
    return {"localId": account.id, "email": account.email, "displayName": account.display_name}


def _providers(account: Account) -> dict[str, Any]:
    provider = {
        "providerId": "password",
        "federatedId": account.email,
        "email": account.email,
        "rawId": account.email,
        "displayName": account.display_name,
    }
    return {"providerUserInfo": [provider], "emailVerified": False}


def _record(account: Account) -> dict[str, Any]:
    return {
        **_profile(account),
        **_providers(account),
        "passwordUpdatedAt": account.password_changed_ms,
        "validSince": str(account.valid_since_s),
        "disabled": bool(account.disabled),
        "lastLoginAt": str(account.signed_in_ms),
        "createdAt": str(account.created_ms),
    }


def _text(fields: Mapping[str, Any], name: str, *, limit: int = _MAX_TEXT_CHARS) -> str:
    value = fields.get(name)
    if value is None:
        return ""
    if not isinstance(value, str) or len(value) > limit or not _is_unicode(value):
        raise SignInRefused(f"INVALID_ARGUMENT : Invalid value at '{name}'")
    return value


def _email(fields: Mapping[str, Any]) -> str:
    email = _text(fields, "email").lower()
    if not email:
        raise SignInRefused("MISSING_EMAIL")
    if not _EMAIL.fullmatch(email):
        raise SignInRefused("INVALID_EMAIL")
    return email


def _password(fields: Mapping[str, Any]) -> str:
    password = _text(fields, "password", limit=_MAX_PASSWORD_CHARS)
    if not password:
        raise SignInRefused("MISSING_PASSWORD")
    return password


def _new_password(fields: Mapping[str, Any]) -> str:
    password = _password(fields)
    if len(password) < _MIN_PASSWORD_CHARS:
        raise SignInRefused("WEAK_PASSWORD : Password should be at least 6 characters")
    return password


def _check_recent(auth_time_s: int) -> None:
    if time.time() - auth_time_s > _RECENT_S:
        raise SignInRefused("CREDENTIAL_TOO_OLD_LOGIN_AGAIN")


def _is_unicode(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _matches(password_hash: str, password: str) -> bool:
    try:
        return _HASHER.verify(password_hash, password)
    except (VerificationError, InvalidHashError):
        return False
