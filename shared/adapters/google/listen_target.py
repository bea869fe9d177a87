"""One query that is listened to: what was told of it, and what a stream says has changed since.

No document is kept once it is told. Documents are only ever added at the end, so that the place of
the last one and the number of all say what is known; whatever those two do not explain is answered
by asking anew for what lies behind that place.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from enum import Enum, auto
from typing import Any

from shared.application.ports import Document, Query
from shared.domain.errors import InsightError

from .listen_values import OrderKey, document_of, order_key

Soon = Callable[..., object]


class _Known(Enum):
    """What is said of a document that was told before."""

    THERE = auto()
    GONE = auto()


class ListenTarget:
    """A target of a Listen stream and its subscriber.

    Attributes:
        query: what is asked for; a target that begins anew asks only for what follows its place.
        id: its number on the stream, 0 while it has none.
        sent: whether the stream was asked for it.
        token: where the stream may resume; empty if nowhere.
        offered: the token that counts with the next snapshot, if that brings none.
        current: whether the stream has caught up with it, so that snapshots concern it.
        unsettled: whether the next snapshot may have something to tell.
        strikes: how often in a row it was refused, or broke its stream.
        open: whether the subscriber still wants to be told.
    """

    __slots__ = (
        "_lost",
        "_on_documents",
        "_on_failure",
        "_pending",
        "_place",
        "_recounting",
        "_size",
        "_told",
        "current",
        "id",
        "offered",
        "open",
        "query",
        "sent",
        "strikes",
        "token",
        "unsettled",
    )

    def __init__(
        self,
        query: Query,
        on_documents: Callable[[Sequence[Document]], None],
        on_failure: Callable[[InsightError], None],
    ) -> None:
        self.query = query
        self._on_documents = on_documents
        self._on_failure = on_failure
        self.id = 0
        self.strikes = 0
        self.token = b""
        self.open = True
        self.sent = False
        self._told = False
        self._lost = False
        self._place: OrderKey | None = None
        self._size = 0
        self.begin()

    def begin(self) -> None:
        """Forgets what was not told: a stream begins, and resumes where the last snapshot was."""
        self.sent = self.current = self.unsettled = self._recounting = False
        self.offered = b""
        self._pending: dict[str, Any] = {}

    def begin_anew(self) -> None:
        """Asks only for what follows the last document told; what was before it may be gone."""
        self.begin()
        self.token = b""
        self._size = 0
        self._lost = self._lost or self._told
        if self._place is not None:
            _, value = self._place
            self.query = replace(self.query, at_least=None, more_than=value)

    def reset(self) -> None:
        """The stream begins to send the whole state once more."""
        self._pending = {}
        self._recounting = True
        self.current = False

    def caught_up(self) -> None:
        """The stream has sent all that there was when it was asked."""
        self.current = self.unsettled = True
        self.strikes = 0

    def changed(self, message: Any) -> None:
        """A document is there; `message` is a `google.firestore.v1.Document`.

        Raises:
            ValueError: it has no order.
        """
        name = message.name
        key = order_key(message, str(self.query.order_by))
        self.unsettled = True
        if self._place is None or key > self._place:
            self._pending[name] = message
        elif self._recounting:
            self._pending[name] = _Known.THERE
        else:
            self._pending.pop(name, None)

    def gone(self, name: str) -> None:
        """The document `name` is there no more."""
        self.unsettled = True
        untold = self._pending.pop(name, _Known.THERE)
        if isinstance(untold, _Known):
            if not self._recounting:
                self._pending[name] = _Known.GONE
        else:
            self._lost = True

    def count(self) -> int:
        """How many documents the query finds, by all that the stream has said so far."""
        gone = sum(change is _Known.GONE for change in self._pending.values())
        counted = len(self._pending) - gone
        return counted if self._recounting else self._size + counted - gone

    def settle(self, soon: Soon) -> None:
        """Tells what a consistent snapshot adds to what was told.

        Args:
            soon: calls a function with an argument, soon.

        Raises:
            ValueError: a document holds what the ports do not have; nothing is told.
        """
        fresh = [change for change in self._pending.values() if not isinstance(change, _Known)]
        documents = self._in_order(fresh)
        size = self.count()
        gone = self._lost or size - len(fresh) < self._size
        first, self._told = not self._told, True
        self._size = size
        self._pending, self._recounting, self._lost, self.unsettled = {}, False, False, False
        if documents or first:
            soon(self._tell, documents)
        if gone and not first:
            soon(self._tell, [])

    def fail(self, error: InsightError, soon: Soon) -> None:
        """Ends it, and says why."""
        soon(self._tell_failure, error)

    def _in_order(self, fresh: list[Any]) -> list[Document]:
        if not fresh:
            return []
        field = str(self.query.order_by)
        keyed = sorted((order_key(each, field), each.name, n) for n, each in enumerate(fresh))
        documents = [document_of(fresh[n]) for _, _, n in keyed]
        self._place = keyed[-1][0]
        return documents

    def _tell(self, documents: Sequence[Document]) -> None:
        # Nothing is called after `close`, also not what was on its way.
        if self.open:
            self._on_documents(documents)

    def _tell_failure(self, error: InsightError) -> None:
        if self.open:
            self.open = False
            self._on_failure(error)
