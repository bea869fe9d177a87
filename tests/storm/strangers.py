"""`python -m tests.storm.strangers`: 10,000 connections at once that never say who they are.

The relay is in a process of its own. What it holds is read from outside after every wave, once it
has closed them all; meanwhile a client that has shown who it is hears of every commit.
"""

from __future__ import annotations

import argparse
import asyncio
import multiprocessing
import resource
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from multiprocessing.connection import Connection
from pathlib import Path

import psutil
from websockets.asyncio.client import connect

from functions.relay.server import RelayServer
from shared.config import Config
from shared.live.limits import Limits
from tests.bench.socket_servers import BenchServices
from tests.integration.relay.raw import HANDSHAKE
from tests.integration.relay.stage import new_session, take, tell

_SESSION = "A" * 20
# Nothing at all, half a request, and a socket whose first frame never comes.
_SAYINGS = (
    b"",
    b"GET /api/v1/sessions/a/events HTTP/1.1\r\nHost: x\r\n",
    HANDSHAKE.format(session_id=_SESSION, authorization="").encode(),
)
_WITHIN_S = 120.0
_AT_ONCE = 200
# A connection that is never let go costs twice that.
_SLACK_BYTES = 4 * 1024
# The store's threads may open their files at any time.
_SLACK_DESCRIPTORS, _SLACK_THREADS = 50, 16


@dataclass
class Siege:
    """What the relay held after each wave, when all of its strangers were gone.

    Attributes:
        heard: events that reached the client that is no stranger.
        came_in: clients that were let in amid the strangers.
        lasted_s: how long each wave took to be closed to the last, from its first connection.
    """

    rss_kib: list[int] = field(default_factory=list)
    descriptors: list[int] = field(default_factory=list)
    threads: list[int] = field(default_factory=list)
    lasted_s: list[float] = field(default_factory=list)
    heard: int = 0
    came_in: int = 0

    def faults(self, count: int) -> list[str]:
        """What `count` strangers a time have done to the relay, in words; the first warm it up."""
        waves = len(self.rss_kib)
        growth_bytes = (self.rss_kib[-1] - self.rss_kib[0]) * 1024
        per_stranger = growth_bytes / ((waves - 1) * count)
        found = {
            f"{self.heard} of {waves} events were heard": self.heard < waves,
            f"{self.came_in} of {waves} clients were let in": self.came_in < waves,
            f"{per_stranger:.0f} bytes stayed of each": per_stranger > _SLACK_BYTES,
            f"descriptors: {self.descriptors}": _grew(self.descriptors, _SLACK_DESCRIPTORS),
            f"threads: {self.threads}": _grew(self.threads, _SLACK_THREADS),
        }
        return [told for told, is_so in found.items() if is_so]


def _grew(figures: list[int], slack: int) -> bool:
    return max(figures) - figures[0] > slack


class Stranger(asyncio.Protocol):
    """A connection that says one thing, and waits to be closed."""

    def __init__(self, says: bytes) -> None:
        self.ended: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._says = says

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        transport.write(self._says)

    def connection_lost(self, exc: Exception | None) -> None:
        self.ended.set_result(None)


@dataclass
class Besieged:
    """A relay with a store, and a session that one client follows."""

    services: BenchServices
    process: psutil.Process
    port: int

    async def stand(self, count: int, waves: int) -> Siege:
        """`waves` times `count` strangers at once."""
        siege, session_id = Siege(), new_session(self.services)
        uri = f"ws://127.0.0.1:{self.port}/api/v1/sessions/{session_id}/events"
        known = partial(
            connect, uri, additional_headers={"Authorization": "Bearer ada"}, proxy=None
        )
        async with known() as client:
            for _ in range(waves):
                began = time.monotonic()
                strangers = await self._arrive(count)
                await asyncio.to_thread(tell, self.services, session_id, 1)
                siege.heard += len(await take(client, 1))
                async with known() as other:
                    siege.came_in += len(await take(other, 1))
                async with asyncio.timeout(_WITHIN_S):
                    await asyncio.gather(*(stranger.ended for stranger in strangers))
                siege.lasted_s.append(time.monotonic() - began)
                self._look(siege)
        return siege

    async def _arrive(self, count: int) -> list[Stranger]:
        loop, gate = asyncio.get_running_loop(), asyncio.Semaphore(_AT_ONCE)

        async def one(number: int) -> Stranger:
            says = _SAYINGS[number % len(_SAYINGS)]
            async with gate:
                _, stranger = await loop.create_connection(
                    partial(Stranger, says), "127.0.0.1", self.port
                )
                return stranger

        return list(await asyncio.gather(*map(one, range(count))))

    def _look(self, siege: Siege) -> None:
        siege.rss_kib.append(self.process.memory_info().rss // 1024)
        siege.descriptors.append(self.process.num_fds())
        siege.threads.append(self.process.num_threads())


@contextmanager
def besieged(folder: Path, limits: Limits) -> Iterator[Besieged]:
    """A relay in a process of its own, which is killed in the end."""
    near, far = multiprocessing.Pipe()
    spawning = multiprocessing.get_context("spawn")
    process = spawning.Process(target=_serve, args=(folder, limits, far), daemon=True)
    process.start()
    try:
        services = BenchServices(Config(data_dir=folder))
        yield Besieged(services, psutil.Process(process.pid), near.recv())
    finally:
        process.kill()
        process.join()


def _serve(folder: Path, limits: Limits, told: Connection) -> None:
    async def serve() -> None:
        server = RelayServer(BenchServices(Config(data_dir=folder)), limits)
        await server.open("127.0.0.1", 0)
        told.send(server.port)
        await asyncio.Event().wait()

    asyncio.run(serve())


def allow_connections(count: int) -> bool:
    """Lets this process and those it starts open `count` sockets; whether that is possible."""
    wanted = count + 256
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard != resource.RLIM_INFINITY and hard < wanted:
        return False
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, wanted), hard))
    return True


def main() -> int:
    """Prints what the relay held after each wave."""
    parser = argparse.ArgumentParser(prog="tests.storm.strangers", description=__doc__)
    parser.add_argument("--strangers", type=int, default=10_000)
    parser.add_argument("--waves", type=int, default=5, help="at least 2")
    given = parser.parse_args()
    if not allow_connections(given.strangers):
        print("The system allows this process fewer sockets: ulimit -Hn")
        return 1
    with (
        tempfile.TemporaryDirectory(prefix="insight-strangers-") as folder,
        besieged(Path(folder), Limits()) as relay,
    ):
        siege = asyncio.run(relay.stand(given.strangers, given.waves))
    print(f"{given.strangers} strangers at once, {given.waves} times; after each time:")
    print(f"RSS KiB        {siege.rss_kib}")
    print(f"descriptors    {siege.descriptors}")
    print(f"threads        {siege.threads}")
    print(f"all closed in  {[round(each, 1) for each in siege.lasted_s]} s")
    print(f"events heard   {siege.heard}, clients let in meanwhile {siege.came_in}")
    faults = siege.faults(given.strangers)
    print(f"faults         {faults or 'none'}")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
