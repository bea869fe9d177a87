"""Opens the relay's sockets and drains them when the process is told to end."""

from __future__ import annotations

import asyncio
import logging
import signal
import socket
from functools import partial
from typing import Any

from websockets.asyncio.server import Server, serve
from websockets.server import ServerProtocol

from shared.edge.call import LiveServices
from shared.live.closing import MEANINGS, Close
from shared.live.limits import Limits

from .relay import Relay

_HEAD_BYTES = 65_536


class RelayServer:
    """A relay on a port.

    Attributes:
        relay: what happens on its sockets.
        port: where it listens.
    """

    def __init__(self, services: LiveServices, limits: Limits | None = None) -> None:
        self.relay = Relay(services, limits or Limits())
        self.port = 0
        self._server: Server | None = None
        # It logs headers and messages, at any level.
        logging.getLogger("websockets").setLevel(logging.CRITICAL + 1)

    async def open(self, host: str, port: int) -> None:
        """Begins to accept connections; port 0: any that is free."""
        limits = self.relay.limits
        self._server = await serve(
            self.relay.serve,
            host,
            port,
            # One frame for all sockets, no memory per socket, and no length that tells of secrets.
            compression=None,
            process_request=self.relay.screen,
            create_connection=self.relay.connect,  # type: ignore[arg-type]
            open_timeout=limits.first_frame_s,
            server_header=None,
            max_size=limits.max_message_bytes,
            backlog=1_024,
            **self._options,
        )
        self.port = next(iter(self._server.sockets)).getsockname()[1]

    async def adopt(self, accepted: socket.socket, head: bytes) -> None:
        """Serves a connection that another process has accepted and read `head` from."""
        assert self._server is not None  # noqa: S101
        protocol = ServerProtocol(max_size=self.relay.limits.max_message_bytes)
        factory = partial(self.relay.connect, protocol, self._server, head, **self._options)
        accepted.setblocking(False)
        loop = asyncio.get_running_loop()
        try:
            await loop.connect_accepted_socket(factory, accepted)
        except OSError:
            accepted.close()

    def adopt_from(self, source: socket.socket) -> None:
        """Adopts every connection that arrives at `source`, one per datagram, with its head."""
        source.setblocking(False)
        adoptions: set[asyncio.Task[None]] = set()

        def receive() -> None:
            head, descriptors, _, _ = socket.recv_fds(source, _HEAD_BYTES, 1)
            for descriptor in descriptors:
                task = asyncio.create_task(self.adopt(socket.socket(fileno=descriptor), head))
                adoptions.add(task)
                task.add_done_callback(adoptions.discard)

        asyncio.get_running_loop().add_reader(source, receive)

    async def drain(self) -> None:
        """Tells every client to come back, and waits until they are gone or have had their time."""
        assert self._server is not None  # noqa: S101
        self._server.close(code=Close.RESTART, reason=MEANINGS[Close.RESTART].reason)
        await self._server.wait_closed()

    @property
    def _options(self) -> dict[str, Any]:
        # Heartbeats are the relay's own: a task per socket for them would cost too much.
        return {
            "ping_interval": None,
            "close_timeout": self.relay.limits.close_s,
            "max_queue": 4,
            "write_limit": 64 * 1024,
        }


async def run(
    services: LiveServices, host: str, port: int, adopt_from: socket.socket | None = None
) -> None:
    """Serves until SIGTERM, then drains."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    server = RelayServer(services)
    await server.open(host, port)
    if adopt_from is not None:
        server.adopt_from(adopt_from)
    await stop.wait()
    await server.drain()
    services.listener.close()
