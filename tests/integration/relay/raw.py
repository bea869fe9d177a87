"""A client that keeps to no rules: bytes over TCP."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass

from websockets.frames import Close as CloseFrame
from websockets.frames import Frame, Opcode

HANDSHAKE = (
    "GET /api/v1/sessions/{session_id}/events HTTP/1.1\r\n"
    "Host: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Version: 13\r\n"
    "{authorization}\r\n"
)


@dataclass
class Raw:
    """One connection."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    async def shake_hands(self, session_id: str, user: str | None = "ada") -> None:
        header = f"Authorization: Bearer token-of-{user}\r\n" if user else ""
        request = HANDSHAKE.format(session_id=session_id, authorization=header)
        self.writer.write(request.encode())
        answer = await self.reader.readuntil(b"\r\n\r\n")
        assert answer.startswith(b"HTTP/1.1 101"), answer

    def send(self, opcode: Opcode, content: bytes) -> None:
        self.writer.write(Frame(opcode, content).serialize(mask=True))

    async def close_code(self) -> int | None:
        """The code of the close frame, whatever comes before it; None if there is none."""
        with suppress(asyncio.IncompleteReadError, ConnectionError):
            while True:
                first, size = await self.reader.readexactly(2)
                if size == 126:
                    size = int.from_bytes(await self.reader.readexactly(2), "big")
                elif size == 127:
                    size = int.from_bytes(await self.reader.readexactly(8), "big")
                content = await self.reader.readexactly(size)
                if first & 0x0F == Opcode.CLOSE:
                    return int(CloseFrame.parse(content).code)
        return None

    async def ended(self) -> None:
        """Returns when the other end has closed."""
        with suppress(ConnectionError):
            while await self.reader.read(65_536):
                pass


@asynccontextmanager
async def raw(port: int, *, receive_bytes: int | None = None) -> AsyncIterator[Raw]:
    near = socket.socket()
    if receive_bytes is not None:
        near.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_bytes)
    near.setblocking(False)
    await asyncio.get_running_loop().sock_connect(near, ("127.0.0.1", port))
    reader, writer = await asyncio.open_connection(
        sock=near, limit=1024 if receive_bytes else 65_536
    )
    try:
        yield Raw(reader, writer)
    finally:
        writer.transport.abort()
