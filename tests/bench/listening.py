"""What listening to many sessions costs, beside the client's own `on_snapshot`.

Both listen, each in a process of its own, to one server that speaks Firestore's protocol and, like
Firestore, allows 100 streams per connection.
"""

from __future__ import annotations

import asyncio
import gc
import json
import os
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import psutil

from shared.application.ports import Document, Query
from tests.bench.tables import show
from tests.listen_server import ListenServer

ROUNDS: Final = 20
_QUIET_S: Final = 5.0
# The fields of a `new_emotion`, but for its number.
_EVENT: Final[dict[str, Any]] = {
    "session_id": {"string_value": "s" * 20},
    "owner_id": {"string_value": "o" * 28},
    "type": {"string_value": "new_emotion"},
    "created_at": {"timestamp_value": {"seconds": 1_700_000_000}},
    "expires_at": {"timestamp_value": {"seconds": 1_800_000_000}},
    "data": {
        "map_value": {
            "fields": {
                "emotion": {
                    "map_value": {
                        "fields": {
                            "id": {"string_value": "e" * 20},
                            "type": {"string_value": "joy"},
                            "intensity": {"double_value": 0.75},
                            "confidence": {"double_value": 0.5},
                            "start_ms": {"integer_value": 61_000},
                            "text": {"string_value": "I was really glad that she called. " * 3},
                        }
                    }
                }
            }
        }
    },
}
_CASES: Final = [
    ("listener", 90),
    ("on_snapshot", 90),
    ("on_snapshot", 150),
    ("listener", 1000),
    ("listener", 5000),
]


@dataclass(frozen=True, slots=True)
class Cost:
    """Attributes:
    fired: sessions of which something was heard.
    """

    fired: int
    threads: int
    kib_per_session: float
    us_per_event: float


def measure(rounds: int = ROUNDS) -> None:
    """Prints the table."""
    rows = []
    for way, sessions in _CASES:
        cost = asyncio.run(_cost(way, sessions, rounds))
        rows.append(
            (
                way,
                sessions,
                cost.fired,
                cost.threads,
                cost.kib_per_session,
                cost.us_per_event,
            )
        )
    columns = ("", "sessions", "fired", "threads", "KiB/session", "CPU us/event")
    show("Listening, against a server with 100 streams per connection", columns, rows)


async def _cost(way: str, sessions: int, rounds: int) -> Cost:
    server = ListenServer()
    server.store.fields = _EVENT
    await server.start()
    environment = os.environ | {"FIRESTORE_EMULATOR_HOST": f"127.0.0.1:{server.port}"}
    words = ["-m", "tests.bench.listening", way, str(sessions), str(rounds)]
    pipe = asyncio.subprocess.PIPE
    child = await asyncio.create_subprocess_exec(
        sys.executable, *words, stdin=pipe, stdout=pipe, env=environment
    )
    assert child.stdout is not None
    fired = set(json.loads(await child.stdout.readline()))
    for number in range(1, rounds + 1):
        for session in sorted(fired):
            server.commit(_collection(session), number)
            await asyncio.sleep(0)
        await child.stdout.readline()
    threads, kib, us = json.loads(await child.stdout.readline())
    await child.wait()
    await server.stop()
    return Cost(len(fired), threads, kib, us)


def _collection(session: int) -> str:
    return f"sessions/s{session:019d}/events"


class _Process:
    """The process that listens, and what it has heard."""

    def __init__(self, sessions: int, rounds: int) -> None:
        self.sessions = sessions
        self.rounds = rounds
        self.fired: set[int] = set()
        self.events = 0
        self._process = psutil.Process()

    def rss_kib(self) -> float:
        gc.collect()
        return float(self._process.memory_info().rss) / 1024

    def run(self, begin: Callable[[int], None], rest: Callable[[], None]) -> None:
        begin(0)
        self._wait(lambda: len(self.fired) == 1, rest)
        before_kib = self.rss_kib()
        for session in range(1, self.sessions):
            begin(session)
        self._wait(lambda: len(self.fired) == self.sessions, rest)
        kib = (self.rss_kib() - before_kib) / (self.sessions - 1)
        threads = self._process.num_threads()
        fired = len(self.fired)
        started_s = time.process_time()
        print(json.dumps(sorted(self.fired)), flush=True)
        for number in range(1, self.rounds + 1):
            self._wait(lambda expected=number * fired: self.events >= expected, rest)  # type: ignore[misc]
            print("round", flush=True)
        us = (time.process_time() - started_s) * 1e6 / self.events
        print(json.dumps([threads, kib, us]), flush=True)
        os._exit(0)

    def _wait(self, holds: Callable[[], bool], rest: Callable[[], None]) -> None:
        heard, since_s = -1, time.monotonic()
        while not holds():
            rest()
            if heard != len(self.fired) + self.events:
                heard, since_s = len(self.fired) + self.events, time.monotonic()
            if time.monotonic() - since_s > _QUIET_S:
                return


def _listener(process: _Process) -> None:
    from shared.adapters.google.listening import FirestoreListener

    loop = asyncio.new_event_loop()
    listener = FirestoreListener("bench")

    def begin(session: int) -> None:
        def told(documents: Sequence[Document]) -> None:
            process.fired.add(session)
            process.events += len(documents)

        async def listen() -> None:
            query = Query(_collection(session), order_by="n", more_than=0)
            listener.listen(query, told, print)

        loop.run_until_complete(listen())

    process.run(begin, lambda: loop.run_until_complete(asyncio.sleep(0.005)))


def _on_snapshot(process: _Process) -> None:
    from google.cloud.firestore_v1 import Client
    from google.cloud.firestore_v1.base_query import FieldFilter

    client = Client(project="bench")
    kept = []

    def begin(session: int) -> None:
        def told(_: Any, changes: Any, __: Any) -> None:
            process.fired.add(session)
            process.events += sum(bool(change.document.to_dict()) for change in changes)

        collection = client.collection(*_collection(session).split("/"))
        query = collection.where(filter=FieldFilter("n", ">", 0)).order_by("n")
        kept.append(query.on_snapshot(told))

    process.run(begin, lambda: time.sleep(0.005))


def main() -> None:
    """Listens in one way, and says what it cost."""
    way, sessions, rounds = sys.argv[1:]
    listen = {"listener": _listener, "on_snapshot": _on_snapshot}[way]
    listen(_Process(int(sessions), int(rounds)))


if __name__ == "__main__":
    main()
