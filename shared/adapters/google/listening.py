"""The Listener port on Firestore: all sessions of the process over one connection."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from functools import partial
from typing import Any, Final

import grpc.aio  # type: ignore[import-untyped]
from google.cloud.firestore_v1 import Client
from google.cloud.firestore_v1.services.firestore.transports import FirestoreGrpcAsyncIOTransport
from google.cloud.firestore_v1.types import ListenRequest, ListenResponse

from shared.application.ports import Document, Query, require_listenable
from shared.domain.errors import InsightError

from .documents import firestore_client
from .firestore_query import firestore_query
from .listen_stream import Backoff, ListenStream
from .listen_target import ListenTarget
from .listen_targets import Request

_METHOD: Final = "/google.firestore.v1.Firestore/Listen"
_REQUEST: Final[Any] = type(ListenRequest.pb(ListenRequest()))
_RESPONSE: Final[Any] = type(ListenResponse.pb(ListenResponse()))

# "Keep the number of snapshot listeners per client under 100": a client is what one stream is here.
# https://firebase.google.com/docs/firestore/best-practices#realtime_updates
_TARGETS_PER_STREAM: Final = 100
# Firestore allows 100 streams per connection, and gRPC lets those beyond wait in silence
# (https://github.com/googleapis/google-cloud-java/issues/3514). Some are left over for streams that
# end on one side only. Beyond, streams have more targets: that is advised against, not refused.
_STREAMS: Final = 90

# A connection that is dead without a word is found out within 45 s: a NAT forgets an idle one, and
# Firestore's own clients ask every 30 s, too. A new one is tried for at least every 10 s.
# Messages: a document is at most 1 MiB; the client allows any size.
_CHANNEL_OPTIONS: Final = [
    ("grpc.keepalive_time_ms", 30_000),
    ("grpc.keepalive_timeout_ms", 15_000),
    ("grpc.http2.max_pings_without_data", 0),
    ("grpc.initial_reconnect_backoff_ms", 250),
    ("grpc.min_reconnect_backoff_ms", 250),
    ("grpc.max_reconnect_backoff_ms", 10_000),
    ("grpc.max_receive_message_length", -1),
]


class _Subscription:
    __slots__ = ("_listener", "_stream", "_target")

    def __init__(
        self, listener: FirestoreListener, stream: ListenStream, target: ListenTarget
    ) -> None:
        self._listener = listener
        self._stream = stream
        self._target = target

    def close(self) -> None:
        self._target.open = False
        self._stream.remove(self._target)
        self._listener.tidy(self._stream)


class FirestoreListener:
    """The port over Firestore's Listen protocol.

    Belongs to the loop in which it is first used. A call is one gRPC stream with up to
    `targets_per_stream` queries in it, so that neither threads nor streams grow with the sessions.

    What the server tells nobody is not told here, either: where a query has found nothing so far,
    `Documents.delete_tree` above it makes no call.

    Args:
        database: the database's id.
        backoff: pauses between attempts to reach Firestore.
    """

    def __init__(
        self,
        project: str,
        *,
        database: str = "(default)",
        targets_per_stream: int = _TARGETS_PER_STREAM,
        backoff: Backoff | None = None,
    ) -> None:
        self._project = project
        self._database = database
        self._targets_per_stream = targets_per_stream
        self._backoff = backoff or Backoff()
        self._streams: list[ListenStream] = []
        self._channel: Any = None
        self._closing: asyncio.Task[None] | None = None

    def listen(
        self,
        query: Query,
        on_documents: Callable[[Sequence[Document]], None],
        on_failure: Callable[[InsightError], None],
    ) -> _Subscription:
        """As the port says."""
        require_listenable(query)
        target = ListenTarget(query, on_documents, on_failure)
        # What the client cannot send it refuses here and not when the stream asks for it.
        self._message(target)
        stream = self._stream()
        stream.add(target)
        return _Subscription(self, stream, target)

    def close(self) -> None:
        """Ends all subscriptions, and the connection."""
        for stream in self._streams:
            stream.close()
        self._streams.clear()
        channel, self._channel = self._channel, None
        # A loop that is over has closed its sockets itself.
        if channel is not None and _is_running():
            self._closing = asyncio.get_running_loop().create_task(channel.close())

    def tidy(self, stream: ListenStream) -> None:
        """Closes a stream that nobody listens by any more."""
        if not len(stream) and stream in self._streams:
            self._streams.remove(stream)
            stream.close()

    @property
    def _client(self) -> Client:
        return firestore_client(self._project, self._database)

    def _stream(self) -> ListenStream:
        for stream in self._streams:
            if len(stream) < self._targets_per_stream:
                return stream
        if len(self._streams) >= _STREAMS:
            return min(self._streams, key=len)
        loop = asyncio.get_running_loop()
        stream = ListenStream(loop, self._call, self._message, self._backoff)
        self._streams.append(stream)
        return stream

    def _call(self, requests: AsyncIterator[Any]) -> Any:
        # The generated client's own method wraps every message, and each of its parts, once more.
        if self._channel is None:
            self._channel = _channel(self._client)
        listen = self._channel.stream_stream(
            _METHOD,
            request_serializer=_REQUEST.SerializeToString,
            response_deserializer=_RESPONSE.FromString,
        )
        return listen(requests, metadata=self._client._rpc_metadata)

    def _message(self, request: Request) -> Any:
        message = _REQUEST(database=self._client._database_string)
        if isinstance(request, int):
            message.remove_target = request
            return message
        found = firestore_query(self._client, request.query)
        target = message.add_target
        target.target_id = request.id
        target.query.parent, _ = found._parent._parent_info()
        target.query.structured_query.CopyFrom(found._to_protobuf()._pb)
        if request.token:
            target.resume_token = request.token
        return message


def _is_running() -> bool:
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True


_secure_channel = partial(FirestoreGrpcAsyncIOTransport.create_channel, options=_CHANNEL_OPTIONS)


def _channel(client: Client) -> Any:
    if client._emulator_host is not None:
        return grpc.aio.insecure_channel(client._target, options=_CHANNEL_OPTIONS)
    return _secure_channel(client._target, credentials=client._credentials)
