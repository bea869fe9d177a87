"""The services' own containers without containers: each command line in a process of its own.

A service is started when it is first called, as Cloud Run starts one that has no instance. They end
with the process that started them, however it ends.
"""

from __future__ import annotations

import asyncio
import os
import socket
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from infra.build.services import FUNCTION_COMMAND, SERVICES, Service
from infra.local.log_files import open_log
from infra.local.place import ROOT

_HOST: Final = "127.0.0.1"
# Each is a second of one processor; more at a time would only make every one of them late.
_STARTED_AT_ONCE: Final = 3
_TRIES: Final = 2
_READY_WITHIN_S: Final = 60.0
_BY_NAME: Final = {service.name: service for service in SERVICES}


class NotStarted(RuntimeError):
    """A service does not start; its log says why."""


class Containers:
    """Starts services and tells where they listen.

    Args:
        logs: folder with one log for each.
        environment: what every service is told beside its own.
    """

    def __init__(self, logs: Path, environment: Mapping[str, str]) -> None:
        self._logs = logs
        self._environment = environment
        self._running: dict[str, tuple[asyncio.subprocess.Process, int]] = {}
        self._locks = {name: asyncio.Lock() for name in _BY_NAME}
        self._starting = asyncio.Semaphore(_STARTED_AT_ONCE)
        # The children's only sign of life: it closes when this process ends.
        self._lifeline, self._held = os.pipe()

    def close(self) -> None:
        """Ends every service at once."""
        os.close(self._held)

    async def connect(self, name: str) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """A connection to a service, which is started if it does not run.

        Raises:
            NotStarted: it ends before it listens.
        """
        for _ in range(_TRIES):
            async with self._locks[name]:
                port = await self._port(_BY_NAME[name])
            try:
                return await asyncio.open_connection(_HOST, port)
            except OSError:
                # It has ended in this moment.
                self._running.pop(name, None)
        raise NotStarted(name)

    async def _port(self, service: Service) -> int:
        process, port = self._running.get(service.name, (None, 0))
        if process is not None and process.returncode is None:
            return port
        async with self._starting:
            port = _free_port()
            process = await self._start(service, port)
            await _listening(process, port, service.name)
        self._running[service.name] = (process, port)
        return port

    async def _start(self, service: Service, port: int) -> asyncio.subprocess.Process:
        program, *words = service.arguments or FUNCTION_COMMAND
        command = [str(Path(sys.executable).with_name(program)), *words]
        told = {"HOST": _HOST, "PORT": str(port), "PYTHONPATH": str(ROOT)}
        with open_log(self._logs / f"{service.name}.log") as log:
            return await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "infra.local.lifeline", str(self._lifeline), *command),
                cwd=ROOT,
                env={**os.environ, **self._environment, **service.environment, **told},
                stdin=asyncio.subprocess.DEVNULL,
                stdout=log,
                stderr=asyncio.subprocess.STDOUT,
                pass_fds=[self._lifeline],
            )


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((_HOST, 0))
        port: int = probe.getsockname()[1]
        return port


async def _listening(process: asyncio.subprocess.Process, port: int, name: str) -> None:
    deadline = asyncio.get_running_loop().time() + _READY_WITHIN_S
    while asyncio.get_running_loop().time() < deadline and process.returncode is None:
        try:
            _, writer = await asyncio.open_connection(_HOST, port)
        except OSError:
            await asyncio.sleep(0.05)
            continue
        writer.close()
        return
    if process.returncode is None:
        process.terminate()
    raise NotStarted(name)
