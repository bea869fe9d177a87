"""Starts the service as a person would and stops it again."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Final, Self

ROOT: Final = Path(__file__).resolve().parents[2]
_STOP_WITHIN_S: Final = 30.0
_SERVING: Final = "Serving "


class ServiceFailed(RuntimeError):
    """The service did not start; the message is what it said."""


class Service:
    """`python -m infra.local.up` in a process of its own.

    Args:
        data: its data directory.
        port: 0 for any that is free.
        environment: what it is told beside this process's own environment.
        arguments: further ones of its command line.
    """

    def __init__(
        self,
        data: Path,
        port: int = 0,
        environment: Mapping[str, str] | None = None,
        arguments: tuple[str, ...] = (),
    ) -> None:
        self.data = data
        self.port = port
        self.origin = ""
        self._environment = {**os.environ, **(environment or {})}
        self._arguments = arguments
        self._process: subprocess.Popen[str] | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    @property
    def process_id(self) -> int:
        """Of the supervisor."""
        assert self._process is not None  # noqa: S101
        return self._process.pid

    def start(self) -> None:
        """Returns when the service answers.

        Raises:
            ServiceFailed: if it says that it cannot.
        """
        place = ["--data", str(self.data), "--port", str(self.port)]
        self._process = subprocess.Popen(
            [sys.executable, "-m", "infra.local.up", *place, *self._arguments],
            cwd=ROOT,
            env=self._environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            # Ctrl-C is for whoever started it, who then stops it.
            start_new_session=True,
        )
        self.origin = self._read_origin(self._process)
        self.port = int(self.origin.rsplit(":", 1)[1])

    def stop(self) -> None:
        """Ends it in order; does nothing if it has ended."""
        if self._process is None:
            return
        self._process.terminate()
        try:
            self._process.wait(_STOP_WITHIN_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
        self._process = None

    def kill(self) -> None:
        """Ends the supervisor as `kill -9` does; its children notice by themselves."""
        assert self._process is not None  # noqa: S101
        self._process.send_signal(signal.SIGKILL)
        self._process.wait()
        self._process = None

    def _read_origin(self, process: subprocess.Popen[str]) -> str:
        assert process.stdout is not None  # noqa: S101
        said: list[str] = []
        for line in process.stdout:
            said.append(line)
            if line.startswith(_SERVING):
                # What it says later must not fill the pipe: it would wait there for a reader.
                threading.Thread(target=deque, args=(process.stdout, 0), daemon=True).start()
                return line.removeprefix(_SERVING).rsplit("/api/", 1)[0]
        process.wait()
        raise ServiceFailed("".join(said).strip())
