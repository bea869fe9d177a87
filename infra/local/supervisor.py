"""Keeps programs running: starts them in order, restarts what dies, stops them all."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from infra.local.log_files import open_log
from infra.local.place import ROOT

# A program that ends at once is given ever more time; one that has run for a while starts afresh.
FIRST_DELAY_S = 0.1
LONGEST_DELAY_S = 10.0
STEADY_AFTER_S = 10.0
_STOP_WITHIN_S = 15.0


@dataclass(frozen=True, slots=True)
class Program:
    """A program to keep running.

    Attributes:
        module: what `python -m` runs.
        descriptors: open files that it inherits, beside the lifeline.
    """

    name: str
    module: str
    arguments: Sequence[str] = ()
    environment: Mapping[str, str] = field(default_factory=dict)
    descriptors: Sequence[int] = ()


@dataclass(slots=True)
class _Running:
    program: Program
    process: subprocess.Popen[bytes] | None = None
    started_at: float = 0.0
    start_at: float = 0.0
    failures: int = 0


class Supervisor:
    """Runs programs until it is told to stop.

    Args:
        logs: folder in which every program has a log file.
        say: prints one line for the person who started it.
    """

    def __init__(self, logs: Path, say: Callable[[str], None]) -> None:
        self._logs = logs
        self._say = say
        self._running: list[_Running] = []
        self._lifeline, self._held = os.pipe()
        self.stopping = False
        logs.mkdir(parents=True, exist_ok=True)

    def add(self, program: Program) -> None:
        """Starts a program and keeps it running from now on."""
        running = _Running(program)
        self._running.append(running)
        self._start(running)

    def watch(self, until: Callable[[], bool] = lambda: False) -> None:
        """Restarts what dies, until `until` or until it is told to stop."""
        while not self.stopping and not until():
            for running in self._running:
                self._revive(running)
            time.sleep(0.05)

    def stop(self) -> None:
        """Asks every program to end, last started first, and sees to it that it does."""
        self.stopping = True
        deadline = time.monotonic() + _STOP_WITHIN_S
        for running in reversed(self._running):
            if running.process is not None:
                _end(running.process, deadline)
        os.close(self._held)

    def _revive(self, running: _Running) -> None:
        if running.process is None:
            if time.monotonic() >= running.start_at:
                self._start(running)
        elif running.process.poll() is not None:
            self._note_end(running, running.process.returncode)

    def _note_end(self, running: _Running, code: int) -> None:
        now = time.monotonic()
        steady = now - running.started_at >= STEADY_AFTER_S
        running.failures = 0 if steady else running.failures + 1
        delay = min(FIRST_DELAY_S * 2 ** max(0, running.failures - 1), LONGEST_DELAY_S)
        running.process, running.start_at = None, now + delay
        log = self._logs / f"{running.program.name}.log"
        self._say(f"{running.program.name} ended ({_cause(code)}); starting it again. See {log}")

    def _start(self, running: _Running) -> None:
        program = running.program
        inherited = (self._lifeline, *program.descriptors)
        command = [sys.executable, "-m", program.module, str(self._lifeline), *program.arguments]
        with open_log(self._logs / f"{program.name}.log") as log:
            running.process = subprocess.Popen(
                command,
                cwd=ROOT,
                env={**os.environ, **program.environment},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                pass_fds=inherited,
                # Ctrl-C reaches the supervisor alone, which then stops all in order.
                start_new_session=True,
            )
        running.started_at = time.monotonic()


def _cause(code: int) -> str:
    return f"signal {signal.Signals(-code).name}" if code < 0 else f"exit status {code}"


def _end(process: subprocess.Popen[bytes], deadline: float) -> None:
    process.terminate()
    try:
        process.wait(max(0.1, deadline - time.monotonic()))
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
