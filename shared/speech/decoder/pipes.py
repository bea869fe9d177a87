"""How the child speaks with its parent: framed messages over standard input and output.

The child sends a kind of one byte, a length of four bytes and that many bytes; the parent answers
only to `READ`, with a length of four bytes and that many bytes. Numbers are little-endian.
"""

from __future__ import annotations

import json
import struct
from typing import Any, BinaryIO, Final, NoReturn

HEADER: Final = struct.Struct("<cI")
LENGTH: Final = struct.Struct("<I")
RANGE: Final = struct.Struct("<QI")

READ: Final = b"r"  # payload: RANGE; asks for bytes of the media
OPENED: Final = b"o"  # payload: JSON; what the media is, before any sound
SOUND: Final = b"s"  # payload: interleaved 16-bit samples, 16 kHz, a second at most
ALIVE: Final = b"a"  # no payload; time goes by without sound that is wanted
DONE: Final = b"d"  # payload: JSON; what was found along the way
REFUSED: Final = b"x"  # payload: JSON; the code why there is no (more) sound

MAX_MESSAGE_BYTES: Final = 1 << 20


class ParentGone(Exception):
    """The parent closed the pipe; there is nobody left to work for."""


class Refused(Exception):
    """The media cannot be taken; `code` is one of `shared.speech.media.MediaProblem`."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Pipes:
    """The child's end. `incoming` and `outgoing` are unbuffered."""

    def __init__(self, incoming: BinaryIO, outgoing: BinaryIO) -> None:
        self._incoming = incoming
        self._outgoing = outgoing

    def job(self) -> dict[str, Any]:
        """What is to be done: the first thing that the parent sends."""
        (length,) = LENGTH.unpack(self._take(LENGTH.size))
        found: dict[str, Any] = json.loads(self._take(length))
        return found

    def read(self, offset: int, length: int) -> bytes:
        """The media's bytes from `offset`; fewer than `length` only at its end."""
        self.send(READ, RANGE.pack(offset, length))
        (given,) = LENGTH.unpack(self._take(LENGTH.size))
        return self._take(given)

    def tell(self, kind: bytes, **facts: object) -> None:
        """Sends facts as JSON."""
        self.send(kind, json.dumps(facts).encode())

    def send(self, kind: bytes, payload: bytes) -> None:
        """Sends one message; waits while the parent is busy."""
        rest = memoryview(HEADER.pack(kind, len(payload)) + payload)
        while rest:
            rest = rest[self._write(rest) :]

    def _write(self, rest: memoryview) -> int:
        try:
            return self._outgoing.write(rest) or 0
        except OSError:
            self._give_up()

    def _take(self, length: int) -> bytes:
        taken = bytearray()
        while len(taken) < length:
            piece = self._incoming.read(length - len(taken))
            if not piece:
                self._give_up()
            taken += piece
        return bytes(taken)

    def _give_up(self) -> NoReturn:
        raise ParentGone


class MediaFile:
    """The media as the file object that PyAV reads; the bytes come from the parent, in windows.

    A window grows from 256 KiB to 1 MiB while reading is sequential, so that a store that answers
    in 50 ms keeps up, and falls back after a jump (an index at the end of the file).
    """

    _SMALLEST: Final = 1 << 18
    _LARGEST: Final = 1 << 20
    _KEPT: Final = 3

    def __init__(self, pipes: Pipes, size_bytes: int) -> None:
        self._pipes = pipes
        self._windows: list[tuple[int, bytes]] = []
        self._reach = self._SMALLEST
        self._offset = 0
        self.size_bytes = size_bytes

    def read(self, length: int = -1) -> bytes:
        """At most `length` bytes; none only at the end."""
        left = self.size_bytes - self._offset
        wanted = left if length < 0 else min(length, left)
        if wanted <= 0:
            return b""
        start, window = self._window()
        skip = self._offset - start
        found = window[skip : skip + wanted]
        self._offset += len(found)
        return found

    def seek(self, offset: int, whence: int = 0) -> int:
        """Moves to a place, which may lie behind the end."""
        base = (0, self._offset, self.size_bytes)[whence]
        self._offset = max(base + offset, 0)
        return self._offset

    def tell(self) -> int:
        """Where reading goes on."""
        return self._offset

    def _window(self) -> tuple[int, bytes]:
        for window in self._windows:
            if window[0] <= self._offset < window[0] + len(window[1]):
                return window
        return self._fetch()

    def _fetch(self) -> tuple[int, bytes]:
        follows = any(start + len(held) == self._offset for start, held in self._windows)
        self._reach = min(self._reach * 2, self._LARGEST) if follows else self._SMALLEST
        held = self._pipes.read(self._offset, min(self._reach, self.size_bytes - self._offset))
        if not held:
            raise ParentGone
        self._windows = [*self._windows[1 - self._KEPT :], (self._offset, held)]
        return self._windows[-1]
