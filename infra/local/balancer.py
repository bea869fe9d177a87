"""The load balancer of `--platform google`: it routes by the table, each request to its service.

On the public socket it stands for Google's load balancer before the public services and for
Firebase's sign-in; on the other, for Pub/Sub's and Cloud Scheduler's way to the internal ones.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import signal
import socket
from collections.abc import Awaitable, Callable
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Final

from infra.local import lifeline
from infra.local.containers import Containers, NotStarted
from infra.local.front import is_front
from infra.local.push_issuer import KEYS_PATH, PushIssuer, push_key
from infra.local.request_head import Malformed, RequestHead
from infra.local.routing import Routes
from shared.config import Config
from shared.domain.errors import RouteNotFound, Unavailable
from shared.edge.problems import MEDIA_TYPE, render_problem, status_of
from shared.endpoints import ENDPOINTS, RELAY, Caller

_HEAD_BYTES: Final = 65_536
_HEAD_WITHIN_S: Final = 30.0
_PIECE_BYTES: Final = 65_536
_PUBLIC: Final = Routes(e for e in ENDPOINTS if e.caller is not Caller.PLATFORM)
_INTERNAL: Final = Routes(e for e in ENDPOINTS if e.caller is Caller.PLATFORM)
# Answers what no service has, as the URL map's default does.
_DEFAULT: Final = "get_health"

Connection = tuple[asyncio.StreamReader, asyncio.StreamWriter]
Answer = Callable[[RequestHead, Connection], Awaitable[None]]


class Balancer:
    """Takes connections, each for one request, and joins each to the service that answers it.

    Args:
        front: port of the sign-in.
    """

    def __init__(self, containers: Containers, issuer: PushIssuer, front: int) -> None:
        self._containers = containers
        self._issuer = issuer
        self._front = front

    async def serve_public(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        """A connection from anybody."""
        await self._serve((reader, writer), self._public)

    async def serve_internal(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        """A connection from this machine's own processes."""
        await self._serve((reader, writer), self._internal)

    async def _serve(self, client: Connection, answer: Answer) -> None:
        reader, writer = client
        with suppress(OSError, EOFError, TimeoutError, asyncio.LimitOverrunError):
            raw = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), _HEAD_WITHIN_S)
            try:
                await answer(RequestHead.parse(raw), client)
            except Malformed:
                # The service's own server says what is wrong with it.
                await self._pass(_DEFAULT, raw, client)
            except NotStarted:
                _refuse(writer, Unavailable("The service does not start."))
        with suppress(OSError):
            writer.close()
            await writer.wait_closed()

    async def _public(self, head: RequestHead, client: Connection) -> None:
        if (head.header("Upgrade") or "").lower() == "websocket":
            await self._pass(RELAY.name, bytes(head), client)
        elif is_front(head.path):
            upstream = await asyncio.open_connection("127.0.0.1", self._front)
            await _join(client, upstream, bytes(head.with_header("Connection", "close")))
        else:
            name = _name_of(_PUBLIC, head) or _DEFAULT
            await self._pass(name, bytes(head.with_header("Connection", "close")), client)

    async def _internal(self, head: RequestHead, client: Connection) -> None:
        name = _name_of(_INTERNAL, head)
        if head.path == KEYS_PATH:
            _answer(client[1], "200 OK", "application/json", self._issuer.keys())
        elif name is None:
            _refuse(client[1], RouteNotFound())
        else:
            named = head.asked("key") or head.header("X-Push-Key") or ""
            if token := self._issuer.token(named):
                head = head.with_header("Authorization", f"Bearer {token}").without_query()
            await self._pass(name, bytes(head.with_header("Connection", "close")), client)

    async def _pass(self, name: str, head: bytes, client: Connection) -> None:
        upstream = await self._containers.connect(name.replace("_", "-"))
        await _join(client, upstream, head)


def _name_of(routes: Routes, head: RequestHead) -> str | None:
    wanted = head.header("Access-Control-Request-Method")
    return routes.name_of(head.path, head.method, wanted)


async def _join(client: Connection, upstream: Connection, head: bytes) -> None:
    """Gives each side what the other sends, until the service has said all that it has to say."""
    upstream[1].write(head)
    sending = asyncio.create_task(_send(client[0], upstream[1]))
    try:
        if not await _pump(upstream[0], client[1]):
            _refuse(client[1], Unavailable("The service has ended; try again."))
    finally:
        sending.cancel()
        upstream[1].close()


async def _send(source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
    await _pump(source, sink)
    # A service that waits for more of a body learns that no more comes.
    with suppress(OSError):
        sink.write_eof()


async def _pump(source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> int:
    """Passes on what comes, to its end; how many bytes that was."""
    passed = 0
    with suppress(OSError):
        while piece := await source.read(_PIECE_BYTES):
            passed += len(piece)
            sink.write(piece)
            await sink.drain()
    return passed


def _refuse(writer: asyncio.StreamWriter, error: RouteNotFound | Unavailable) -> None:
    status = status_of(error)
    _answer(writer, f"{status} Refused", MEDIA_TYPE, render_problem(error, ""))


def _answer(writer: asyncio.StreamWriter, status: str, kind: str, body: bytes) -> None:
    head = f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n"
    writer.write(f"{head}Connection: close\r\n\r\n".encode() + body)


async def run(given: argparse.Namespace) -> None:
    """Serves until SIGTERM."""
    config = Config.from_environment(os.environ)
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    containers = Containers(Path(given.logs), {})
    balancer = Balancer(containers, PushIssuer(push_key(config)), given.front)
    listen = partial(asyncio.start_server, limit=_HEAD_BYTES)
    public = await listen(balancer.serve_public, sock=socket.socket(fileno=given.public))
    internal = await listen(balancer.serve_internal, sock=socket.socket(fileno=given.internal))
    async with public, internal:
        await stop.wait()


def main() -> None:
    """Command line: lifeline, the sockets to serve, the sign-in's port, the folder of logs."""
    parser = argparse.ArgumentParser(prog="infra.local.balancer")
    parser.add_argument("lifeline", type=int)
    parser.add_argument("--public", type=int, required=True)
    parser.add_argument("--internal", type=int, required=True)
    parser.add_argument("--front", type=int, required=True)
    parser.add_argument("--logs", required=True)
    given = parser.parse_args()
    lifeline.end_with(given.lifeline)
    asyncio.run(run(given))


if __name__ == "__main__":
    main()
