"""Which programs make up the service on one machine, and how they are started."""

from __future__ import annotations

import socket
from collections.abc import Iterator, Mapping

from infra.local.place import Place
from infra.local.supervisor import Program

# Two processes answer while one is restarted; threads wait for the store, not for the processor.
_GATEWAY_PROCESSES = 2
_GATEWAY_THREADS = 8
# Beyond the longest timeout of any function they serve.
_GATEWAY_TIMEOUT_S = 330
_WORKER_TIMEOUT_S = 330


def programs(place: Place) -> Iterator[Program]:
    """The programs in the order in which they are to start."""
    # One process more than windows are analysed at a time: short tasks need not wait for them.
    worker = {"processes": place.workers + 1, "threads": 1, "timeout": _WORKER_TIMEOUT_S}
    yield _server(place, "worker", place.pipeline, worker)
    dispatcher = [place.pipeline_origin, f"--concurrency={place.workers}"]
    yield Program("dispatcher", "infra.local.dispatcher", dispatcher, place.environment)
    gateway = {
        "processes": _GATEWAY_PROCESSES,
        "threads": _GATEWAY_THREADS,
        "timeout": _GATEWAY_TIMEOUT_S,
    }
    yield _server(place, "gateway", place.public, gateway)


def _server(
    place: Place, name: str, listener: socket.socket, settings: Mapping[str, int]
) -> Program:
    number = listener.fileno()
    words = [f"--{key}={value}" for key, value in {"socket": number, **settings}.items()]
    return Program(name, "infra.local.serve", [name, *words], place.environment, [number])
