"""Many transcripts at once, while processes are killed at random."""

from __future__ import annotations

import random
import threading
import time
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import psutil

from infra.demo.client import Client
from infra.demo.service import Service

_PATIENCE_S = 120.0
_CALLERS = 16
# Longer than a process needs to come back, so that work gets done between the kills.
_BETWEEN_KILLS_S = (0.5, 2.5)


@dataclass(slots=True)
class Killer:
    """Kills a random process of a service again and again, as `kill -9` does.

    Attributes:
        only: the role of those that it kills; None for any.
        struck: set once it has killed one.
    """

    service: Service
    seed: int
    only: str | None = None
    killed: Counter[str] = field(default_factory=Counter)
    struck: threading.Event = field(default_factory=threading.Event)
    _done: threading.Event = field(default_factory=threading.Event)

    def run(self) -> None:
        """Until `stop`."""
        choice = random.Random(self.seed)
        while not self._done.wait(choice.uniform(*_BETWEEN_KILLS_S)):
            self._kill(choice)

    def stop(self) -> None:
        """No more kills after the one at hand."""
        self._done.set()

    def _kill(self, choice: random.Random) -> None:
        try:
            processes = psutil.Process(self.service.process_id).children(recursive=True)
            roles = {process: role(process.cmdline()) for process in processes}
            found = [each for each, name in roles.items() if self.only in (None, name)]
            victim = choice.choice(sorted(found, key=lambda process: process.pid))
            name = roles[victim]
            victim.kill()
        except (psutil.NoSuchProcess, IndexError):
            return
        self.killed[name] += 1
        self.struck.set()


def role(command: Sequence[str]) -> str:
    """Which program of the service a command line is of."""
    return next(
        (r for r in ("gateway", "worker", "dispatcher", "relay") if r in " ".join(command)), "other"
    )


def create_all(client: Client, texts: Sequence[str]) -> list[str]:
    """Sends all texts at once and returns the sessions in their order."""
    with ThreadPoolExecutor(_CALLERS) as callers:
        return list(callers.map(lambda text: create(client, text), texts))


def create(client: Client, text: str) -> str:
    """One session, with the date that every run uses."""
    return client.create_session(
        title="Storm", date="2025-05-01T10:00:00Z", inputMethod="text", text=text
    )


def await_all(client: Client, session_ids: Sequence[str], within_s: float) -> list[str]:
    """Waits until every analysis rests; returns those that do not."""
    deadline = time.monotonic() + within_s
    waiting = list(session_ids)
    while waiting and time.monotonic() < deadline:
        # One at a time: asking for all would be the heaviest load of all.
        if rests(client, waiting[0]):
            waiting.pop(0)
        else:
            time.sleep(0.2)
    return waiting


def rests(client: Client, session_id: str) -> bool:
    """Whether nothing more will come of a session's analysis."""
    answer = client.call("GET", f"/api/v1/sessions/{session_id}/analysis/status")
    return answer["data"]["analysis"]["status"] in ("completed", "failed")


def signed_up(service: Service, patience_s: float = _PATIENCE_S) -> Client:
    """A new person's client that outlasts restarts."""
    client = Client(service.origin, retry_for_s=patience_s)
    client.sign_up()
    return client
