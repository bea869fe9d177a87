"""The relay beside a bare `websockets` broadcast and picows, in one run.

The bare servers send what they are given; the relay hears of a commit in the store, reads it,
builds its frame and checks every socket's place. All have the same clients, in this process.
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
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import quantiles
from typing import Any

import psutil
from websockets.frames import Frame, Opcode

from infra.local.place import ROOT
from shared.config import Config
from tests.bench.socket_servers import BenchServices
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
            self.count += data[place] == 0x81
            place = end
            if self._timed:
                self.came_at.append(time.perf_counter())
        self._rest = data[place:]

    def say(self, message: bytes) -> None:
        self.transport.write(Frame(Opcode.TEXT, message).serialize(mask=True))


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
class Trial:
    """One server with its clients."""

    name: str
    process: psutil.Process
    port: int
    services: BenchServices
    rooms: list[str]
    sockets: list[Socket] = field(default_factory=list)

    async def connect(self, per_room: int) -> float:
        """Opens the sockets; what they cost the server in KiB each."""
        before = self.process.memory_info().rss
        for room in self.rooms:
            self.sockets += [await self._open(room) for _ in range(per_room)]
        await asyncio.sleep(1.0)
        return (self.process.memory_info().rss - before) / 1024 / len(self.sockets)

    async def _open(self, room: str) -> Socket:
        loop, timed = asyncio.get_running_loop(), len(self.sockets) % _TIMED == 0
        _, opened = await loop.create_connection(
            lambda: Socket(room, timed), "127.0.0.1", self.port
        )
        await opened.opened
        return opened

    async def spread(self, rounds: int) -> tuple[float, float, float, float]:
        """(CPU in microseconds per message, p50 and p99 in ms, messages per second)."""
        speaker = None if self.name == "relay" else await self._open("speaker")
        delays_ms: list[float] = []
        cpu_before, began = self._cpu_s(), time.perf_counter()
        for number in range(rounds):
            sent_at = await self._send(speaker, number)
            await self._all_have(number + 1)
            timed = [each for each in self.sockets if each.came_at]
            delays_ms += [(each.came_at[-1] - sent_at[each.room]) * 1000 for each in timed]
        messages = rounds * len(self.sockets)
        per_s = messages / (time.perf_counter() - began)
        cuts = quantiles(delays_ms, n=100)
        return (self._cpu_s() - cpu_before) / messages * 1e6, cuts[49], cuts[98], per_s

    async def _send(self, speaker: Socket | None, number: int) -> dict[str, float]:
        """When each room's event was committed, or sent to the server that only passes it on."""
        sent_at: dict[str, float] = {}
        for room in self.rooms:
            if speaker is None:
                await asyncio.to_thread(tell, self.services, room, number)
            sent_at[room] = time.perf_counter()
            if speaker is not None:
                envelope = {"id": number, "session_id": room, "type": "analysis_progress"}
                speaker.say(json.dumps({**envelope, "data": {"progress": number}}).encode())
        return sent_at

    async def _all_have(self, count: int) -> None:
        async with asyncio.timeout(_WITHIN_S):
            while any(each.count < count for each in self.sockets):
                await asyncio.sleep(0.001)

    def _cpu_s(self) -> float:
        times = self.process.cpu_times()
        return float(times.user + times.system)


def measure(sockets: int, rounds: int) -> None:
    """Prints the tables."""
    names = ("websockets", "relay", "picows")
    rows = [_run(name, lambda trial: _one_room(trial, sockets, rounds)) for name in names]
    columns = ("server", "KiB/socket", "CPU us/msg", "p50 ms", "p99 ms", "msg/s", "threads")
    show(f"1 event to {sockets} sockets, {rounds} times", columns, rows)
    # The kernel counts processor time in hundredths of a second.
    bare, relay = float(rows[0][2]) or float("nan"), float(rows[1][2])
    print(f"CPU per message, relay : websockets broadcast = {relay / bare:.2f}")
    row = _run("relay", lambda trial: _many_rooms(trial, 10), rooms=max(1, sockets))
    show(f"1 event to each of {sockets} sessions with 10 sockets", columns, [row])
    row = _run("relay", lambda trial: _one_room(trial, 1, 500))
    show(
        "From commit to frame, one socket, 500 commits",
        ("server", "p50 ms", "p99 ms"),
        [(row[0], *row[3:5])],
    )


async def _one_room(trial: Trial, sockets: int, rounds: int) -> tuple[float, ...]:
    memory = await trial.connect(sockets)
    return (memory, *await trial.spread(rounds))


async def _many_rooms(trial: Trial, per_room: int) -> tuple[float, ...]:
    return (await trial.connect(per_room), *await trial.spread(1))


def _run(
    name: str, work: Callable[[Trial], Coroutine[Any, Any, tuple[float, ...]]], rooms: int = 1
) -> tuple[str, *tuple[float, ...]]:
    with tempfile.TemporaryDirectory(prefix="insight-bench-") as folder:
        services = BenchServices(Config(data_dir=Path(folder)))
        sessions = [new_session(services) for _ in range(rooms)]
        with _served(name, Path(folder)) as (process, port):
            trial = Trial(name, process, port, services, sessions)
            figures = asyncio.run(work(trial))
            return (name, *figures, process.num_threads())


@contextmanager
def _served(name: str, folder: Path) -> Iterator[tuple[psutil.Process, int]]:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = int(probe.getsockname()[1])
    environment = {**os.environ, "INSIGHT_PLATFORM": "embedded", "INSIGHT_DATA_DIR": str(folder)}
    command = [sys.executable, "-m", "tests.bench.socket_servers", name, str(port)]
    process = subprocess.Popen(command, cwd=ROOT, env=environment)
    try:
        while socket.socket().connect_ex(("127.0.0.1", port)):
            time.sleep(0.05)
        yield psutil.Process(process.pid), port
    finally:
        process.kill()
        process.wait()
