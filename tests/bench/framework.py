"""A function served as Cloud Run serves it: by functions-framework's own command."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from types import TracebackType
from typing import Self

import psutil

from infra.local.place import ROOT

_READY_WITHIN_S = 60.0


class Served:
    """A function file behind an HTTP port, in processes of its own."""

    def __init__(self, target: str, source: str, environment: Mapping[str, str]) -> None:
        self.port = _free_port()
        self._command = [
            sys.executable,
            *("-m", "functions_framework"),
            f"--target={target}",
            f"--source={ROOT / source}",
            "--host=127.0.0.1",
            f"--port={self.port}",
        ]
        self._environment = {**os.environ, "PYTHONPATH": str(ROOT), **environment}

    def __enter__(self) -> Self:
        self._process = subprocess.Popen(
            self._command, cwd=ROOT, env=self._environment, stdout=subprocess.DEVNULL
        )
        deadline = time.monotonic() + _READY_WITHIN_S
        while not self._answers():
            if self._process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"{self._command} does not serve")
            time.sleep(0.05)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._process.terminate()
        self._process.wait()

    @property
    def worker(self) -> psutil.Process:
        """The process that answers."""
        (worker,) = psutil.Process(self._process.pid).children()
        return worker

    def cpu_s(self) -> float:
        """Processor time that answering has taken so far."""
        times = self.worker.cpu_times()
        return float(times.user + times.system)

    def _answers(self) -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
