"""A TCP proxy that cuts connections at any byte, in the middle of a frame or of a handshake."""

from __future__ import annotations

import asyncio
import random


class Cutter:
    """Passes bytes on until a connection has used up its allowance, then aborts both ends.

    Args:
        port: of the relay, on this machine.
        mean_bytes: how much a connection may carry on average; set to None, it cuts no more.
    """

    def __init__(self, port: int, choice: random.Random, mean_bytes: float) -> None:
        self.mean_bytes: float | None = mean_bytes
        self.cuts = 0
        self.port = 0
        self._relay_port = port
        self._choice = choice
        self._server: asyncio.Server | None = None

    async def __aenter__(self) -> Cutter:
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(lambda: _Near(self), "127.0.0.1", 0, backlog=1_024)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._server is not None
        self._server.close()

    def allowance(self) -> float:
        """How many bytes a new connection may carry, in both directions together."""
        if self.mean_bytes is None:
            return float("inf")
        return self._choice.expovariate(1 / self.mean_bytes)

    async def dial(self, near: _Near) -> None:
        loop = asyncio.get_running_loop()
        try:
            await loop.create_connection(lambda: near.far, "127.0.0.1", self._relay_port)
        except OSError:
            near.abort()


class _End(asyncio.Protocol):
    """One end of a connection that is passed on."""

    transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport

    def abort(self) -> None:
        if self.transport is not None:
            self.transport.abort()


class _Near(_End):
    """The client's end; the allowance is kept here."""

    def __init__(self, cutter: Cutter) -> None:
        self.far = _Far(self)
        self._cutter = cutter
        self._left = cutter.allowance()
        self._waiting = b""
        self._dialling: asyncio.Task[None] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        self._dialling = asyncio.create_task(self._cutter.dial(self))

    def data_received(self, data: bytes) -> None:
        self._waiting += data
        if self.far.transport is not None:
            self.pass_on()

    def pass_on(self) -> None:
        """What the client has sent so far."""
        waiting, self._waiting = self._waiting, b""
        self.carry(self.far, waiting)

    def carry(self, to: _End, data: bytes) -> None:
        """As much of `data` as the allowance lets; then no more, in either direction."""
        allowed = data if self._left >= len(data) else data[: int(self._left)]
        self._left -= len(data)
        if to.transport is not None:
            to.transport.write(allowed)
        if self._left < 0:
            self._cutter.cuts += 1
            self.abort()
            self.far.abort()

    def connection_lost(self, exc: Exception | None) -> None:
        if self.far.transport is not None:
            self.far.transport.close()


class _Far(_End):
    """The relay's end."""

    def __init__(self, near: _Near) -> None:
        self._near = near

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        if self._near.transport is None or self._near.transport.is_closing():
            self.abort()
        else:
            self._near.pass_on()

    def data_received(self, data: bytes) -> None:
        self._near.carry(self._near, data)

    def connection_lost(self, exc: Exception | None) -> None:
        if self._near.transport is not None:
            self._near.transport.close()
