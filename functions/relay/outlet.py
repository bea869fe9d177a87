"""Where a session's frames go: one socket."""

from __future__ import annotations

import asyncio
import random
from typing import Final

from websockets.protocol import State

from shared.live.closing import MEANINGS, Close, Closing
from shared.live.frames import PING
from shared.live.limits import Limits
from shared.live.vigil import Vigil

from .connection import RelayConnection

_closings: Final[set[asyncio.Task[None]]] = set()


class SocketOutlet:
    """A client of one session.

    Args:
        cursor: number of the last event that the client has seen.
        lasts_s: how long its token still holds; None: without end.
    """

    __slots__ = ("_connection", "_ended", "_limits", "_timer", "_vigil", "cursor", "session_id")

    def __init__(
        self,
        connection: RelayConnection,
        session_id: str,
        cursor: int,
        limits: Limits,
        lasts_s: float | None,
    ) -> None:
        self.session_id = session_id
        self.cursor = cursor
        self._connection = connection
        self._limits = limits
        self._ended = False
        now_s = connection.loop.time()
        until_s = None if lasts_s is None else now_s + lasts_s
        self._vigil = Vigil(limits, now_s, until_s, random.random())  # noqa: S311
        self._timer = self._next_beat(random.random())  # noqa: S311

    def write(self, frames: bytes) -> None:
        """Sends frames that were built for all outlets, or ends this one if it does not read.

        They are written to the transport as they are: a server's frames are not masked, none is
        compressed here, and none is ever fragmented, so that one is right for every socket.
        """
        connection = self._connection
        if self._ended or connection.protocol.state is not State.OPEN:
            return
        transport = connection.transport
        if transport.get_write_buffer_size() > self._limits.max_backlog_bytes:
            self.end(Close.SLOW_READER)
        else:
            transport.write(frames)

    async def write_patiently(self, frames: bytes) -> None:
        """Sends history and waits until the client has nearly taken it.

        Raises:
            Closing: it takes too long.
        """
        connection = self._connection
        if connection.protocol.state is not State.OPEN:
            raise Closing(Close.NORMAL)
        connection.transport.write(frames)
        try:
            async with asyncio.timeout(self._limits.stall_s):
                await connection.drain()
        except TimeoutError:
            raise Closing(Close.SLOW_READER) from None

    def end(self, code: Close) -> None:
        """Closes the socket; a second call changes nothing."""
        if self._ended:
            return
        self._ended = True
        task = asyncio.create_task(self._connection.close(code, MEANINGS[code].reason))
        # The loop itself holds tasks only weakly.
        _closings.add(task)
        task.add_done_callback(_closings.discard)

    def renew(self, lasts_s: float | None) -> None:
        """The client has shown a newer token."""
        now_s = self._connection.loop.time()
        self._vigil.until_s = None if lasts_s is None else now_s + lasts_s
        self._timer.cancel()
        self._timer = self._next_beat()

    def rest(self) -> None:
        """No more heartbeats: the socket is at its end."""
        self._timer.cancel()

    def _next_beat(self, part: float = 1.0) -> asyncio.TimerHandle:
        loop = self._connection.loop
        return loop.call_later(self._vigil.due_in_s(loop.time()) * part, self._beat)

    def _beat(self) -> None:
        connection, vigil = self._connection, self._vigil
        vigil.heard, connection.heard = connection.heard, False
        code = vigil.beat(connection.loop.time())
        if code is not None:
            self.end(code)
            return
        self.write(PING)
        self._timer = self._next_beat()
