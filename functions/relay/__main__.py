"""Serves the relay on the port that Cloud Run names: python -m functions.relay."""

from __future__ import annotations

import asyncio

from functions.relay.server import run
from shared.bootstrap import live_services
from shared.edge import logs


def main() -> None:
    """Serves until SIGTERM."""
    services = live_services()
    config = services.config
    logs.configure(config.log_level, config.project)
    asyncio.run(run(services, config.host, config.port))


if __name__ == "__main__":
    main()
