"""Serves the gateway or the pipeline with gunicorn, on a socket that the supervisor holds open.

Because the supervisor holds the socket, callers wait through a restart instead of being refused.
"""

from __future__ import annotations

import argparse
import importlib
from typing import Any

from gunicorn.app.base import BaseApplication

from infra.local import lifeline
from infra.local.server_log import ReticentLogger

_APPLICATIONS = {"gateway": "infra.local.gateway", "worker": "infra.local.worker"}


class Server(BaseApplication):  # type: ignore[misc]
    """gunicorn, configured from here instead of from its command line.

    Args:
        application: `gateway` or `worker`.
        descriptor: of the lifeline; every process of the server ends with it.
        settings: gunicorn's own.
        options: what the application is made with.
    """

    def __init__(
        self, application: str, descriptor: int, settings: dict[str, Any], options: dict[str, Any]
    ) -> None:
        self._application = application
        self._options = options
        self._descriptor = descriptor
        self._settings = settings
        super().__init__()

    def load_config(self) -> None:
        """Applies the settings."""
        for name, value in self._settings.items():
            self.cfg.set(name, value)
        # Threads do not survive the fork, so each process watches for itself.
        self.cfg.set("post_fork", lambda _arbiter, _worker: lifeline.end_with(self._descriptor))

    def load(self) -> Any:
        """Makes the application, in the process that serves it."""
        return importlib.import_module(_APPLICATIONS[self._application]).make(**self._options)


def main() -> None:
    """Command line: lifeline, application, socket, processes, threads, way to the relay."""
    parser = argparse.ArgumentParser(prog="infra.local.serve")
    parser.add_argument("lifeline", type=int)
    parser.add_argument("application", choices=sorted(_APPLICATIONS))
    parser.add_argument("--socket", type=int, required=True)
    parser.add_argument("--processes", type=int, required=True)
    parser.add_argument("--threads", type=int, required=True)
    parser.add_argument("--timeout", type=int, required=True)
    parser.add_argument("--giving", type=int)
    given = parser.parse_args()
    lifeline.end_with(given.lifeline)
    settings = {
        "bind": f"fd://{given.socket}",
        # One request per process keeps a long task from standing in front of others.
        "worker_class": "gthread" if given.threads > 1 else "sync",
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
    Server(given.application, given.lifeline, settings, options).run()


if __name__ == "__main__":
    main()
