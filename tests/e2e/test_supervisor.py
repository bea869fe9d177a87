from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from infra.local.supervisor import Program, Supervisor


@pytest.fixture
def said() -> list[str]:
    return []


@pytest.fixture
def supervisor(tmp_path: Path, said: list[str]) -> Iterator[Supervisor]:
    supervisor = Supervisor(tmp_path / "logs", said.append)
    yield supervisor
    if not supervisor.stopping:
        supervisor.stop()


def sleeping() -> list[psutil.Process]:
    return [process for process in psutil.Process().children(recursive=True) if sleeps(process)]


def sleeps(process: psutil.Process) -> bool:
    try:
        return process.cmdline()[:1] == ["sleep"]
    except psutil.NoSuchProcess:
        return False


def sleeper(name: str) -> Program:
    return Program(name, "infra.local.lifeline", ["sleep", "600"])


def watch(supervisor: Supervisor, until: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 20
    supervisor.watch(until=lambda: until() or time.monotonic() > deadline)
    assert until()


def test_supervisor_starts_again_what_was_killed(supervisor: Supervisor, said: list[str]) -> None:
    supervisor.add(sleeper("one"))
    watch(supervisor, until=lambda: bool(sleeping()))
    (killed,) = sleeping()
    killed.kill()
    watch(supervisor, until=lambda: any(p.pid != killed.pid for p in sleeping()))
    assert said[0].startswith("one ended")


def test_supervisor_stops_programs_and_their_children(supervisor: Supervisor) -> None:
    for name in ("one", "two"):
        supervisor.add(sleeper(name))
    watch(supervisor, until=lambda: len(sleeping()) == 2)
    processes = sleeping()
    supervisor.stop()
    assert psutil.wait_procs(processes, timeout=10)[1] == []


def test_supervisor_waits_ever_longer_for_what_ends_at_once(
    supervisor: Supervisor, said: list[str]
) -> None:
    supervisor.add(Program("broken", "infra.local.lifeline", ["false"]))
    watch(supervisor, until=lambda: len(said) == 3)
    assert said[0].startswith("broken ended (exit status 1)")


def test_supervisor_keeps_what_programs_say_in_their_log(
    supervisor: Supervisor, tmp_path: Path
) -> None:
    supervisor.add(Program("speaker", "infra.local.lifeline", ["echo", "hello"]))
    log = tmp_path / "logs" / "speaker.log"
    watch(supervisor, until=lambda: log.exists() and "hello" in log.read_text())
