"""The listener against a Firestore that breaks, refuses and forgets, over real gRPC."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from functools import partial

import grpc
import pytest
from google.rpc import code_pb2 as code

from shared.adapters.google.listen_stream import Backoff
from shared.adapters.google.listening import FirestoreListener
from shared.application.ports import Document, Query
from shared.domain.errors import InsightError, InvalidArgument, PermissionDenied
from tests.emulators import new_project
from tests.listen_server import ListenServer, ServerStream

WITHIN_S = 30.0
QUICK = Backoff(first_s=0.02, longest_s=0.2)
SESSIONS = 1000


class Heard:
    """What one subscription was told."""

    def __init__(self) -> None:
        self.numbers: list[int] = []
        self.calls = 0
        self.empty_calls = 0
        self.failures: list[InsightError] = []

    def on_documents(self, documents: Sequence[Document]) -> None:
        self.calls += 1
        self.empty_calls += not documents
        self.numbers += [document.data["n"] for document in documents]


class Scene:
    """A server, and a listener to it."""

    def __init__(self, server: ListenServer, listener: FirestoreListener) -> None:
        self.server = server
        self.listener = listener

    def listen(self, collection: str = "a") -> Heard:
        heard = Heard()
        query = Query(f"rooms/r/{collection}", order_by="n")
        self.listener.listen(query, heard.on_documents, heard.failures.append)
        return heard

    def commit(self, *numbers: int, collection: str = "a") -> None:
        self.server.store.commit(f"rooms/r/{collection}", *numbers)
        self.server.flush()


async def until(holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(WITHIN_S):
        while not holds():
            await asyncio.sleep(0.005)


@asynccontextmanager
async def scene(
    patch: pytest.MonkeyPatch, *, max_streams: int = 100, targets_per_stream: int = 100
) -> AsyncIterator[Scene]:
    server = ListenServer(max_streams)
    await server.start()
    patch.setenv("FIRESTORE_EMULATOR_HOST", f"127.0.0.1:{server.port}")
    listener = FirestoreListener(
        new_project(), targets_per_stream=targets_per_stream, backoff=QUICK
    )
    try:
        yield Scene(server, listener)
    finally:
        listener.close()
        await server.stop()


def run(scenario: Callable[[], Awaitable[None]]) -> None:
    asyncio.run(scenario())  # type: ignore[arg-type]


@pytest.mark.parametrize("targets_per_stream", [100, 2])
def test_all_of_a_thousand_sessions_fire(
    monkeypatch: pytest.MonkeyPatch, targets_per_stream: int
) -> None:
    async def scenario() -> None:
        async with scene(monkeypatch, targets_per_stream=targets_per_stream) as here:
            threads = threading.active_count()
            sessions = [here.listen(f"s{n}") for n in range(SESSIONS)]
            await until(lambda: all(heard.calls for heard in sessions))
            for n in range(SESSIONS):
                here.server.store.commit(f"rooms/r/s{n}", n + 1)
            here.server.flush()
            await until(lambda: all(heard.numbers for heard in sessions))
            assert [heard.numbers for heard in sessions] == [[n + 1] for n in range(SESSIONS)]
            assert here.server.most_streams <= 90
            assert threading.active_count() <= threads + 1

    run(scenario)


def cut_half(server: ListenServer) -> None:
    server.abort(grpc.StatusCode.UNAVAILABLE, server.streams[::2])


def to_some_targets(say: Callable[[ServerStream, int], None]) -> Callable[[ListenServer], None]:
    def say_to_stream(stream: ServerStream) -> None:
        for target_id in sorted(stream.targets)[:3]:
            say(stream, target_id)

    return lambda server: server.each(say_to_stream)


def forget_tokens(server: ListenServer) -> None:
    server.store.oldest_token = server.store.version
    server.abort(grpc.StatusCode.INTERNAL)


TROUBLE: list[Callable[[ListenServer], None]] = [
    cut_half,
    to_some_targets(ServerStream.reset),
    to_some_targets(partial(ServerStream.existence_filter, wrong_by=1)),
    to_some_targets(partial(ServerStream.remove, cause=code.ABORTED)),
    forget_tokens,
]


def test_nothing_is_missed_while_everything_breaks(monkeypatch: pytest.MonkeyPatch) -> None:
    turns, last = 3 * len(TROUBLE), 6 * len(TROUBLE)

    async def scenario() -> None:
        async with scene(monkeypatch, targets_per_stream=10) as here:
            sessions = {f"s{n}": here.listen(f"s{n}") for n in range(100)}
            for turn in range(turns):
                for collection in sessions:
                    here.server.store.commit(f"rooms/r/{collection}", 2 * turn + 1, 2 * turn + 2)
                here.server.flush()
                await asyncio.sleep(0.02)
                TROUBLE[turn % len(TROUBLE)](here.server)
                if turn == turns // 2:
                    await here.server.stop()
                    await here.server.start()
            await until(lambda: all_told(here, sessions))
            for heard in sessions.values():
                assert heard.numbers == list(range(1, last + 1))
                assert not heard.failures

    def all_told(here: Scene, sessions: dict[str, Heard]) -> bool:
        here.server.flush()
        return all(heard.numbers[-1:] == [last] for heard in sessions.values())

    run(scenario)


def test_server_that_comes_later_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    async def scenario() -> None:
        async with scene(monkeypatch) as here:
            await here.server.stop()
            heard = here.listen()
            await asyncio.sleep(0.1)
            assert heard.calls == 0
            await here.server.start()
            await until(lambda: heard.calls == 1)
            assert not heard.failures

    run(scenario)


def test_refused_query_fails_once_and_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    async def scenario() -> None:
        async with scene(monkeypatch) as here:
            heard, refused = here.listen(), here.listen("refused")
            await until(lambda: bool(refused.failures))
            here.commit(1)
            await until(lambda: heard.numbers == [1])
            assert [type(error) for error in refused.failures] == [InvalidArgument]
            assert refused.calls == 0
            assert not heard.failures

    run(scenario)


def test_query_that_breaks_the_stream_is_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    async def scenario() -> None:
        async with scene(monkeypatch) as here:
            names = ["a", "poison", "b", "c"]
            sessions = {name: here.listen(name) for name in names}
            await until(lambda: bool(sessions["poison"].failures))
            await until(lambda: all(sessions[name].calls for name in ["a", "b", "c"]))
            assert not any(sessions[name].failures for name in ["a", "b", "c"])

    run(scenario)


def test_denied_stream_fails_and_is_not_asked_again(monkeypatch: pytest.MonkeyPatch) -> None:
    async def scenario() -> None:
        async with scene(monkeypatch) as here:
            heard = here.listen()
            await until(lambda: heard.calls == 1)
            here.server.abort(grpc.StatusCode.PERMISSION_DENIED)
            await until(lambda: bool(heard.failures))
            await asyncio.sleep(0.1)
            assert [type(error) for error in heard.failures] == [PermissionDenied]
            assert next(here.server.calls) == 1

    run(scenario)


def test_failed_stream_serves_who_comes_later(monkeypatch: pytest.MonkeyPatch) -> None:
    async def scenario() -> None:
        async with scene(monkeypatch) as here:
            refused = here.listen("refused")
            await until(lambda: bool(refused.failures))
            heard = here.listen()
            await until(lambda: heard.calls == 1)

    run(scenario)


def test_stream_ends_with_its_last_subscription(monkeypatch: pytest.MonkeyPatch) -> None:
    async def scenario() -> None:
        async with scene(monkeypatch) as here:
            heard = Heard()
            query = Query("rooms/r/a", order_by="n")
            subscription = here.listener.listen(query, heard.on_documents, heard.failures.append)
            await until(lambda: heard.calls == 1)
            subscription.close()
            await until(lambda: not here.server.streams)
            again = here.listen()
            await until(lambda: again.calls == 1)
            assert heard.calls == 1

    run(scenario)


def test_closed_listener_leaves_no_task(monkeypatch: pytest.MonkeyPatch) -> None:
    async def scenario() -> None:
        async with scene(monkeypatch) as here:
            mine = asyncio.all_tasks()
            heard = here.listen()
            await until(lambda: heard.calls == 1)
            here.listener.close()
            here.commit(1)
            await until(lambda: not here.server.streams)
            await until(lambda: all("AioServer" in repr(t) for t in asyncio.all_tasks() - mine))
            assert heard.numbers == []

    run(scenario)


def test_pauses_grow_and_are_jittered() -> None:
    backoff = Backoff(first_s=1.0, longest_s=8.0)
    for failures, longest_s in enumerate([1.0, 2.0, 4.0, 8.0, 8.0]):
        pauses = [backoff.pause_s(failures, code.UNAVAILABLE) for _ in range(20)]
        assert all(longest_s / 2 <= pause <= longest_s for pause in pauses)
        assert len(set(pauses)) > 1


def test_exhausted_server_is_left_alone_for_long() -> None:
    assert Backoff(first_s=1.0, longest_s=8.0).pause_s(0, code.RESOURCE_EXHAUSTED) >= 4.0
