"""Servers that send one event to many sockets: the relay, and two that do nothing else.

python -m tests.bench.socket_servers relay|websockets|picows PORT

The relay is on the platform that the environment names. A socket of the others hears what is sent
by those that asked for the same path.
"""

from __future__ import annotations

import asyncio
import sys
from collections import defaultdict
from functools import cached_property

from functions.relay.server import RelayServer
from shared.application.ports import Principal
from shared.bootstrap import EmbeddedServices, GoogleServices, services
from shared.config import Config
from shared.live.limits import Limits


class AnyIdentity:
    """Takes a token for the id of its user, so that signing in is not what is measured."""

    def verify(self, token: str) -> Principal:
        return Principal(token)


class BenchServices(EmbeddedServices):
    """The embedded platform without passwords."""

    @cached_property
    def identity(self) -> AnyIdentity:  # type: ignore[override]
        return AnyIdentity()


class FirestoreBenchServices(GoogleServices):
    """The Google platform without Firebase."""

    @cached_property
    def identity(self) -> AnyIdentity:
        return AnyIdentity()


def bench_services(config: Config) -> BenchServices | FirestoreBenchServices:
    """Those of the platform that `config` names."""
    return FirestoreBenchServices(config) if config.platform == "google" else BenchServices(config)


async def serve_relay(port: int) -> None:
    """The relay as it is, but for the limit of sockets per user."""
    config: Config = services().config
    server = RelayServer(bench_services(config), Limits(max_per_user=1_000_000))
    await server.open("127.0.0.1", port)


async def serve_websockets(port: int) -> None:
    """Broadcasts what one client sends to all others, by the library's own `broadcast`."""
    from websockets.asyncio.server import ServerConnection, broadcast, serve

    rooms: defaultdict[str, set[ServerConnection]] = defaultdict(set)

    async def handle(connection: ServerConnection) -> None:
        assert connection.request is not None
        room = rooms[connection.request.path]
        room.add(connection)
        async for message in connection:
            broadcast(room - {connection}, message)
        room.discard(connection)

    await serve(handle, "127.0.0.1", port, compression=None, backlog=1_024)


async def serve_picows(port: int) -> None:
    """The same on picows."""
    import picows

    rooms: defaultdict[bytes, set[picows.WSTransport]] = defaultdict(set)

    class Listener(picows.WSListener):
        def __init__(self, path: bytes) -> None:
            self._room = rooms[path]

        def on_ws_connected(self, transport: picows.WSTransport) -> None:
            self._room.add(transport)

        def on_ws_frame(self, transport: picows.WSTransport, frame: picows.WSFrame) -> None:
            message = frame.get_payload_as_bytes()
            for each in self._room - {transport}:
                each.send(picows.WSMsgType.TEXT, message)

        def on_ws_disconnected(self, transport: picows.WSTransport) -> None:
            self._room.discard(transport)

    def accept(request: picows.WSUpgradeRequest) -> Listener:
        return Listener(request.path)

    await picows.ws_create_server(accept, "127.0.0.1", port, backlog=1_024)


async def main() -> None:
    """Serves until it is killed."""
    kinds = {"relay": serve_relay, "websockets": serve_websockets, "picows": serve_picows}
    await kinds[sys.argv[1]](int(sys.argv[2]))
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main())
