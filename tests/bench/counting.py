"""Counts what a call reads and writes, at the Documents port."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

from shared.application.ports import Document, Documents, Query, Transaction

T = TypeVar("T")


@dataclass(slots=True)
class Counts:
    """Documents, as Firestore bills them.

    A get of a missing document and a query without a result cost one read each
    (firebase.google.com/docs/firestore/pricing, "Minimum charge for queries"); so does each
    document that an offset skips.
    """

    reads: int = 0
    writes: int = 0
    deletes: int = 0
    counts: int = 0

    @property
    def total(self) -> int:
        """Of all kinds."""
        return self.reads + self.writes + self.deletes + self.counts


class _Readable(Protocol):
    def get(self, path: str) -> Document | None: ...

    def get_many(self, paths: Sequence[str]) -> list[Document | None]: ...

    def query(self, query: Query) -> list[Document]: ...


class _CountingReads:
    def __init__(self, inner: _Readable, counts: Counts) -> None:
        self._reader = inner
        self.counts = counts

    def get(self, path: str) -> Document | None:
        self.counts.reads += 1
        return self._reader.get(path)

    def get_many(self, paths: Sequence[str]) -> list[Document | None]:
        self.counts.reads += len(paths)
        return self._reader.get_many(paths)

    def query(self, query: Query) -> list[Document]:
        found = self._reader.query(query)
        self.counts.reads += max(1, len(found) + query.offset)
        return found


class CountingTransaction(_CountingReads):
    """A transaction that counts."""

    def __init__(self, inner: Transaction, counts: Counts) -> None:
        super().__init__(inner, counts)
        self._inner = inner

    def create(self, path: str, data: Mapping[str, Any]) -> None:
        self.counts.writes += 1
        self._inner.create(path, data)

    def set(self, path: str, data: Mapping[str, Any]) -> None:
        self.counts.writes += 1
        self._inner.set(path, data)

    def delete(self, path: str) -> None:
        self.counts.deletes += 1
        self._inner.delete(path)


class CountingDocuments(_CountingReads):
    """A Documents port that counts; `counts` tells what was counted so far."""

    def __init__(self, inner: Documents) -> None:
        super().__init__(inner, Counts())
        self._inner = inner

    def count(self, query: Query) -> int:
        """An aggregation, which costs one read for up to 1000 index entries."""
        self.counts.counts += 1
        return self._inner.count(query)

    def transact(self, work: Callable[[Transaction], T]) -> T:
        """Counts what `work` does each time that it runs."""
        counts = self.counts
        return self._inner.transact(lambda inner: work(CountingTransaction(inner, counts)))

    def delete_tree(self, path: str) -> int:
        """Counts every deleted document."""
        deleted = self._inner.delete_tree(path)
        self.counts.deletes += deleted
        return deleted
