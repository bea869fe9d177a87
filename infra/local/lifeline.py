"""The pipe by which children learn that their supervisor has ended, however it ended.

The supervisor alone holds the writing end, so the kernel closes it even after `kill -9`. That works
on every Unix and, unlike a parent-death signal, does not depend on which thread started the child.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from typing import NoReturn


def end_with(descriptor: int) -> None:
    """Kills this process as soon as the other end of `descriptor` is closed."""
    threading.Thread(target=_wait_and_kill, args=(descriptor, os.getpid()), daemon=True).start()


def _wait_and_kill(descriptor: int, process_id: int) -> None:
    while os.read(descriptor, 1):
        pass
    os.kill(process_id, signal.SIGKILL)


def run(descriptor: int, command: list[str]) -> NoReturn:
    """Runs a program that knows nothing of lifelines and ends it, with its children, in time."""
    program = subprocess.Popen(command, stdin=subprocess.DEVNULL, start_new_session=True)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: os.killpg(program.pid, signal.SIGTERM))
    watch = threading.Thread(target=_wait_and_kill_group, args=(descriptor, program.pid))
    watch.daemon = True
    watch.start()
    sys.exit(program.wait())


def _wait_and_kill_group(descriptor: int, group: int) -> None:
    while os.read(descriptor, 1):
        pass
    os.killpg(group, signal.SIGKILL)


if __name__ == "__main__":
    run(int(sys.argv[1]), sys.argv[2:])
