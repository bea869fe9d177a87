"""Requests per second and processor time of an authenticated GET beside a bare function.

The bare one verifies the same token and reads the same document with the same adapters; it lacks
what the edge adds: validation, ownership, errors, headers and the request log.
"""

from __future__ import annotations

import http.client
import tempfile
import threading
import time
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

from infra.demo.client import Client
from infra.demo.service import Service
from tests.bench.framework import Served
from tests.bench.tables import show

_CALLERS = 4
_ROUND_S = 2.0


@dataclass(slots=True)
class Contender:
    """A served function and what it has achieved, round by round."""

    name: str
    served: Served
    path: str
    per_s: list[float] = field(default_factory=list)
    cpu_ms: list[float] = field(default_factory=list)

    def run_round(self, token: str) -> None:
        """Calls it as fast as it answers."""
        cpu_before, began = self.served.cpu_s(), time.monotonic()
        answered = _call_for(_ROUND_S, self.served.port, self.path, token)
        elapsed_s, cpu_s = time.monotonic() - began, self.served.cpu_s() - cpu_before
        self.per_s.append(answered / elapsed_s)
        self.cpu_ms.append(1000 * cpu_s / answered)


def measure(rounds: int) -> None:
    """Prints the table."""
    with tempfile.TemporaryDirectory(prefix="insight-bench-") as folder, ExitStack() as stack:
        data = Path(folder) / "data"
        token, session_id = _prepare(data)
        environment = {"INSIGHT_DATA_DIR": str(data), "INSIGHT_LOG_LEVEL": "INFO"}
        path = f"/api/v1/sessions/{session_id}/analysis/status"
        contenders = [
            Contender(name, stack.enter_context(Served(target, source, environment)), path)
            for name, target, source in (
                ("get_analysis_status", "get_analysis_status", "functions/analysis/status.py"),
                ("bare function", "bare", "tests/bench/bare_function.py"),
            )
        ]
        for _ in range(rounds + 1):
            for contender in contenders:
                contender.run_round(token)
    _show(contenders)


def _prepare(data: Path) -> tuple[str, str]:
    with Service(data) as service:
        client = Client(service.origin)
        client.sign_up()
        return str(client.token), client.create_session(title="Bench")


def _show(contenders: Sequence[Contender]) -> None:
    # The first round only warms up.
    rows = [(c.name, median(c.per_s[1:]), median(c.cpu_ms[1:])) for c in contenders]
    (_, ours_per_s, ours_cpu), (_, bare_per_s, bare_cpu) = rows
    rows.append(("ratio", ours_per_s / bare_per_s, ours_cpu / bare_cpu))
    rounds = len(contenders[0].per_s) - 1
    title = f"Authenticated GET, {_CALLERS} callers, median of {rounds} interleaved rounds"
    show(title, ("function", "requests/s", "CPU ms/request"), rows)


def _call_for(seconds: float, port: int, path: str, token: str) -> int:
    deadline = time.monotonic() + seconds
    counts = [0] * _CALLERS
    threads = [
        threading.Thread(target=_caller, args=(counts, number, deadline, port, path, token))
        for number in range(_CALLERS)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(counts)


def _caller(
    counts: list[int], number: int, deadline: float, port: int, path: str, token: str
) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", port)
    while time.monotonic() < deadline:
        connection.request("GET", path, headers={"Authorization": f"Bearer {token}"})
        answer = connection.getresponse()
        answer.read()
        if answer.status != 200:
            raise RuntimeError(f"{path} answered {answer.status}")
        counts[number] += 1
