"""Runs the relay on this machine, on the connections that the gateway hands to it."""

from __future__ import annotations

import argparse
import asyncio
import socket

from functions.relay.server import run
from infra.local import lifeline
from shared.bootstrap import live_services
from shared.edge import logs


def main() -> None:
    """Command line: lifeline, the end of the channel from the gateway."""
    parser = argparse.ArgumentParser(prog="infra.local.relay")
    parser.add_argument("lifeline", type=int)
    parser.add_argument("--taking", type=int, required=True)
    given = parser.parse_args()
    lifeline.end_with(given.lifeline)
    services = live_services()
    logs.configure(services.config.log_level, services.config.project)
    asyncio.run(run(services, "127.0.0.1", 0, socket.socket(fileno=given.taking)))


if __name__ == "__main__":
    main()
