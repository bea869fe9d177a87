"""Wakes the processes that listen to a document store when another process has written to it.

Every listening process owns a named pipe in one folder; a writer tells each of them what it has
written. A write of at most PIPE_BUF bytes arrives whole (POSIX, write()), so that any number of
writers may share a pipe. A word that is lost, because a writer was killed before it could say it or
because the pipe was full, delays its documents until the listener looks by itself.
"""

from __future__ import annotations

import errno
import os
import secrets
import selectors
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

# The smallest PIPE_BUF that POSIX allows; longer words are left out, and found by looking.
_MAX_WORD_BYTES = 512
_READ_BYTES = 65_536
_PART = ".part"


def ring(folder: Path, words: Iterable[str]) -> None:
    """Tells every listening process `words`; never waits and never fails."""
    with suppress(FileNotFoundError), os.scandir(folder) as pipes:
        lines = [line for word in words if len(line := f"{word}\n".encode()) <= _MAX_WORD_BYTES]
        for pipe in pipes:
            if not pipe.name.endswith(_PART):
                _ring_one(pipe.path, lines)


def _ring_one(path: str, lines: Iterable[bytes]) -> None:
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_NONBLOCK)
    except OSError as error:
        if error.errno == errno.ENXIO:
            # Nobody reads it: its process is gone and will not come back under this name.
            with suppress(OSError):
                os.unlink(path)
        return
    try:
        with suppress(OSError):
            for line in lines:
                os.write(descriptor, line)
    finally:
        os.close(descriptor)


class Bell:
    """A listening process's own pipe.

    Args:
        folder: where writers look for pipes; made if there is none.
    """

    def __init__(self, folder: Path) -> None:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._path = folder / f"{os.getpid()}-{secrets.token_hex(8)}"
        part = self._path.with_suffix(_PART)
        os.mkfifo(part, 0o600)
        # Also open for writing: it then never reads as ended when the last writer closes it.
        self._descriptor = os.open(part, os.O_RDWR | os.O_NONBLOCK)
        # Only now may writers find it: one that finds a pipe without a reader removes it.
        part.rename(self._path)
        self._rest = b""
        # Of all ways to wait, select() alone knows no descriptors above 1,023.
        self._selector = selectors.DefaultSelector()
        self._selector.register(self._descriptor, selectors.EVENT_READ)

    def wait(self, timeout_s: float) -> set[str]:
        """The words that were said since the last call; none after `timeout_s` without any."""
        if not self._selector.select(timeout_s):
            return set()
        *lines, self._rest = (self._rest + os.read(self._descriptor, _READ_BYTES)).split(b"\n")
        return {line.decode() for line in lines if line}

    def wake(self) -> None:
        """Ends a `wait` of another thread with no words."""
        with suppress(BlockingIOError):
            os.write(self._descriptor, b"\n")

    def close(self) -> None:
        """Removes the pipe."""
        with suppress(FileNotFoundError):
            self._path.unlink()
        self._selector.close()
        os.close(self._descriptor)
