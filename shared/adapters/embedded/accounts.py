"""Accounts of the local sign-in, in one SQLite file.

Passwords and refresh tokens are stored as hashes only.
"""

from __future__ import annotations

import secrets
import sqlite3
import string
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from shared.domain.errors import AlreadyExists

from .database import Database

_SCHEMA = """
CREATE TABLE account (
    id TEXT PRIMARY KEY,
    email TEXT NOT NULL UNIQUE,
    password_hash TEXT NOT NULL,
    display_name TEXT NOT NULL,
    created_ms INTEGER NOT NULL,
    signed_in_ms INTEGER NOT NULL,
    password_changed_ms INTEGER NOT NULL,
    valid_since_s INTEGER NOT NULL,
    disabled INTEGER NOT NULL DEFAULT 0
) WITHOUT ROWID;
CREATE TABLE refresh_token (
    digest BLOB NOT NULL UNIQUE,
    account_id TEXT NOT NULL,
    auth_time_s INTEGER NOT NULL
);
CREATE INDEX refresh_token_account ON refresh_token (account_id)
"""

_SELECT = (
    "SELECT id, email, password_hash, display_name, created_ms, signed_in_ms,"
    " password_changed_ms, valid_since_s, disabled FROM account"
)
# A client that signs in without end must not fill the disk: its oldest tokens go.
_MAX_REFRESH_TOKENS = 100
_LETTERS = string.ascii_letters + string.digits
_ID_LETTERS = 28


@dataclass(frozen=True, slots=True)
class Account:
    """A user.

    Attributes:
        password_hash: argon2's encoded form.
        created_ms, signed_in_ms, password_changed_ms: since 1970 UTC.
        valid_since_s: tokens of sign-ins before this second (since 1970 UTC) are revoked.
        disabled: 1 if the user may not sign in, else 0.
    """

    id: str
    email: str
    password_hash: str
    display_name: str
    created_ms: int
    signed_in_ms: int
    password_changed_ms: int
    valid_since_s: int
    disabled: int

    def allows(self, auth_time_s: int) -> bool:
        """Whether tokens of a sign-in at `auth_time_s` are in force."""
        return not self.disabled and auth_time_s >= self.valid_since_s


@dataclass(frozen=True, slots=True)
class Changes:
    """What to change of an account; None leaves it as it is."""

    email: str | None = None
    password_hash: str | None = None
    display_name: str | None = None

    @property
    def revoke(self) -> bool:
        """Whether earlier sign-ins must end."""
        return self.email is not None or self.password_hash is not None


class Accounts:
    """The accounts of one installation; safe to use from several threads and processes."""

    def __init__(self, path: Path) -> None:
        self._database = Database(path, _SCHEMA)

    def create(self, email: str, password_hash: str, display_name: str) -> Account:
        """A new account.

        Raises:
            AlreadyExists: the e-mail address has one.
        """
        now_ms, user_id = _now_ms(), _new_id()
        row = (user_id, email, password_hash, display_name, now_ms, now_ms, now_ms, now_ms // 1000)
        with self._database.write() as connection, _taken():
            connection.execute(
                "INSERT INTO account (id, email, password_hash, display_name, created_ms,"
                " signed_in_ms, password_changed_ms, valid_since_s)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                row,
            )
        return Account(*row, disabled=0)

    def by_id(self, user_id: str) -> Account | None:
        """The account of a user."""
        return self._find("id = ?", user_id)

    def by_email(self, email: str) -> Account | None:
        """The account of an e-mail address."""
        return self._find("email = ?", email)

    def sign_in(self, account: Account) -> tuple[str, int]:
        """Records a sign-in: (refresh token, its time in seconds since 1970 UTC)."""
        token, now_ms = secrets.token_urlsafe(48), _now_ms()
        # Never before a revocation in the same second, or the new token would be revoked with it.
        auth_time_s = max(now_ms // 1000, account.valid_since_s)
        with self._database.write() as connection:
            connection.execute(
                "UPDATE account SET signed_in_ms = ? WHERE id = ?", (now_ms, account.id)
            )
            connection.execute(
                "INSERT INTO refresh_token (digest, account_id, auth_time_s) VALUES (?, ?, ?)",
                (_digest(token), account.id, auth_time_s),
            )
            connection.execute(
                "DELETE FROM refresh_token WHERE account_id = ?1 AND rowid NOT IN (SELECT rowid"
                " FROM refresh_token WHERE account_id = ?1 ORDER BY rowid DESC LIMIT ?2)",
                (account.id, _MAX_REFRESH_TOKENS),
            )
        return token, auth_time_s

    def refresh(self, token: str) -> tuple[str, int] | None:
        """(user id, time of the sign-in) that a refresh token stands for."""
        with self._database.read() as connection:
            found: tuple[str, int] | None = connection.execute(
                "SELECT account_id, auth_time_s FROM refresh_token WHERE digest = ?",
                (_digest(token),),
            ).fetchone()
            return found

    def change(self, user_id: str, wanted: Changes) -> None:
        """Makes all of the changes, or none.

        A new e-mail address or password revokes all tokens issued until now.

        Raises:
            AlreadyExists: another account has this address.
        """
        password_changed_ms = None if wanted.password_hash is None else _now_ms()
        with _taken():
            self._update(
                "email = coalesce(?, email), password_hash = coalesce(?, password_hash),"
                " password_changed_ms = coalesce(?, password_changed_ms),"
                " display_name = coalesce(?, display_name),"
                " valid_since_s = coalesce(?, valid_since_s)",
                *(wanted.email, wanted.password_hash, password_changed_ms, wanted.display_name),
                *(_next_second() if wanted.revoke else None, user_id),
            )

    def revoke(self, user_id: str) -> None:
        """Revokes all tokens issued until now."""
        self._update("valid_since_s = ?", _next_second(), user_id)

    def disable(self, user_id: str, *, disabled: bool = True) -> None:
        """Takes the right to sign in, and gives it back."""
        self._update("disabled = ?", int(disabled), user_id)

    def delete(self, user_id: str) -> None:
        """Deletes an account and its refresh tokens; none there is no error."""
        with self._database.write() as connection:
            connection.execute("DELETE FROM refresh_token WHERE account_id = ?", (user_id,))
            connection.execute("DELETE FROM account WHERE id = ?", (user_id,))
        self._database.empty_log()

    def close(self) -> None:
        """Closes the connections; later calls open new ones."""
        self._database.close()

    def _find(self, condition: str, value: str) -> Account | None:
        with self._database.read() as connection:
            row = connection.execute(" ".join((_SELECT, "WHERE", condition)), (value,)).fetchone()
            return None if row is None else Account(*row)

    def _update(self, assignments: str, *parameters: str | int | None) -> None:
        with self._database.write() as connection:
            connection.execute(
                " ".join(("UPDATE account SET", assignments, "WHERE id = ?")), parameters
            )


@contextmanager
def _taken() -> Iterator[None]:
    try:
        yield
    except sqlite3.IntegrityError:
        raise AlreadyExists("There is an account with this e-mail address.") from None


def _digest(token: str) -> bytes:
    # The tokens are random and long, so an unsalted fast hash cannot be reversed.
    return sha256(token.encode()).digest()


def _new_id() -> str:
    return "".join(secrets.choice(_LETTERS) for _ in range(_ID_LETTERS))


def _now_ms() -> int:
    return time.time_ns() // 1_000_000


def _next_second() -> int:
    return int(time.time()) + 1
