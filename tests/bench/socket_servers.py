"""Servers that send one event to many sockets: the relay, and two that do nothing else.

python -m tests.bench.socket_servers relay|websockets|picows PORT
"""

from __future__ import annotations

import asyncio
import sys
from functools import cached_property

from functions.relay.server import RelayServer
from shared.application.ports import Principal
from shared.bootstrap import EmbeddedServices, services
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


async def serve_relay(port: int) -> None:
    """The relay as it is, but for the limit of sockets per user."""
    config: Config = services().config
    server = RelayServer(BenchServices(config), Limits(max_per_user=1_000_000))
    await server.open("127.0.0.1", port)


async def serve_websockets(port: int) -> None:
    """Broadcasts what one client sends to all others, by the library's own `broadcast`."""
    from websockets.asyncio.server import ServerConnection, broadcast, serve

    connections: set[ServerConnection] = set()

    async def handle(connection: ServerConnection) -> None:
        connections.add(connection)
        async for message in connection:
            broadcast(connections - {connection}, message)
        connections.discard(connection)

    await serve(handle, "127.0.0.1", port, compression=None, backlog=1_024)


async def serve_picows(port: int) -> None:
    """The same on picows."""
    import picows

    transports: set[picows.WSTransport] = set()

    class Listener(picows.WSListener):
        def on_ws_connected(self, transport: picows.WSTransport) -> None:
            transports.add(transport)

        def on_ws_frame(self, transport: picows.WSTransport, frame: picows.WSFrame) -> None:
            message = frame.get_payload_as_bytes()
            for each in transports - {transport}:
                each.send(picows.WSMsgType.TEXT, message)

        def on_ws_disconnected(self, transport: picows.WSTransport) -> None:
            transports.discard(transport)

    await picows.ws_create_server(lambda _: Listener(), "127.0.0.1", port, backlog=1_024)


async def main() -> None:
    """Serves until it is killed."""
    kinds = {"relay": serve_relay, "websockets": serve_websockets, "picows": serve_picows}
    await kinds[sys.argv[1]](int(sys.argv[2]))
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main())
