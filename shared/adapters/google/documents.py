"""Documents in Firestore (native mode)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache, cached_property
from typing import Any, TypeVar

from google.api_core.exceptions import (
    DeadlineExceeded,
    InternalServerError,
    ResourceExhausted,
    ServiceUnavailable,
)
from google.api_core.retry import Retry, if_exception_type
from google.cloud.firestore_v1 import Client
from google.cloud.firestore_v1.base_collection import BaseCollectionReference

from shared.application.ports import Document, Query, Transaction

from .failures import retried_while_contended, translated
from .firestore_query import firestore_query
from .firestore_transaction import CallOptions, FirestoreTransaction
from .firestore_values import Snapshot, document, existing

T = TypeVar("T")

# A commit holds at most 10 MiB: https://cloud.google.com/firestore/quotas#writes_and_transactions
# Deletions carry names only, and 300 keep each under a second.
_DELETED_AT_ONCE = 300


@cache
def firestore_client(project: str, database: str) -> Client:
    """The process's one client; its connection opens with the first call."""
    return Client(project=project, database=database)


class FirestoreDocuments:
    """The Documents port.

    Reads are repeated while Firestore is unavailable. A transaction is not repeated after an
    unavailable commit: it may have taken, as with any store behind a network.

    Args:
        database: the database's id.
        timeout_s: how long a read is repeated before it is `Unavailable`.
    """

    def __init__(
        self, project: str, *, database: str = "(default)", timeout_s: float = 20.0
    ) -> None:
        self._project = project
        self._database = database
        self._options = CallOptions(retry=_retry(timeout_s), timeout=timeout_s)

    @cached_property
    def _client(self) -> Client:
        return firestore_client(self._project, self._database)

    def get(self, path: str) -> Document | None:
        with translated("Firestore"):
            return document(self._client.document(path).get(**self._options))

    def get_many(self, paths: Sequence[str]) -> list[Document | None]:
        if not paths:
            return []
        references = [self._client.document(path) for path in dict.fromkeys(paths)]
        with translated("Firestore"):
            snapshots = list(self._client.get_all(references, **self._options))
        # Firestore answers in any order.
        found = {snapshot.reference.path: document(snapshot) for snapshot in snapshots}
        return [found[path] for path in paths]

    def query(self, query: Query) -> list[Document]:
        found = firestore_query(self._client, query)
        with translated("Firestore"):
            return [existing(snapshot) for snapshot in found.stream(**self._options)]

    def count(self, query: Query) -> int:
        # The library's annotation of `get` is that of a function, not of a method.
        counted: Any = firestore_query(self._client, query).count()
        with translated("Firestore"):
            return int(counted.get(**self._options)[0][0].value)

    def transact(self, work: Callable[[Transaction], T]) -> T:
        last: FirestoreTransaction | None = None

        def attempt() -> T:
            nonlocal last
            retry_of = last.id if last else None
            last = FirestoreTransaction(self._client, self._options)
            return last.run(work, retry_of)

        return retried_while_contended(attempt)

    def delete_tree(self, path: str) -> int:
        with translated("Firestore"):
            collections = list(self._client.document(path).collections(**self._options))
        return sum(self._delete_collection(collection) for collection in collections)

    def _delete_collection(self, collection: BaseCollectionReference[Any]) -> int:
        deleted = 0
        # `recursive` finds what lies below documents that are themselves missing, too.
        names = collection.recursive().select([]).limit(_DELETED_AT_ONCE)
        page = names
        while snapshots := self._delete_page(page):
            deleted += len(snapshots)
            page = names.start_after(snapshots[-1])
        return deleted

    def _delete_page(self, page: Any) -> list[Snapshot]:
        with translated("Firestore"):
            snapshots = list(page.stream(**self._options))
        if snapshots:
            retried_while_contended(lambda: self._delete(snapshots))
        return snapshots

    def _delete(self, snapshots: Sequence[Snapshot]) -> None:
        batch = self._client.batch()
        for snapshot in snapshots:
            batch.delete(snapshot.reference)
        batch.commit(**self._options)


def _retry(timeout_s: float) -> Retry:
    # What Firestore's own client repeats, for a time that a person can wait.
    predicate = if_exception_type(
        DeadlineExceeded, InternalServerError, ResourceExhausted, ServiceUnavailable
    )
    return Retry(predicate=predicate, initial=0.1, maximum=2.0, timeout=timeout_s)
