"""Bounds how long a client that neither sends nor takes anything keeps a thread waiting."""

from __future__ import annotations

import socket
import struct
from typing import Final

# struct timeval: seconds and microseconds.
_TIMEVAL: Final = struct.Struct("@ll")


def bound_waits(connection: socket.socket, seconds: int) -> None:
    """Lets each read and write wait at most `seconds` for the other side; 0: for ever.

    The kernel keeps the bound (socket(7), SO_RCVTIMEO and SO_SNDTIMEO), as gunicorn sets Python's
    own timeout anew. It counts from the last byte: what is slow but goes on is not cut. A read or
    write that has waited so long raises `BlockingIOError`.
    """
    for option in (socket.SO_RCVTIMEO, socket.SO_SNDTIMEO):
        connection.setsockopt(socket.SOL_SOCKET, option, _TIMEVAL.pack(seconds, 0))
