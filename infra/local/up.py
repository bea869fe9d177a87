"""`python -m infra.local.up`: the whole service on this machine, until Ctrl-C.

Everything that must last is in the data directory, so that any process, this one too, may be killed
at any moment: the next start goes on where the work stood.
"""

from __future__ import annotations

import argparse
import fcntl
import os
import signal
import socket
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from infra.local.google_emulators import EmulatorMissing
from infra.local.place import Emulators, Place
from infra.local.programs import programs
from infra.local.readiness import is_ready
from infra.local.supervisor import Supervisor
from shared.endpoints import API

_READY_WITHIN_S = 120.0
# The processes of a service that was just killed may need a moment to let go of its port.
_PORT_FREE_WITHIN_S = 3.0


class CannotStart(RuntimeError):
    """The service cannot start here; the message says why and what to do."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Serves until SIGTERM or SIGINT; returns the exit status."""
    given = _parse(arguments)
    try:
        with _locked(given.data), _listening(given.host, given.port) as public:
            return _serve(given, public)
    except (CannotStart, EmulatorMissing) as error:
        print(error, file=sys.stderr)
        return 1


def _parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="infra.local.up", description=__doc__)
    parser.add_argument("--platform", choices=("embedded", "google"), default="embedded")
    parser.add_argument("--host", default="127.0.0.1", help="0.0.0.0 lets other machines in")
    parser.add_argument("--port", type=int, default=5000, help="0: any that is free")
    parser.add_argument("--data", type=lambda path: Path(path).resolve(), default=".insight")
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    given = parser.parse_args(arguments)
    given.data = Path(given.data).resolve()
    return given


def _serve(given: argparse.Namespace, public: socket.socket) -> int:
    with _listening("127.0.0.1", 0) as pipeline, _listening("127.0.0.1", 0) as front:
        emulators = Emulators.on_free_ports() if given.platform == "google" else None
        place = Place(given.data, public, pipeline, given.workers, emulators, front)
        supervisor = Supervisor(given.data / "logs", _say)
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: setattr(supervisor, "stopping", True))
        try:
            for program in programs(place):
                supervisor.add(program)
            _await_ready(supervisor, place, given)
            supervisor.watch()
        finally:
            supervisor.stop()
        _say("Stopped.")
    return 0


def _await_ready(supervisor: Supervisor, place: Place, given: argparse.Namespace) -> None:
    deadline = time.monotonic() + _READY_WITHIN_S
    supervisor.watch(until=lambda: is_ready(place) or time.monotonic() > deadline)
    if supervisor.stopping:
        return
    if time.monotonic() > deadline:
        raise CannotStart(f"The service did not become ready; see {given.data / 'logs'}")
    _say(f"Serving {place.origin}{API}")
    _say(f"  API to browse  {place.origin}{API}/docs")
    _say(f"  data           {given.data} ({place.platform})")
    _say(f"  logs           {given.data / 'logs'}")
    _say("  Ctrl-C stops it.")


@contextmanager
def _locked(data: Path) -> Iterator[None]:
    data.mkdir(mode=0o700, parents=True, exist_ok=True)
    with (data / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise CannotStart(f"Another process already serves {data}.") from error
        yield


@contextmanager
def _listening(host: str, port: int) -> Iterator[socket.socket]:
    deadline = time.monotonic() + _PORT_FREE_WITHIN_S
    with _new_socket(host) as listener:
        while not _bound(listener, host, port):
            if time.monotonic() > deadline:
                raise CannotStart(
                    f"Port {port} of {host} is taken by another program. "
                    "Name another one: make run PORT=5001"
                )
            time.sleep(0.1)
        listener.listen(1024)
        yield listener


def _new_socket(host: str) -> socket.socket:
    listener = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    return listener


def _bound(listener: socket.socket, host: str, port: int) -> bool:
    try:
        listener.bind((host, port))
    except PermissionError as error:
        raise CannotStart(f"Port {port} needs more rights; take one above 1023.") from error
    except OSError as error:
        if isinstance(error, socket.gaierror):
            raise CannotStart(f"{host} is no address of this machine.") from error
        return False
    return True


def _say(line: str) -> None:
    print(line, flush=True)


if __name__ == "__main__":
    sys.exit(main())
