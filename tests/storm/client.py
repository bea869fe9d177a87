"""A client as the documentation asks for one: it reconnects and resumes with its last id."""

from __future__ import annotations

import asyncio
import json
import random
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import WebSocketException

from shared.domain.errors import Unavailable


@dataclass
class Watcher:
    """Follows one session to its last event.

    Attributes:
        ticket: issues a ticket for the session.
        seen: last id; everything up to it was received once and in order, or told as lost.
        faults: in words; none if all is well.
    """

    uri: str
    token: str
    ticket: Callable[[], Awaitable[str]]
    last: int
    choice: random.Random
    seen: int = 0
    received: int = 0
    resets: int = 0
    connections: int = 0
    codes: Counter[int | None] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)

    async def follow(self) -> None:
        """Until the last event is there."""
        while self.seen < self.last:
            self.connections += 1
            try:
                await self._connect_once()
            except (OSError, EOFError, TimeoutError, WebSocketException, Unavailable):
                await asyncio.sleep(self.choice.uniform(0, 0.05))

    async def _connect_once(self) -> None:
        way = self.choice.choice([self._by_header, self._by_frame, self._by_ticket])
        async with await way() as socket:
            try:
                async for message in socket:
                    self._take(json.loads(message))
                    if self.seen >= self.last:
                        return
            finally:
                self.codes[socket.close_code] += 1

    async def _by_header(self) -> connect:
        return self._open(f"?after={self.seen}", {"Authorization": f"Bearer {self.token}"})

    async def _by_ticket(self) -> connect:
        return self._open(f"?after={self.seen}&ticket={await self.ticket()}")

    async def _by_frame(self) -> _Greeting:
        frame = json.dumps({"token": self.token, "after": self.seen})
        return _Greeting(self._open(""), frame)

    def _open(self, query: str, headers: dict[str, str] | None = None) -> connect:
        return connect(
            self.uri + query,
            additional_headers=headers,
            proxy=None,
            compression=None,
            open_timeout=10,
            ping_interval=None,
            close_timeout=0.2,
        )

    def _take(self, message: dict[str, Any]) -> None:
        reset = message["type"] == "reset"
        if not reset and message["id"] != self.seen + 1:
            self.faults.append(f"{message['id']} came after {self.seen}")
        if reset and message["id"] <= self.seen:
            self.faults.append(f"reset to {message['id']} at {self.seen}")
        self.resets += reset
        self.received += not reset
        self.seen = message["id"]


class _Greeting:
    """A connection whose first frame shows who it is."""

    def __init__(self, opening: connect, frame: str) -> None:
        self._opening = opening
        self._frame = frame

    async def __aenter__(self) -> ClientConnection:
        socket = await self._opening.__aenter__()
        try:
            await socket.send(self._frame)
        except BaseException:
            await self._opening.__aexit__(None, None, None)
            raise
        return socket

    async def __aexit__(self, *error: Any) -> None:
        await self._opening.__aexit__(*error)
