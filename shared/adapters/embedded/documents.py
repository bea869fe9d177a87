"""The Documents port on SQLite, answering as Firestore does.

A document is one row; beside it stands one index entry per field, as in Firestore
(firebase.google.com/docs/firestore/query-data/index-overview, "Single-field indexes"). A query
over several fields makes the index it needs the first time it is asked, and keeps it.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

from shared.application.ports import Document, Query, Transaction

from . import document_rows as rows
from .bell import ring
from .database import Database
from .plan import Plan, plan
from .values import dump

T = TypeVar("T")


class SqliteDocuments:
    """Documents in one SQLite file; safe to use from several threads and processes.

    Values that Firestore would refuse raise `ValueError`, as do paths that are none. Transactions
    run one after another, so `work` runs once.

    Args:
        path: the database file, made if there is none.
        busy_timeout_s: how long a call waits for other writers before it raises `Unavailable`.
    """

    def __init__(self, path: Path, *, busy_timeout_s: float = 10.0) -> None:
        self._database = Database(path, rows.SCHEMA, busy_timeout_s=busy_timeout_s)
        # Listening processes wait here to be told which collections were written to.
        self.bells = path.with_suffix(".bells")
        self._indexed: set[tuple[str, tuple[str, ...]]] = set()

    def get(self, path: str) -> Document | None:
        """The document at `path`."""
        with self._database.read() as connection:
            return rows.read(connection, path)

    def get_many(self, paths: Sequence[str]) -> list[Document | None]:
        """The documents at `paths`, all from one moment, None where there is none."""
        with self._database.snapshot() as connection:
            return [rows.read(connection, path) for path in paths]

    def query(self, query: Query) -> list[Document]:
        """The documents that `query` finds."""
        scan = self._plan(query)
        with self._database.read() as connection:
            return rows.select(connection, query.collection, scan)

    def count(self, query: Query) -> int:
        """How many documents `query` finds."""
        scan = self._plan(query)
        with self._database.read() as connection:
            count: int = connection.execute(scan.counting, scan.parameters).fetchone()[0]
            return count

    def transact(self, work: Callable[[Transaction], T]) -> T:
        """Runs `work` alone, then writes what it asked for.

        Raises:
            RuntimeError: a transaction inside a transaction of the same thread.
        """
        with self._database.write() as connection:
            transaction = _Transaction(connection)
            result = work(transaction)
            transaction.apply()
        ring(self.bells, transaction.collections)
        return result

    def delete_tree(self, path: str) -> int:
        """Deletes everything below `path`; deleted content is overwritten on the disk."""
        with self._database.write() as connection:
            deleted = rows.delete_below(connection, path)
        ring(self.bells, [f"{path}/"])
        # Even if there was nothing: readers may have kept the log from being emptied before.
        self._database.empty_log()
        return deleted

    def version(self) -> int:
        """A number that changes whenever another process, or another instance, has written.

        Source: sqlite.org/pragma.html#pragma_data_version.
        """
        with self._database.read() as connection:
            version: int = connection.execute("PRAGMA data_version").fetchone()[0]
            return version

    def close(self) -> None:
        """Closes the connections; later calls open new ones."""
        self._database.close()

    def _plan(self, query: Query) -> Plan:
        scan = plan(query)
        index = (rows.collection_id(query.collection), scan.fields)
        if len(scan.fields) > 1 and index not in self._indexed:
            with self._database.write() as connection:
                rows.add_index(connection, *index)
            self._indexed.add(index)
        return scan


class _Transaction:
    """Reads see the state before; writes wait for `apply`, as Firestore's wait for the commit."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._writes: list[rows.Write] = []

    def get(self, path: str) -> Document | None:
        self._check_may_read()
        return rows.read(self._connection, path)

    def get_many(self, paths: Sequence[str]) -> list[Document | None]:
        self._check_may_read()
        return [rows.read(self._connection, path) for path in paths]

    def query(self, query: Query) -> list[Document]:
        self._check_may_read()
        scan = plan(query)
        if len(scan.fields) > 1:
            rows.add_index(self._connection, query.collection, scan.fields)
        return rows.select(self._connection, query.collection, scan)

    def create(self, path: str, data: Mapping[str, Any]) -> None:
        self._writes.append(rows.Write(rows.Place.at(path), dump(data), new=True))

    def set(self, path: str, data: Mapping[str, Any]) -> None:
        self._writes.append(rows.Write(rows.Place.at(path), dump(data)))

    def delete(self, path: str) -> None:
        self._writes.append(rows.Write(rows.Place.at(path), None))

    @property
    def collections(self) -> frozenset[str]:
        return frozenset(change.place.collection for change in self._writes)

    def apply(self) -> None:
        for change in self._writes:
            rows.write(self._connection, change)

    def _check_may_read(self) -> None:
        if self._writes:
            raise RuntimeError("A transaction cannot read after its first write.")
