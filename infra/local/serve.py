"""Serves the gateway or the pipeline with gunicorn, on a socket that the supervisor holds open.

Because the supervisor holds the socket, callers wait through a restart instead of being refused.
"""

from __future__ import annotations

import argparse
import importlib
from contextlib import suppress
from typing import Any

from gunicorn.app.base import BaseApplication
from gunicorn.arbiter import Arbiter
from gunicorn.workers.base import Worker
from gunicorn.workers.gthread import TConn, ThreadWorker

from infra.container.server_log import ReticentLogger
from infra.local import lifeline
from infra.local.patience import PacedSocket, bound_waits

_APPLICATIONS = {
    "front": "infra.local.front",
    "gateway": "infra.local.gateway",
    "worker": "infra.local.worker",
}


class BoundedWorker(ThreadWorker):  # type: ignore[misc]
    """Lends no thread for long to a client that has fallen silent, or drips.

    Attributes:
        silence_s: how long a client may neither send nor take anything amid a request; 0: for ever.
    """

    silence_s = 0

    def enqueue_req(self, conn: TConn) -> None:
        """Gives a connection that has something to read to a thread."""
        # On some systems a socket whose other side has gone cannot be bounded any more.
        with suppress(OSError):
            bound_waits(conn.sock, self.silence_s)
        if not isinstance(conn.sock, PacedSocket):
            conn.sock = PacedSocket.of(conn.sock, self.silence_s)
        conn.sock.begin()
        super().enqueue_req(conn)


class Server(BaseApplication):  # type: ignore[misc]
    """gunicorn, configured from here instead of from its command line.

    Args:
        application: `front`, `gateway` or `worker`.
        descriptor: of the lifeline; every process of the server ends with it.
        silence_s: of `BoundedWorker`.
        settings: gunicorn's own.
        options: what the application is made with.
    """

    def __init__(
        self,
        application: str,
        descriptor: int,
        silence_s: int,
        settings: dict[str, Any],
        options: dict[str, Any],
    ) -> None:
        self._application = application
        self._options = options
        self._descriptor = descriptor
        self._silence_s = silence_s
        self._settings = settings
        super().__init__()

    def load_config(self) -> None:
        """Applies the settings."""
        for name, value in self._settings.items():
            self.cfg.set(name, value)
        self.cfg.set("post_fork", self._prepare)

    def load(self) -> Any:
        """Makes the application, in the process that serves it."""
        return importlib.import_module(_APPLICATIONS[self._application]).make(**self._options)

    def _prepare(self, _arbiter: Arbiter, worker: Worker) -> None:
        # Threads do not survive the fork, so each process watches for itself.
        lifeline.end_with(self._descriptor)
        worker.silence_s = self._silence_s


def main() -> None:
    """Command line: lifeline, application, socket, processes, threads, times, way to the relay."""
    parser = argparse.ArgumentParser(prog="infra.local.serve")
    parser.add_argument("lifeline", type=int)
    parser.add_argument("application", choices=sorted(_APPLICATIONS))
    parser.add_argument("--socket", type=int, required=True)
    parser.add_argument("--processes", type=int, required=True)
    parser.add_argument("--threads", type=int, required=True)
    parser.add_argument("--timeout", type=int, required=True)
    parser.add_argument("--silence", type=int, default=0)
    parser.add_argument("--giving", type=int)
    given = parser.parse_args()
    lifeline.end_with(given.lifeline)
    settings = {
        "bind": f"fd://{given.socket}",
        # One request per process keeps a long task from standing in front of others.
        "worker_class": BoundedWorker if given.threads > 1 else "sync",
        "workers": given.processes,
        "threads": given.threads,
        "timeout": given.timeout,
        "graceful_timeout": 3,
        "keepalive": 75,
        "loglevel": "warning",
        "logger_class": ReticentLogger,
        "control_socket_disable": True,
    }
    options = {} if given.giving is None else {"giving": given.giving}
    Server(given.application, given.lifeline, given.silence, settings, options).run()


if __name__ == "__main__":
    main()
