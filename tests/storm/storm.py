"""Storms: clients of many sessions, cut at random bytes, while the relay is killed with -9."""

from __future__ import annotations

import asyncio
import os
import random
import signal
import socket
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from shared.adapters.embedded.sign_in import SignIn
from shared.application.access import forget
from shared.application.event_ticket import issue_ticket
from shared.application.stream import event_path
from shared.bootstrap import EmbeddedServices
from shared.config import Config
from shared.domain.errors import Unavailable
from tests.integration.relay.stage import new_session, tell
from tests.storm.client import Watcher
from tests.storm.proxy import Cutter

ROOT = Path(__file__).resolve().parents[2]
EVENTS = 40
_MEAN_BYTES = 3_000
_WITHIN_S = 240.0
_MAX_KILLS = 5
_CLIENTS_PER_SESSION = 10


@dataclass
class Outcome:
    """What storms have done, and what went wrong."""

    storms: int = 0
    clients: int = 0
    unfinished: int = 0
    received: int = 0
    resets: int = 0
    connections: int = 0
    cuts: int = 0
    kills: int = 0
    codes: Counter[int | None] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)

    def add(self, watcher: Watcher, expired: bool) -> None:
        """One client's part."""
        self.clients += 1
        self.received += watcher.received
        self.resets += watcher.resets
        self.connections += watcher.connections
        self.codes += watcher.codes
        self.faults += watcher.faults
        if watcher.seen < watcher.last:
            self.unfinished += 1
        elif not expired and (watcher.resets or watcher.received != watcher.last):
            self.faults.append(f"{watcher.received} of {watcher.last}, {watcher.resets} resets")


class Ground:
    """Where storms pass: a store, signed-in people and a relay in a process of its own."""

    def __init__(self, folder: Path, port: int) -> None:
        self.services = EmbeddedServices(Config(data_dir=folder))
        self.port = port
        directory = folder / "identity"
        self._sign_in = SignIn(self.services.identity, directory, self.services.config.project)
        self._people: list[tuple[str, str]] = []

    def person(self, number: int) -> tuple[str, str]:
        """(user id, token) of the person of that number."""
        while len(self._people) <= number:
            account = {"email": f"p{len(self._people)}@example.org", "password": "storm storm"}
            answer = self._sign_in.sign_up(account)
            self._people.append((answer["localId"], answer["idToken"]))
        return self._people[number]


@contextmanager
def ground(folder: Path) -> Iterator[tuple[Ground, psutil.Process]]:
    """A ground and the parent of its relay."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    environment = {**os.environ, "INSIGHT_PLATFORM": "embedded", "INSIGHT_DATA_DIR": str(folder)}
    command = [sys.executable, "-m", "tests.storm.relay", str(port)]
    process = subprocess.Popen(command, cwd=ROOT, env=environment)
    try:
        yield Ground(folder, port), psutil.Process(process.pid)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait()


async def pass_over(
    place: Ground, relay: psutil.Process, clients: int, seed: int, outcome: Outcome
) -> None:
    """One storm; adds to `outcome`."""
    choice = random.Random(seed)
    expired = choice.random() < 0.2
    sessions = [
        (new_session(place.services, place.person(n)[0]), *place.person(n))
        for n in range(-(-clients // _CLIENTS_PER_SESSION))
    ]
    stop = threading.Event()
    async with Cutter(place.port, choice, _MEAN_BYTES) as cutter:
        watchers = [
            _watcher(place, cutter, sessions[n % len(sessions)], choice) for n in range(clients)
        ]
        killer = asyncio.to_thread(_kill_now_and_then, relay, choice.random(), stop, outcome)
        killing = asyncio.create_task(killer)
        ids = [session_id for session_id, _, _ in sessions]
        telling = asyncio.create_task(asyncio.to_thread(_tell_all, place, ids, seed, expired))
        try:
            async with asyncio.timeout(_WITHIN_S):
                await asyncio.gather(telling, *(watcher.follow() for watcher in watchers))
        except TimeoutError:
            # Too slow a machine is no fault of the relay; who was left behind is counted.
            telling.cancel()
        stop.set()
        await killing
    for watcher in watchers:
        outcome.add(watcher, expired)
    outcome.storms += 1
    outcome.cuts += cutter.cuts


def _watcher(
    place: Ground, cutter: Cutter, session: tuple[str, str, str], choice: random.Random
) -> Watcher:
    session_id, user_id, token = session

    async def ticket() -> str:
        issued = await asyncio.to_thread(issue_ticket, place.services, user_id, session_id, None)
        return issued.secret

    uri = f"ws://127.0.0.1:{cutter.port}/api/v1/sessions/{session_id}/events"
    return Watcher(uri, token, ticket, EVENTS, random.Random(choice.random()))


def _tell_all(place: Ground, session_ids: list[str], seed: int, expired: bool) -> None:
    choice, told = random.Random(seed), dict.fromkeys(session_ids, 0)
    while told:
        session_id = choice.choice(list(told))
        count = min(choice.randint(1, 6), EVENTS - told[session_id])
        if not _told(place, session_id, count):
            continue
        told[session_id] += count
        if expired and told[session_id] > EVENTS // 2:
            forget(place.services.documents, event_path(session_id, choice.randint(1, 10)))
        if told[session_id] == EVENTS:
            del told[session_id]


def _told(place: Ground, session_id: str, count: int) -> bool:
    try:
        tell(place.services, session_id, *range(count))
    except Unavailable:
        # What is busy has committed nothing.
        return False
    return True


def _kill_now_and_then(
    relay: psutil.Process, pace: float, stop: threading.Event, outcome: Outcome
) -> None:
    """Once in every storm, and again in one that lasts; not for ever, or none would end."""
    wait_s = 0.1 + pace
    for _ in range(_MAX_KILLS):
        stopped = stop.wait(wait_s)
        for child in relay.children():
            with suppress(psutil.NoSuchProcess):
                child.kill()
                outcome.kills += 1
        if stopped:
            return
        wait_s = 3 + 3 * pace
