"""Bounds how long a client keeps a thread waiting: one that falls silent, and one that drips."""

from __future__ import annotations

import socket
import struct
import time
from collections.abc import Callable
from typing import Any, Final, Self, TypeVar

T = TypeVar("T")

# struct timeval: seconds and microseconds.
_TIMEVAL: Final = struct.Struct("@ll")
# What a request and its answer may take: so many silences in all, and longer the more bytes go.
# Apache's mod_reqtimeout bounds drips in the same way and at the same rate ("MinRate=500").
_SILENCES: Final = 4
_LEAST_BYTES_PER_S: Final = 500


class PacedSocket(socket.socket):
    """A connection whose other side must keep a pace, beside the bound that `bound_waits` sets.

    Only time that a thread has waited in `recv` or `sendall` counts, none of what is done with the
    bytes. What is too slow raises `BlockingIOError`, as silence does.

    Attributes:
        silence_s: as for `bound_waits`; 0: any pace will do.
    """

    silence_s = 0
    _waited_s = 0.0
    _moved_bytes = 0

    @classmethod
    def of(cls, connection: socket.socket, silence_s: int) -> Self:
        """Takes a connection over; `connection` itself is of no use any more."""
        paced = cls(fileno=connection.detach())
        paced.silence_s = silence_s
        return paced

    def begin(self) -> None:
        """A request begins: what went before does not count."""
        self._waited_s, self._moved_bytes = 0.0, 0

    def recv(self, *arguments: int) -> bytes:
        """As of any socket."""
        return self._timed(super().recv, len, *arguments)

    def sendall(self, data: Any, flags: int = 0) -> None:
        """As of any socket."""
        left = memoryview(data).cast("B")
        while left:
            left = left[self._timed(super().send, int, left, flags) :]

    def _timed(self, move: Callable[..., T], count: Callable[[T], int], *arguments: Any) -> T:
        began_s = time.monotonic()
        moved = move(*arguments)
        self._waited_s += time.monotonic() - began_s
        self._moved_bytes += count(moved)
        allowed_s = _SILENCES * self.silence_s + self._moved_bytes / _LEAST_BYTES_PER_S
        if self.silence_s and self._waited_s > allowed_s:
            raise BlockingIOError("The other side is too slow.")
        return moved


def bound_waits(connection: socket.socket, seconds: int) -> None:
    """Lets each read and write wait at most `seconds` for the other side; 0: for ever.

    The kernel keeps the bound (socket(7), SO_RCVTIMEO and SO_SNDTIMEO), as gunicorn sets Python's
    own timeout anew. It counts from the last byte: what is slow but goes on is not cut. A read or
    write that has waited so long raises `BlockingIOError`.
    """
    for option in (socket.SO_RCVTIMEO, socket.SO_SNDTIMEO):
        connection.setsockopt(socket.SOL_SOCKET, option, _TIMEVAL.pack(seconds, 0))
