"""SQLite files that several processes and threads write to, and that outlive a kill or power loss.

Write-ahead logging lets readers and one writer work at once; every commit is synced to disk unless
the caller waives it (sqlite.org/pragma.html#pragma_synchronous).
"""

from __future__ import annotations

import os
import random
import sqlite3
import threading
import time
import weakref
from collections import deque
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

from shared.domain.errors import Unavailable

_OPEN_RETRY_S = 0.01
_BEGIN_RETRY_S = (0.0005, 0.003)


class Database:
    """One SQLite file with its schema.

    Connections are opened when first needed and kept for reuse, never shared between threads. They
    are closed before a fork, since SQLite's locks do not survive one (sqlite.org/howtocorrupt.html,
    section 2.6); a fork while another thread is inside `read` or `write` is not safe.

    Args:
        path: the file; it and its folder are made, readable by the owner only.
        schema: SQL statements that make an empty database.
        version: number of the schema.
        upgrades: statements that turn a file of each earlier version into the next one. A file of
            any other version is refused.
        busy_timeout_s: how long to wait for another writer before `Unavailable`.
    """

    def __init__(
        self,
        path: Path,
        schema: str,
        *,
        version: int = 1,
        upgrades: Mapping[int, str] | None = None,
        busy_timeout_s: float = 10.0,
    ) -> None:
        self.path = path
        self._version = version
        self._steps = {0: (schema, version)}
        for number, statements in (upgrades or {}).items():
            self._steps[number] = (statements, number + 1)
        self._busy_timeout_s = busy_timeout_s
        self._thread = threading.local()
        self.forget_connections()
        _databases.add(self)

    @contextmanager
    def read(self) -> Iterator[sqlite3.Connection]:
        """A connection outside any transaction. SQLite's own errors become `Unavailable`."""
        with _unavailable():
            connection = self._take()
            try:
                yield connection
            finally:
                # Whatever ended the block, the next one must not begin inside its transaction.
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
                self._idle.append(connection)

    @contextmanager
    def snapshot(self) -> Iterator[sqlite3.Connection]:
        """A connection whose reads all see the same state."""
        with self.read() as connection:
            connection.execute("BEGIN")
            yield connection

    @contextmanager
    def write(self, *, synced: bool = True) -> Iterator[sqlite3.Connection]:
        """A connection inside a transaction that is committed unless the block raises.

        Args:
            synced: whether the commit must outlive a power loss; it outlives a kill in any case.

        Raises:
            RuntimeError: this thread is writing to this database already.
            Unavailable: other writers did not finish in time, or the disk failed.
        """
        with self._only_writer(), self.read() as connection:
            connection.execute(f"PRAGMA synchronous = {'FULL' if synced else 'NORMAL'}")
            self._begin(connection)
            yield connection
            connection.execute("COMMIT")

    def connect(self) -> sqlite3.Connection:
        """A new connection, which the caller keeps and closes."""
        with _unavailable():
            deadline = time.monotonic() + self._busy_timeout_s
            while True:
                try:
                    return self._open()
                except sqlite3.OperationalError:
                    # The switch to write-ahead logging does not wait for others by itself.
                    if time.monotonic() > deadline:
                        raise
                    time.sleep(_OPEN_RETRY_S)

    def empty_log(self, *, patience_s: float = 0.5) -> None:
        """Empties the write-ahead log, which still holds what was deleted, unless readers stay."""
        with self.read() as connection:
            connection.execute(f"PRAGMA busy_timeout = {int(patience_s * 1000)}")
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
            connection.execute(f"PRAGMA busy_timeout = {int(self._busy_timeout_s * 1000)}")

    def close(self) -> None:
        """Closes the idle connections; later calls open new ones."""
        with suppress(IndexError):
            while True:
                self._idle.pop().close()

    def forget_connections(self) -> None:
        """Starts without connections: at first, and in a forked child."""
        self._idle: deque[sqlite3.Connection] = deque()
        self._writer = threading.Lock()

    def _take(self) -> sqlite3.Connection:
        try:
            return self._idle.pop()
        except IndexError:
            return self.connect()

    def _begin(self, connection: sqlite3.Connection) -> None:
        # SQLite's own wait sleeps ever longer, up to 100 ms, so that whoever has waited longest is
        # the last to notice that it is its turn.
        deadline = time.monotonic() + self._busy_timeout_s
        connection.execute("PRAGMA busy_timeout = 0")
        try:
            while True:
                try:
                    connection.execute("BEGIN IMMEDIATE")
                except sqlite3.OperationalError:
                    if time.monotonic() > deadline:
                        raise
                    time.sleep(random.uniform(*_BEGIN_RETRY_S))  # noqa: S311
                else:
                    return
        finally:
            connection.execute(f"PRAGMA busy_timeout = {int(self._busy_timeout_s * 1000)}")

    @contextmanager
    def _only_writer(self) -> Iterator[None]:
        # Threads queue here, where waking up is prompt; SQLite's own wait polls.
        if getattr(self._thread, "writing", False):
            raise RuntimeError("This thread is inside a transaction already.")
        if not self._writer.acquire(timeout=self._busy_timeout_s):
            raise Unavailable("The store is busy.")
        self._thread.writing = True
        try:
            yield
        finally:
            self._thread.writing = False
            self._writer.release()

    def _open(self) -> sqlite3.Connection:
        self._make_file()
        connection = sqlite3.connect(
            self.path,
            timeout=self._busy_timeout_s,
            isolation_level=None,
            check_same_thread=False,
            cached_statements=256,
        )
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA secure_delete = ON")
            self._apply_schema(connection)
        except BaseException:
            connection.close()
            raise
        return connection

    def _make_file(self) -> None:
        if not self.path.exists():
            self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            os.close(os.open(self.path, os.O_CREAT | os.O_RDWR, 0o600))

    def _apply_schema(self, connection: sqlite3.Connection) -> None:
        while (found := _user_version(connection)) != self._version:
            if found not in self._steps:
                raise RuntimeError(f"{self.path.name} was written by another version.")
            connection.execute("PRAGMA synchronous = FULL")
            connection.execute("BEGIN IMMEDIATE")
            # Another process may have been first.
            statements, version = self._steps.get(_user_version(connection), ("", None))
            if version is not None:
                for statement in statements.split(";"):
                    connection.execute(statement)
                connection.execute(f"PRAGMA user_version = {version}")
            connection.execute("COMMIT")


@contextmanager
def _unavailable() -> Iterator[None]:
    try:
        yield
    except sqlite3.OperationalError as error:
        raise Unavailable("The store cannot be reached just now.") from error


def _user_version(connection: sqlite3.Connection) -> int:
    version: int = connection.execute("PRAGMA user_version").fetchone()[0]
    return version


_databases: weakref.WeakSet[Database] = weakref.WeakSet()


def _close_before_fork() -> None:
    for database in _databases:
        database.close()


def _forget_after_fork() -> None:
    for database in _databases:
        database.forget_connections()


os.register_at_fork(before=_close_before_fork, after_in_child=_forget_after_fork)
