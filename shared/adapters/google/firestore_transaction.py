"""One attempt at a Firestore transaction.

The client's own `@transactional` is not used: it answers a failed begin or rollback with an error
of its own in place of the first one, does not repeat what was aborted while it read, and gives up
with a ValueError.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from typing import TypedDict, TypeVar

from google.api_core.exceptions import Aborted, GoogleAPIError
from google.api_core.retry import Retry
from google.cloud.firestore_v1 import Client

from shared.application.ports import Document, Query, Value
from shared.domain.errors import AlreadyExists

from .failures import translated
from .firestore_query import firestore_query
from .firestore_values import document, existing, to_firestore

T = TypeVar("T")


class CallOptions(TypedDict):
    """How long, in seconds, a call to Firestore is repeated, and when."""

    retry: Retry
    timeout: float


class FirestoreTransaction:
    """The port's `Transaction` over one of the client's.

    Args:
        call_options: of each read.

    Attributes:
        id: Firestore's, once it has begun.
    """

    def __init__(self, client: Client, call_options: CallOptions) -> None:
        self._client = client
        self._options = call_options
        self._transaction = client.transaction()
        # Path -> whether there is a document once the writes so far are done.
        self._written: dict[str, bool] = {}
        self._created_twice = False
        self.id: bytes | None = None

    def run(self, work: Callable[[FirestoreTransaction], T], retry_of: bytes | None) -> T:
        """Begins, works and commits; whatever fails, nothing stays locked.

        Args:
            retry_of: id of the aborted transaction whose place in the queue this one takes.

        Raises:
            google.api_core.exceptions.Aborted: another transaction was in the way.
        """
        with translated("Firestore", leave=(Aborted,)):
            self._begin(retry_of)
        try:
            result = work(self)
            if self._created_twice:
                raise AlreadyExists("There is such a document already.")
            with translated("Firestore", leave=(Aborted,)):
                self._transaction._commit()
        except Aborted:
            # It is over on the other side; rolled back, it would lose its place in the queue.
            raise
        except BaseException:
            self._roll_back()
            raise
        return result

    def get(self, path: str) -> Document | None:
        return self.get_many([path])[0]

    def get_many(self, paths: Sequence[str]) -> list[Document | None]:
        self._require_no_write()
        references = [self._client.document(path) for path in dict.fromkeys(paths)]
        if not references:
            return []
        with translated("Firestore", leave=(Aborted,)):
            snapshots = list(self._transaction.get_all(references, **self._options))
        found = {snapshot.reference.path: document(snapshot) for snapshot in snapshots}
        return [found[path] for path in paths]

    def query(self, query: Query) -> list[Document]:
        self._require_no_write()
        translated_query = firestore_query(self._client, query)
        with translated("Firestore", leave=(Aborted,)):
            snapshots = list(
                translated_query.stream(transaction=self._transaction, **self._options)
            )
        return [existing(snapshot) for snapshot in snapshots]

    def create(self, path: str, data: Mapping[str, Value]) -> None:
        self._transaction.create(self._client.document(path), to_firestore(data))
        # Firestore itself calls it an invalid argument.
        self._created_twice |= self._written.get(path, False)
        self._written[path] = True

    def set(self, path: str, data: Mapping[str, Value]) -> None:
        self._transaction.set(self._client.document(path), to_firestore(data))
        self._written[path] = True

    def delete(self, path: str) -> None:
        self._transaction.delete(self._client.document(path))
        self._written[path] = False

    def _require_no_write(self) -> None:
        if self._written:
            raise RuntimeError("A transaction reads first and writes then.")

    def _begin(self, retry_of: bytes | None) -> None:
        # As the client's `_begin`, which would try for a minute when Firestore is out of reach.
        response = self._client._firestore_api.begin_transaction(
            request={
                "database": self._client._database_string,
                "options": self._transaction._options_protobuf(retry_of),
            },
            metadata=self._client._rpc_metadata,
            **self._options,
        )
        self._transaction._id = self.id = response.transaction

    def _roll_back(self) -> None:
        # Firestore drops a transaction that stands idle; the error that led here counts for more.
        with suppress(GoogleAPIError, ValueError):
            self._transaction._rollback()
