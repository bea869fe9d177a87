"""Firestore's side of the Listen protocol: for one that speaks it, or over gRPC.

Documents have one field, `n`, whose values only grow within a collection. The server says whatever
the protocol allows: it may resume or begin again, name what was deleted or only count what is left.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable, Iterable
from dataclasses import dataclass, field
from itertools import count
from typing import Any

import grpc.aio
from google.cloud.firestore_v1.types import ListenRequest, ListenResponse
from google.rpc import code_pb2

NO_CHANGE, ADD, REMOVE, CURRENT, RESET = range(5)
DATABASE = "projects/p/databases/(default)/documents"
_REQUEST: Any = type(ListenRequest.pb(ListenRequest()))
RESPONSE: Any = type(ListenResponse.pb(ListenResponse()))


def name_of(collection: str, n: int, database: str = DATABASE) -> str:
    return f"{database}/{collection}/{n:09d}"


@dataclass
class Store:
    """Collections with the version at which each document came and went.

    Attributes:
        oldest_token: the version that the oldest token that still holds has.
        fields: what documents have beside `n`, as messages.
        changed: the version at which each collection changed last.
    """

    version: int = 1
    added: dict[str, dict[int, int]] = field(default_factory=dict)
    deleted: dict[str, dict[int, int]] = field(default_factory=dict)
    oldest_token: int = 0
    fields: dict[str, Any] = field(default_factory=dict)
    changed: dict[str, int] = field(default_factory=dict)

    def commit(self, collection: str, *numbers: int) -> None:
        """One transaction."""
        self.version += 1
        self.changed[collection] = self.version
        self.added.setdefault(collection, {}).update(dict.fromkeys(numbers, self.version))

    def delete(self, collection: str, *numbers: int) -> None:
        self.version += 1
        self.changed[collection] = self.version
        self.deleted.setdefault(collection, {}).update(dict.fromkeys(numbers, self.version))

    def living(self, collection: str, more_than: int, at: int) -> list[int]:
        """What a query found at a version."""
        gone = self.deleted.get(collection, {})
        return [
            n
            for n, version in self.added.get(collection, {}).items()
            if n > more_than and version <= at and gone.get(n, at + 1) > at
        ]


@dataclass
class _Watched:
    collection: str
    more_than: int
    version: int


class ServerStream:
    """One stream; what it has to say lies in `outbox`."""

    def __init__(self, store: Store, database: str = DATABASE) -> None:
        self.store = store
        self.outbox: deque[Any] = deque()
        self.targets: dict[int, _Watched] = {}
        self.collections: set[str] = set()
        self.names_deletions = True
        self._database = database

    def add(self, target_id: int, collection: str, more_than: int, token: bytes) -> None:
        self.change(ADD, target_id)
        self.collections.add(collection)
        resumes = token.isdigit() and int(token) >= self.store.oldest_token
        watched = _Watched(collection, more_than, int(token) if resumes else 0)
        self.targets[target_id] = watched
        if token and not resumes:
            self.change(RESET, target_id)
        before = watched.version
        self.catch_up(target_id)
        if resumes and before < watched.version:
            self.existence_filter(target_id)
        self.change(CURRENT, target_id)

    def remove(self, target_id: int, cause: int | None = None) -> None:
        """Ends a target; with a cause it is the server that ends it."""
        self.targets.pop(target_id, None)
        self.change(REMOVE, target_id, cause=cause)

    def reset(self, target_id: int) -> None:
        self.change(RESET, target_id)
        self.targets[target_id].version = 0
        self.catch_up(target_id)
        self.change(CURRENT, target_id)

    def existence_filter(self, target_id: int, wrong_by: int = 0) -> None:
        watched = self.targets[target_id]
        living = self.store.living(watched.collection, watched.more_than, watched.version)
        self.outbox.append(
            RESPONSE(filter={"target_id": target_id, "count": len(living) + wrong_by})
        )

    def flush(self) -> None:
        """Says all that is new, and that it is consistent."""
        for target_id in self.targets:
            self.catch_up(target_id)
        self.change(NO_CHANGE, token=True)

    def change(
        self, kind: int, *target_ids: int, cause: int | None = None, token: bool = False
    ) -> None:
        change: dict[str, Any] = {"target_change_type": kind, "target_ids": target_ids}
        if cause is not None:
            change["cause"] = {"code": cause}
        if token:
            change["resume_token"] = str(self.store.version).encode()
            change["read_time"] = {"seconds": self.store.version}
        self.outbox.append(RESPONSE(target_change=change))

    def catch_up(self, target_id: int) -> None:
        watched, version = self.targets[target_id], self.store.version
        if self.store.changed.get(watched.collection, 0) <= watched.version:
            watched.version = version
            return
        before = set(self._living(watched, watched.version))
        after = self._living(watched, version)
        for n in after:
            if n not in before:
                self._document(target_id, watched.collection, n)
        if self.names_deletions:
            for n in before.difference(after):
                name = name_of(watched.collection, n, self._database)
                gone = {"document": name, "removed_target_ids": [target_id]}
                self.outbox.append(RESPONSE(document_delete=gone))
        watched.version = version
        if not self.names_deletions and before.difference(after):
            self.existence_filter(target_id)

    def _living(self, watched: _Watched, at: int) -> list[int]:
        return self.store.living(watched.collection, watched.more_than, at)

    def _document(self, target_id: int, collection: str, n: int) -> None:
        document = {
            "name": name_of(collection, n, self._database),
            "fields": {"n": {"integer_value": n}, **self.store.fields},
        }
        changed = {"document": document, "target_ids": [target_id]}
        self.outbox.append(RESPONSE(document_change=changed))


class ListenServer:
    """A store behind gRPC.

    Collections named `refused` are refused; a stream asked for `poison` breaks.

    Args:
        max_streams: how many streams a connection may have at a time.
    """

    def __init__(self, max_streams: int = 100) -> None:
        self.store = Store()
        self.port = 0
        self.calls = count()
        self.most_streams = 0
        self._max_streams = max_streams
        self._live: dict[ServerStream, tuple[asyncio.Event, list[grpc.StatusCode]]] = {}
        self._server: Any = None

    @property
    def streams(self) -> list[ServerStream]:
        return list(self._live)

    async def start(self) -> None:
        options = [("grpc.max_concurrent_streams", self._max_streams), ("grpc.so_reuseport", 0)]
        self._server = grpc.aio.server(options=options)
        handler = grpc.stream_stream_rpc_method_handler(
            self._listen, _REQUEST.FromString, RESPONSE.SerializeToString
        )
        service = grpc.method_handlers_generic_handler(
            "google.firestore.v1.Firestore", {"Listen": handler}
        )
        self._server.add_generic_rpc_handlers([service])
        self.port = self._server.add_insecure_port(f"127.0.0.1:{self.port}")
        await self._server.start()

    async def stop(self) -> None:
        """Cuts every connection."""
        await self._server.stop(grace=None)

    def flush(self) -> None:
        self.each(ServerStream.flush)

    def commit(self, collection: str, *numbers: int) -> None:
        """One transaction, told only to the streams that it concerns."""
        self.store.commit(collection, *numbers)
        for stream, (news, _) in self._live.items():
            if collection in stream.collections:
                stream.flush()
                news.set()

    def each(self, say: Callable[[ServerStream], None]) -> None:
        """Has every stream say something."""
        for stream, (news, _) in self._live.items():
            say(stream)
            news.set()

    def abort(self, status: grpc.StatusCode, streams: Iterable[ServerStream] | None = None) -> None:
        """Ends streams; all unless they are named."""
        for stream in self.streams if streams is None else streams:
            news, ends = self._live[stream]
            ends.append(status)
            news.set()

    async def _listen(self, requests: AsyncIterator[Any], context: Any) -> AsyncIterator[Any]:
        next(self.calls)
        stream, news, ends = ServerStream(self.store), asyncio.Event(), []
        self._live[stream] = news, ends
        self.most_streams = max(self.most_streams, len(self._live))
        taking = asyncio.create_task(self._take(stream, requests, news, ends))
        try:
            while not ends:
                await news.wait()
                news.clear()
                while stream.outbox and not ends:
                    yield stream.outbox.popleft()
            await context.abort(ends[0])
        finally:
            taking.cancel()
            del self._live[stream]

    async def _take(
        self,
        stream: ServerStream,
        requests: AsyncIterator[Any],
        news: asyncio.Event,
        ends: list[grpc.StatusCode],
    ) -> None:
        async for request in requests:
            if request.WhichOneof("target_change") == "remove_target":
                stream.remove(request.remove_target)
            elif not self._add(stream, request):
                ends.append(grpc.StatusCode.INVALID_ARGUMENT)
            stream.change(NO_CHANGE, token=True)
            news.set()

    def _add(self, stream: ServerStream, request: Any) -> bool:
        target, query = request.add_target, request.add_target.query
        stream._database = f"{request.database}/documents"
        select = query.structured_query
        collection = select.from_[0].collection_id
        path = f"{query.parent}/{collection}".removeprefix(f"{stream._database}/")
        if collection == "refused":
            stream.change(ADD, target.target_id)
            stream.remove(target.target_id, code_pb2.INVALID_ARGUMENT)
        elif collection != "poison":
            more_than = select.where.field_filter.value.integer_value
            stream.add(target.target_id, path, more_than, target.resume_token)
        return collection != "poison"
