"""Google's emulators for tests: each is started when the first test asks for it.

They end with the test process, also when it is killed. One that already runs and is named in the
environment (`FIRESTORE_EMULATOR_HOST`, `PUBSUB_EMULATOR_HOST`) is used as it is. Where one is not
installed the tests that need it skip; in CI, where gcloud is installed, they fail.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import threading
import time
import uuid
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import pytest
import urllib3

from infra.local.google_emulators import EmulatorMissing, firestore_command, pubsub_command

if TYPE_CHECKING:
    from infra.local.storage_emulator import StorageEmulator
    from infra.local.storage_notifications import Notifications

PROJECT = f"test-{os.getpid()}"
_READY_WITHIN_S = 60.0
_missing: Counter[str] = Counter()
_ROOT = Path(__file__).resolve().parents[1]


@contextmanager
def firestore() -> Iterator[str]:
    """The Firestore emulator without a document of `PROJECT`; its `host:port`."""
    with _environment("FIRESTORE_EMULATOR_HOST", _host(_firestore)) as host:
        clear_firestore(host)
        yield host


def clear_firestore(host: str) -> None:
    """Deletes every document of `PROJECT`."""
    url = f"http://{host}/emulator/v1/projects/{PROJECT}/databases/(default)/documents"
    assert urllib3.request("DELETE", url).status == 200


@contextmanager
def pubsub() -> Iterator[str]:
    """The Pub/Sub emulator; its `host:port`. Topics are each test's own to make and name."""
    with _environment("PUBSUB_EMULATOR_HOST", _host(_pubsub)) as host:
        yield host


@contextmanager
def storage(notifications: Notifications | None = None) -> Iterator[StorageEmulator]:
    """A Cloud Storage emulator of one's own, in a thread.

    The project of a client for it must be a new one each time (`new_project`): clients are kept by
    project.
    """
    from infra.local.storage_emulator import StorageEmulator

    with TemporaryDirectory() as directory:
        emulator = StorageEmulator("127.0.0.1", 0, Path(directory), notifications)
        thread = threading.Thread(target=emulator.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        with _environment("STORAGE_EMULATOR_HOST", f"http://127.0.0.1:{emulator.server_port}"):
            yield emulator
        emulator.shutdown()
        emulator.server_close()


def new_project() -> str:
    """An id that no other test uses."""
    return f"test-{uuid.uuid4().hex[:20]}"


@contextmanager
def _environment(name: str, value: str) -> Iterator[str]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(name, value)
        yield value


def _host(started: Callable[[], str | EmulatorMissing]) -> str:
    host = started()
    if isinstance(host, EmulatorMissing):
        if os.environ.get("CI") and shutil.which("gcloud"):
            pytest.fail(f"In CI an emulator must not be missing: {host}.")
        _missing[str(host)] += 1
        pytest.skip(str(host))
    return host


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Says in one line each what was not tested; `tests/conftest.py` makes it a hook."""
    for reason, tests in _missing.items():
        terminalreporter.line(f"{tests} tests skipped: {reason}.")


@cache
def _firestore() -> str | EmulatorMissing:
    return _started("FIRESTORE_EMULATOR_HOST", firestore_command)


@cache
def _pubsub() -> str | EmulatorMissing:
    return _started("PUBSUB_EMULATOR_HOST", pubsub_command)


def _started(variable: str, command: Callable[[str, int], list[str]]) -> str | EmulatorMissing:
    given = os.environ.get(variable)
    if given:
        return given
    port = free_port()
    try:
        _start(command("127.0.0.1", port))
        _await(port)
    except EmulatorMissing as missing:
        return missing
    return f"127.0.0.1:{port}"


def _start(command: list[str]) -> None:
    # The pipe's writing end is never written to: it closes when this process ends.
    lifeline, _ = os.pipe()
    subprocess.Popen(
        [sys.executable, "-m", "infra.local.lifeline", str(lifeline), *command],
        cwd=_ROOT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        pass_fds=[lifeline],
        start_new_session=True,
    )
    os.close(lifeline)


def _await(port: int) -> None:
    deadline = time.monotonic() + _READY_WITHIN_S
    while time.monotonic() < deadline:
        try:
            if urllib3.request("GET", f"http://127.0.0.1:{port}/", retries=False).status == 200:
                return
        except urllib3.exceptions.HTTPError:
            time.sleep(0.05)
    raise EmulatorMissing(f"an emulator did not start within {_READY_WITHIN_S:.0f} s")


def free_port() -> int:
    """A port of the loopback that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
