"""What every Listener does, on both platforms."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Callable, Sequence

import pytest

from shared.application.ports import Document, Documents, Listener, Query, Transaction
from shared.domain.errors import InsightError

WITHIN_S = 20.0


class Heard:
    """What one subscription was told, call by call."""

    def __init__(self) -> None:
        self.calls: list[list[int]] = []
        self.failures: list[InsightError] = []
        self.threads: set[int] = set()
        self._news = asyncio.Event()

    def on_documents(self, documents: Sequence[Document]) -> None:
        self.calls.append([document.data["n"] for document in documents])
        self.threads.add(threading.get_ident())
        self._news.set()

    @property
    def numbers(self) -> list[int]:
        return [number for call in self.calls for number in call]

    async def until(self, holds: Callable[[], bool]) -> None:
        async with asyncio.timeout(WITHIN_S):
            while not holds():
                await self._news.wait()
                self._news.clear()


def add(documents: Documents, *numbers: int, room: str = "a") -> None:
    def work(transaction: Transaction) -> None:
        for number in numbers:
            transaction.create(f"rooms/{room}/notes/{number:06d}", {"n": number})

    documents.transact(work)


def notes(room: str = "a", **bounds: int) -> Query:
    return Query(f"rooms/{room}/notes", order_by="n", **bounds)


def run(scenario: Callable[[], Awaitable[None]]) -> None:
    asyncio.run(scenario())  # type: ignore[arg-type]


def test_first_call_is_the_state_now_in_order(listened: tuple[Documents, Listener]) -> None:
    documents, listener = listened
    add(documents, 3, 1, 2)

    async def scenario() -> None:
        heard = Heard()
        listener.listen(notes(), heard.on_documents, heard.failures.append)
        assert heard.calls == []
        await heard.until(lambda: bool(heard.calls))
        assert heard.calls == [[1, 2, 3]]
        assert heard.threads == {threading.get_ident()}

    run(scenario)


def test_first_call_is_empty_where_there_is_nothing(listened: tuple[Documents, Listener]) -> None:
    _, listener = listened

    async def scenario() -> None:
        heard = Heard()
        listener.listen(notes(), heard.on_documents, heard.failures.append)
        await heard.until(lambda: bool(heard.calls))
        assert heard.calls == [[]]

    run(scenario)


def test_bound_leaves_out_what_was_there_before(listened: tuple[Documents, Listener]) -> None:
    documents, listener = listened
    add(documents, 1, 2, 3)

    async def scenario() -> None:
        heard = Heard()
        listener.listen(notes(more_than=2), heard.on_documents, heard.failures.append)
        await heard.until(lambda: bool(heard.calls))
        await asyncio.to_thread(add, documents, 4)
        await heard.until(lambda: 4 in heard.numbers)
        assert heard.numbers == [3, 4]

    run(scenario)


def test_what_one_transaction_added_comes_in_one_call(listened: tuple[Documents, Listener]) -> None:
    documents, listener = listened

    async def scenario() -> None:
        heard = Heard()
        listener.listen(notes(), heard.on_documents, heard.failures.append)
        await heard.until(lambda: bool(heard.calls))
        await asyncio.to_thread(add, documents, 1, 2, 3)
        await heard.until(lambda: len(heard.numbers) == 3)
        assert heard.calls == [[], [1, 2, 3]]

    run(scenario)


def test_every_document_is_told_once_in_order(listened: tuple[Documents, Listener]) -> None:
    documents, listener = listened

    def write() -> None:
        for number in range(1, 101):
            add(documents, number)

    async def scenario() -> None:
        writing = asyncio.create_task(asyncio.to_thread(write))
        all_heard = [Heard() for _ in range(5)]
        for heard in all_heard:
            listener.listen(notes(), heard.on_documents, heard.failures.append)
            await asyncio.sleep(0.002)
        for heard in all_heard:
            await heard.until(lambda heard=heard: len(heard.numbers) >= 100)  # type: ignore[misc]
            assert heard.numbers == list(range(1, 101))
        await writing

    run(scenario)


def test_other_collections_are_not_told(listened: tuple[Documents, Listener]) -> None:
    documents, listener = listened

    async def scenario() -> None:
        here, there = Heard(), Heard()
        listener.listen(notes("a"), here.on_documents, here.failures.append)
        listener.listen(notes("b"), there.on_documents, there.failures.append)
        await here.until(lambda: bool(here.calls))
        await asyncio.to_thread(add, documents, 1, room="b")
        await there.until(lambda: there.numbers == [1])
        assert here.numbers == []

    run(scenario)


def test_nothing_is_told_after_close(listened: tuple[Documents, Listener]) -> None:
    documents, listener = listened

    async def scenario() -> None:
        closed, other = Heard(), Heard()
        subscription = listener.listen(notes(), closed.on_documents, closed.failures.append)
        listener.listen(notes(), other.on_documents, other.failures.append)
        await closed.until(lambda: bool(closed.calls))
        await asyncio.to_thread(add, documents, 1)
        subscription.close()
        subscription.close()
        calls = list(closed.calls)
        await asyncio.to_thread(add, documents, 2)
        await other.until(lambda: 2 in other.numbers)
        assert closed.calls == calls

    run(scenario)


def test_deleting_the_tree_is_told_by_an_empty_call(listened: tuple[Documents, Listener]) -> None:
    documents, listener = listened
    add(documents, 1)

    async def scenario() -> None:
        heard = Heard()
        listener.listen(notes(), heard.on_documents, heard.failures.append)
        await heard.until(lambda: bool(heard.calls))
        await asyncio.to_thread(documents.delete_tree, "rooms/a")
        await heard.until(lambda: len(heard.calls) > 1)
        assert heard.calls == [[1], []]

    run(scenario)


@pytest.mark.parametrize(
    "query",
    [
        Query("rooms/a/notes"),
        Query("rooms/a/notes", order_by="n", descending=True),
        Query("rooms/a/notes", order_by="n", limit=1),
        Query("rooms/a/notes", order_by="n", offset=1),
        Query("rooms/a/notes", order_by="n", after=(1, "000001")),
    ],
)
def test_other_forms_of_query_are_refused(
    listened: tuple[Documents, Listener], query: Query
) -> None:
    _, listener = listened

    async def scenario() -> None:
        heard = Heard()
        with pytest.raises(ValueError, match="listened"):
            listener.listen(query, heard.on_documents, heard.failures.append)

    run(scenario)
