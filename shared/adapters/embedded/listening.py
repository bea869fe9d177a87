"""The Listener port on SQLite: one thread per process, woken by whoever writes."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from shared.application.ports import Document, Query, require_listenable
from shared.domain.errors import InsightError, Unavailable

from .bell import Bell
from .documents import SqliteDocuments

# A writer that is killed between its commit and its word leaves documents untold for so long.
_LOOK_EVERY_S = 2.0


@dataclass(slots=True, eq=False)
class _Subscription:
    """Attributes:
    forget: takes it out of the listener.
    told: whether the first call was made.
    place: (value of `order_by`, id) of the last document that was told.
    """

    query: Query
    on_documents: Callable[[Sequence[Document]], None]
    loop: asyncio.AbstractEventLoop
    forget: Callable[[_Subscription], None]
    told: bool = False
    place: tuple[object, str] | None = None
    open: bool = True

    def close(self) -> None:
        if self.open:
            self.open = False
            self.forget(self)

    def deliver_soon(self, documents: Sequence[Document]) -> None:
        # A loop that was closed has nobody left to tell.
        with suppress(RuntimeError):
            self.loop.call_soon_threadsafe(self._deliver, documents)

    def _deliver(self, documents: Sequence[Document]) -> None:
        # On the loop, where `close` is called too: so nothing comes after it.
        if self.open:
            self.on_documents(documents)


class SqliteListener:
    """Listens to one file of documents, whichever process writes to it.

    Args:
        path: the database file.
        look_every_s: how often it looks without having been woken.
    """

    def __init__(self, path: Path, *, look_every_s: float = _LOOK_EVERY_S) -> None:
        self._documents = SqliteDocuments(path)
        self._look_every_s = look_every_s
        self._lock = threading.Lock()
        self._by_collection: dict[str, set[_Subscription]] = {}
        # Those that may not have been told everything.
        self._stale: set[_Subscription] = set()
        self._stopping = False
        self._bell = Bell(self._documents.bells)
        self._thread = threading.Thread(target=self._run, name="listener", daemon=True)
        self._thread.start()

    def listen(
        self,
        query: Query,
        on_documents: Callable[[Sequence[Document]], None],
        on_failure: Callable[[InsightError], None],
    ) -> _Subscription:
        """As the port says; here it never fails for good."""
        require_listenable(query)
        loop = asyncio.get_running_loop()
        subscription = _Subscription(query, on_documents, loop, self._forget)
        with self._lock:
            self._by_collection.setdefault(query.collection, set()).add(subscription)
            self._stale.add(subscription)
        self._bell.wake()
        return subscription

    def close(self) -> None:
        """Ends the thread and every subscription."""
        self._stopping = True
        for subscription in self._all():
            subscription.close()
        self._bell.wake()
        self._thread.join()
        self._bell.close()
        self._documents.close()

    def _run(self) -> None:
        looked_at, looked_version = time.monotonic(), -1
        while not self._stopping:
            words = self._bell.wait(self._look_every_s)
            due = self._due(words)
            if time.monotonic() - looked_at >= self._look_every_s:
                looked_at, before = time.monotonic(), looked_version
                looked_version = self._version(before)
                due = due if looked_version == before else self._all()
            for subscription in due:
                self._tell(subscription, gone=_is_below(words, subscription))

    def _due(self, words: set[str]) -> list[_Subscription]:
        below = [word for word in words if word.endswith("/")]
        named = {each for each in self._all() if _is_below(words, each)} if below else set()
        with self._lock:
            named.update(s for word in words for s in self._by_collection.get(word, ()))
            return [*(named | self._stale)]

    def _all(self) -> list[_Subscription]:
        with self._lock:
            return [each for found in self._by_collection.values() for each in found]

    def _forget(self, subscription: _Subscription) -> None:
        collection = subscription.query.collection
        with self._lock:
            found = self._by_collection.get(collection, set())
            found.discard(subscription)
            if not found:
                self._by_collection.pop(collection, None)
            self._stale.discard(subscription)

    def _version(self, known: int) -> int:
        try:
            return self._documents.version()
        except Unavailable:
            return known

    def _tell(self, subscription: _Subscription, *, gone: bool) -> None:
        query = subscription.query
        try:
            found = self._documents.query(replace(query, after=subscription.place))
        except Unavailable:
            # It is read with the next word or look.
            self._mark(subscription, stale=True)
            return
        self._mark(subscription, stale=False)
        if found:
            last = found[-1]
            subscription.place = (last.data[str(query.order_by)], last.id)
        if found or gone or not subscription.told:
            subscription.told = True
            subscription.deliver_soon(found)

    def _mark(self, subscription: _Subscription, *, stale: bool) -> None:
        with self._lock:
            if stale and subscription.open:
                self._stale.add(subscription)
            else:
                self._stale.discard(subscription)


def _is_below(words: set[str], subscription: _Subscription) -> bool:
    collection = subscription.query.collection
    return any(word.endswith("/") and collection.startswith(word) for word in words)
