"""The relay beside a bare `websockets` broadcast and picows, in one run.

The bare servers send what one client gives them to the others, which is an echo to many; the relay
hears of a commit in the store, reads it, builds its frame and checks every socket's place. All have
the same clients, in this process.
"""

from __future__ import annotations

import asyncio
import json
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Coroutine, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import quantiles
from typing import Any

import psutil
import pytest
from websockets.frames import Frame, Opcode

from infra.local.place import ROOT
from shared.config import Config, Platform
from shared.edge.call import LiveServices
from tests import emulators
from tests.bench.socket_servers import bench_services
from tests.bench.tables import show
from tests.integration.relay.stage import new_session, tell

_HEAD = (
    "GET /api/v1/sessions/{room}/events HTTP/1.1\r\nHost: 127.0.0.1\r\n"
    "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
    "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nAuthorization: Bearer ada\r\n\r\n"
)
_WITHIN_S = 120.0
# Every so many sockets one is timed; the others only count.
_TIMED = 50
# As many events as a window with much in it may have, in one transaction.
_BURST = 100
_COMMITS = 500
_COLUMNS = ("server", "KiB/socket", "CPU us/frame", "p50 ms", "p99 ms", "events/s", "threads")


class Socket(asyncio.Protocol):
    """A client that counts messages of under 64 KiB, and notes when they come if it is timed."""

    def __init__(self, room: str, timed: bool) -> None:
        self.opened: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.count = 0
        self.came_at: list[float] = []
        self.room, self._timed = room, timed
        self._rest = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        transport.write(_HEAD.format(room=self.room).encode())

    def data_received(self, data: bytes) -> None:
        data = self._rest + data
        place = 0
        if not self.opened.done():
            place = data.index(b"\r\n\r\n") + 4
            self.opened.set_result(None)
        while (end := _end_of_frame(data, place)) <= len(data):
            if data[place] == 0x89:
                self._say(Opcode.PONG, data[place + 2 : end])
            elif data[place] == 0x81:
                self.count += 1
                if self._timed:
                    self.came_at.append(time.perf_counter())
            place = end
        self._rest = data[place:]

    def say(self, message: bytes) -> None:
        self._say(Opcode.TEXT, message)

    def _say(self, opcode: Opcode, content: bytes) -> None:
        self.transport.write(Frame(opcode, content).serialize(mask=True))


def _end_of_frame(data: bytes, place: int) -> int:
    if len(data) < place + 4:
        return len(data) + 1
    size = data[place + 1]
    return (
        place + 2 + size
        if size < 126
        else place + 4 + int.from_bytes(data[place + 2 : place + 4], "big")
    )


@dataclass
class Spread:
    """What sending events has cost.

    Attributes:
        from_begin_ms: from the beginning of the commit to the frame, of each timed frame.
        from_end_ms: from its end, as whoever commits sees it; below 0 where the frame came earlier.
    """

    cpu_us: float
    events_per_s: float
    from_begin_ms: list[float]
    from_end_ms: list[float]


@dataclass
class Trial:
    """One server with its clients.

    Attributes:
        services: with which the relay's events are committed; None for a bare server.
    """

    process: psutil.Process
    port: int
    rooms: list[str]
    services: LiveServices | None
    sockets: list[Socket] = field(default_factory=list)
    _speakers: dict[str, Socket] = field(default_factory=dict)
    _sent: int = 0

    async def connect(self, per_room: int) -> float:
        """Opens the sockets; what they cost the server in KiB each, signed in and subscribed."""
        before = self.process.memory_info().rss
        for room in self.rooms:
            self.sockets += [await self._open(room) for _ in range(per_room)]
        await asyncio.sleep(1.0)
        cost_kib = (self.process.memory_info().rss - before) / 1024 / len(self.sockets)
        if self.services is None:
            self._speakers = {room: await self._open(room) for room in self.rooms}
        return cost_kib

    async def _open(self, room: str) -> Socket:
        loop, timed = asyncio.get_running_loop(), len(self.sockets) % _TIMED == 0
        _, opened = await loop.create_connection(
            lambda: Socket(room, timed), "127.0.0.1", self.port
        )
        await opened.opened
        return opened

    async def spread(self, rounds: int, burst: int = 1) -> Spread:
        """Sends `burst` events at once to every room, and again when all sockets have them."""
        begins: list[float] = []
        ends: list[float] = []
        cpu_before, began = self._cpu_s(), time.perf_counter()
        for _ in range(rounds):
            sent_at = {room: await self._send(room, burst) for room in self.rooms}
            self._sent += burst
            await self._all_have(self._sent)
            for timed in (each for each in self.sockets if each.came_at):
                begin, end = sent_at[timed.room]
                begins.append((timed.came_at[-1] - begin) * 1000)
                ends.append((timed.came_at[-1] - end) * 1000)
        took_s, frames = time.perf_counter() - began, rounds * burst * len(self.sockets)
        cpu_us = (self._cpu_s() - cpu_before) / frames * 1e6
        return Spread(cpu_us, rounds * burst * len(self.rooms) / took_s, begins, ends)

    async def _send(self, room: str, count: int) -> tuple[float, float]:
        """When the commit of a room's events began and was done; a bare server's have none."""
        numbers = range(self._sent, self._sent + count)
        if self.services is not None:
            return await asyncio.to_thread(_commit, self.services, room, numbers)
        at = time.perf_counter()
        for number in numbers:
            envelope = {"id": number, "session_id": room, "type": "analysis_progress"}
            self._speakers[room].say(json.dumps({**envelope, "data": {"progress": 1}}).encode())
        return at, at

    async def _all_have(self, count: int) -> None:
        async with asyncio.timeout(_WITHIN_S):
            while any(each.count < count for each in self.sockets):
                await asyncio.sleep(0.001)

    def _cpu_s(self) -> float:
        times = self.process.cpu_times()
        return float(times.user + times.system)


def _commit(services: LiveServices, room: str, numbers: Iterable[int]) -> tuple[float, float]:
    began = time.perf_counter()
    tell(services, room, *numbers)
    return began, time.perf_counter()


def measure(sockets: int, rounds: int) -> None:
    """Prints the tables."""
    servers = ("websockets", "relay", "picows")
    rows = [_run(name, lambda trial: _one_room(trial, sockets, rounds)) for name in servers]
    show(f"1 event to {sockets} sockets, {rounds} times; {_BURST} at once", _COLUMNS, rows)
    # The kernel counts processor time in hundredths of a second.
    bare, relay = float(rows[0][2]) or float("nan"), float(rows[1][2])
    print(f"CPU per frame, relay : websockets broadcast = {relay / bare:.2f}")
    rows = [_run(name, _many_rooms, rooms=sockets) for name in servers]
    show(f"1 event to each of {sockets} sessions with 10 sockets", _COLUMNS, rows)
    print("The bare servers are sent all events at once, the relay's commits follow each other.")
    delays = [("websockets", _run("websockets", _delays)), ("picows", _run("picows", _delays))]
    delays += [("relay, embedded", _run("relay", _delays)), *_on_firestore()]
    columns = ("server", "p50 ms", "p99 ms", "p50 ms, with commit", "p99 ms, with commit")
    rows = [(name, *row[1:-1]) for name, row in delays]
    show(f"From commit to frame, one socket, {_COMMITS} commits", columns, rows)


def _on_firestore() -> Iterator[tuple[str, tuple[Any, ...]]]:
    try:
        with emulators.firestore():
            yield "relay, Firestore emulator", _run("relay", _delays, platform="google")
    except pytest.skip.Exception as missing:
        print(f"Not measured on Firestore: {missing}.")


async def _one_room(trial: Trial, sockets: int, rounds: int) -> tuple[float, ...]:
    memory, spread = await trial.connect(sockets), await trial.spread(rounds)
    burst = await trial.spread(1, _BURST)
    return memory, spread.cpu_us, *_halves(spread.from_end_ms), burst.events_per_s


async def _many_rooms(trial: Trial) -> tuple[float, ...]:
    memory, spread = await trial.connect(10), await trial.spread(1)
    return memory, spread.cpu_us, *_halves(spread.from_end_ms), spread.events_per_s


async def _delays(trial: Trial) -> tuple[float, ...]:
    await trial.connect(1)
    spread = await trial.spread(_COMMITS)
    return *_halves(spread.from_end_ms), *_halves(spread.from_begin_ms)


def _halves(delays_ms: list[float]) -> tuple[float, float]:
    """The 50th and the 99th percentile."""
    cuts = quantiles(delays_ms, n=100)
    return cuts[49], cuts[98]


def _run(
    name: str,
    work: Callable[[Trial], Coroutine[Any, Any, tuple[float, ...]]],
    rooms: int = 1,
    platform: Platform = "embedded",
) -> tuple[Any, ...]:
    """The server's name, what `work` found, and the server's threads."""
    with tempfile.TemporaryDirectory(prefix="insight-bench-") as folder:
        config = Config(platform=platform, data_dir=Path(folder), project=emulators.PROJECT)
        services = bench_services(config)
        sessions = [new_session(services) for _ in range(rooms)]
        with _served(name, config) as (process, port):
            told = services if name == "relay" else None
            trial = Trial(process, port, sessions, told)
            figures = asyncio.run(work(trial))
            return (name, *figures, process.num_threads())


@contextmanager
def _served(name: str, config: Config) -> Iterator[tuple[psutil.Process, int]]:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = int(probe.getsockname()[1])
    environment = {
        **os.environ,
        "INSIGHT_PLATFORM": config.platform,
        "INSIGHT_DATA_DIR": str(config.data_dir),
        "GOOGLE_CLOUD_PROJECT": config.project,
    }
    command = [sys.executable, "-m", "tests.bench.socket_servers", name, str(port)]
    process = subprocess.Popen(command, cwd=ROOT, env=environment)
    try:
        while socket.socket().connect_ex(("127.0.0.1", port)):
            time.sleep(0.05)
        yield psutil.Process(process.pid), port
    finally:
        process.kill()
        process.wait()
