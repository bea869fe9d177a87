"""One accepted connection, from its first byte to its last."""

from __future__ import annotations

import asyncio
from typing import Any, Final

from websockets.asyncio.server import Server, ServerConnection
from websockets.datastructures import Headers
from websockets.http11 import Request
from websockets.server import ServerProtocol

from shared.live.admission import Admission
from shared.live.closing import Close

_FORGOTTEN: Final = Request("", Headers())


class RelayConnection(ServerConnection):
    """A connection that notes its peer's signs of life and is counted while it lasts.

    Args:
        admission: where it is counted.
        head: what its peer has sent before it came to this process.
    """

    def __init__(
        self,
        protocol: ServerProtocol,
        server: Server,
        *,
        admission: Admission[RelayConnection],
        head: bytes = b"",
        **options: Any,
    ) -> None:
        super().__init__(protocol, server, **options)
        self.heard = True
        self._admission = admission
        self._head = head
        self._ending = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        outstayed = self._admission.arrive(self)
        if outstayed is not None:
            outstayed.transport.abort()
        if self._head:
            self.data_received(self._head)
            self._head = b""

    def connection_lost(self, exc: Exception | None) -> None:
        self._admission.depart(self)
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        self.heard = True
        super().data_received(data)
        if not self._ending and self.protocol.close_expected():
            self._ending = True
            # The library leaves it to the peer to go, however long that takes.
            self.loop.call_later(self.close_timeout or 0.0, self.transport.abort)

    async def close(self, code: int = Close.NORMAL, reason: str = "") -> None:
        """Closes it, and cuts it where the peer does not even read the close frame."""
        try:
            # The library bounds the wait for an answer, not the wait until the frame is written.
            async with asyncio.timeout(self.close_timeout):
                await super().close(code, reason)
        except TimeoutError:
            self.transport.abort()

    def forget_request(self) -> None:
        """Lets go of the request's headers: they hold a token, and memory for an hour."""
        self.request, self.response = _FORGOTTEN, None
