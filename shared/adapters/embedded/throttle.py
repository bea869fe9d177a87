"""Slows down the guessing of passwords, account by account."""

from __future__ import annotations

import time
from hashlib import sha256
from pathlib import Path

from .database import Database

_SCHEMA = """
CREATE TABLE failure (
    subject BLOB PRIMARY KEY,
    count INTEGER NOT NULL,
    last_s REAL NOT NULL
) WITHOUT ROWID
"""
_FREE_FAILURES = 5
_LONGEST_WAIT_S = 300.0
_FORGET_AFTER_S = 3600.0


class Throttle:
    """After five failures each further attempt has to wait, twice as long each time.

    The wait ends after five minutes at most, so that nobody can lock another out for good, and an
    hour without a failure clears the count. Subjects are stored as hashes.
    """

    def __init__(self, path: Path) -> None:
        self._database = Database(path, _SCHEMA)

    def wait_s(self, subject: str) -> float:
        """How long `subject` must wait before its next attempt, 0 or less for not at all."""
        with self._database.read() as connection:
            row = connection.execute(
                "SELECT count, last_s FROM failure WHERE subject = ?", (_hashed(subject),)
            ).fetchone()
        if row is None or row[0] < _FREE_FAILURES:
            return 0.0
        wait_s = min(_LONGEST_WAIT_S, 2.0 ** min(int(row[0]) - _FREE_FAILURES, 30))
        elapsed_s = time.time() - float(row[1])
        # A clock that was set back must not lock anybody out.
        return wait_s - elapsed_s if elapsed_s >= 0 else 0.0

    def failed(self, subject: str) -> None:
        """Counts a failure."""
        now_s = time.time()
        with self._database.write(synced=False) as connection:
            connection.execute("DELETE FROM failure WHERE last_s < ?", (now_s - _FORGET_AFTER_S,))
            connection.execute(
                "INSERT INTO failure (subject, count, last_s) VALUES (?, 1, ?)"
                " ON CONFLICT (subject) DO UPDATE SET count = count + 1, last_s = excluded.last_s",
                (_hashed(subject), now_s),
            )

    def succeeded(self, subject: str) -> None:
        """Forgets the failures of `subject`."""
        with self._database.read() as connection:
            key = (_hashed(subject),)
            known = connection.execute("SELECT 1 FROM failure WHERE subject = ?", key).fetchone()
        if known:
            with self._database.write(synced=False) as connection:
                connection.execute("DELETE FROM failure WHERE subject = ?", key)


def _hashed(subject: str) -> bytes:
    return sha256(subject.encode()).digest()
