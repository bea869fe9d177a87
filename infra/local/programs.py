"""Which programs make up the service on one machine, and how they are started."""

from __future__ import annotations

import os
import shutil
import socket
import sys
from collections.abc import Iterator, Mapping, Sequence

from infra.local.google_emulators import firestore_command, pubsub_command
from infra.local.place import Emulators, Place
from infra.local.supervisor import Program
from shared.config import Config

# Two processes answer while one is restarted; threads wait for the store, not for the processor.
_GATEWAY_PROCESSES = 2
_GATEWAY_THREADS = 32
_FRONT_THREADS = 8
# Longer than a connection that is alive pauses within a request.
_GATEWAY_SILENCE_S = 30
# Beyond the longest timeout of any function they serve.
_GATEWAY_TIMEOUT_S = 330
_WORKER_TIMEOUT_S = 330


def programs(place: Place) -> Iterator[Program]:
    """The programs in the order in which they are to start.

    Raises:
        EmulatorMissing: if one is needed that is not installed.
    """
    if place.emulators and place.front:
        yield from _emulators(place, place.emulators)
        yield from _staging(place, place.front)
    else:
        yield from _embedded(place)


def _embedded(place: Place) -> Iterator[Program]:
    """The pipeline and the API, each in a few processes with all of its functions."""
    # One process more than windows are analysed at a time: short tasks need not wait for them.
    worker = {"processes": place.workers + 1, "threads": 1, "timeout": _WORKER_TIMEOUT_S}
    yield _server(place, "worker", [place.pipeline], worker)
    words = [place.pipeline_origin, f"--concurrency={place.workers}"]
    yield Program("dispatcher", "infra.local.dispatcher", words, place.environment)
    gateway = {
        "processes": _GATEWAY_PROCESSES,
        "threads": _GATEWAY_THREADS,
        "timeout": _GATEWAY_TIMEOUT_S,
        "silence": _GATEWAY_SILENCE_S,
    }
    yield _relay(place)
    giving = place.sockets.giving
    yield _server(place, "gateway", [place.public, giving], {**gateway, "giving": giving.fileno()})


def _server(
    place: Place, name: str, sockets: Sequence[socket.socket], settings: Mapping[str, int]
) -> Program:
    numbers = [each.fileno() for each in sockets]
    words = [f"--{key}={value}" for key, value in {"socket": numbers[0], **settings}.items()]
    return Program(name, "infra.local.serve", [name, *words], place.environment, numbers)


def _relay(place: Place) -> Program:
    number = place.sockets.taking.fileno()
    return Program(
        "relay", "infra.local.relay", [f"--taking={number}"], place.environment, [number]
    )


def _staging(place: Place, front: socket.socket) -> Iterator[Program]:
    """Each service as its container runs it, behind what stands for the load balancer."""
    settings = {"processes": 1, "threads": _FRONT_THREADS, "timeout": _GATEWAY_TIMEOUT_S}
    yield _server(place, "front", [front], settings)
    sockets = {"public": place.public, "internal": place.pipeline}
    numbers = {name: each.fileno() for name, each in sockets.items()}
    words = {**numbers, "front": front.getsockname()[1], "logs": place.data / "logs"}
    said = [f"--{name}={value}" for name, value in words.items()]
    descriptors = list(numbers.values())
    yield Program("balancer", "infra.local.balancer", said, place.environment, descriptors)
    origin = place.pipeline_origin
    yield Program("subscriber", "infra.local.subscriber", [origin], place.environment)


def _emulators(place: Place, ports: Emulators) -> Iterator[Program]:
    config = Config.from_environment(os.environ)
    kept = place.data / "emulated-storage"
    # The emulated Firestore forgets at its end; what people sent must not outlive its records.
    shutil.rmtree(kept, ignore_errors=True)
    storage = [
        *(sys.executable, "-m", "infra.local.storage_emulator"),
        *(f"--port={ports.storage}", f"--data={kept}"),
        *(f"--pubsub=127.0.0.1:{ports.pubsub}", f"--pubsub-project={config.project}"),
        *("--topic=uploads", f"--notify-bucket={config.uploads_bucket}"),
    ]
    commands = {
        "firestore": firestore_command("127.0.0.1", ports.firestore),
        "pubsub": pubsub_command("127.0.0.1", ports.pubsub),
        "storage": storage,
    }
    for name, command in commands.items():
        yield Program(name, "infra.local.lifeline", command)
