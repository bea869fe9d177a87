"""A relay process that can be killed with -9 as often as one likes: it is back within a moment.

    python -m tests.storm.relay PORT

The parent has all modules loaded and does nothing but fork; what is killed is a whole relay.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import time

from functions.relay.server import run
from shared.bootstrap import live_services
from shared.edge import logs


def main() -> None:
    """Serves on PORT until SIGTERM, in one child after the other."""
    port = int(sys.argv[1])
    children: list[int] = []
    signal.signal(signal.SIGTERM, lambda *_: _stop(children))
    while True:
        child = os.fork()
        if child == 0:
            signal.signal(signal.SIGTERM, signal.SIG_DFL)
            _serve(port)
            os._exit(0)
        children[:] = [child]
        os.waitpid(child, 0)
        # A port that another program holds must not be tried without end.
        time.sleep(0.01)


def _serve(port: int) -> None:
    services = live_services()
    logs.configure("WARNING", services.config.project)
    asyncio.run(run(services, "127.0.0.1", port))


def _stop(children: list[int]) -> None:
    for child in children:
        os.kill(child, signal.SIGKILL)
    os._exit(0)


if __name__ == "__main__":
    main()
