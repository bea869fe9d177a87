"""The parent's end of the child process that decodes."""

from __future__ import annotations

import json
import selectors
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO, Any, Final

from shared.speech.decoder.pipes import HEADER, LENGTH, MAX_MESSAGE_BYTES, RANGE, READ

from .recording import MediaProblem, MediaRefused, Source

_ROOT: Final = Path(__file__).parents[3]
_SIGXCPU: Final = -24
_SIGKILL: Final = -9


class Child:
    """One decoding process. Close it, or it lives on until its pipe breaks.

    It gets an empty folder of its own to stand in, no environment but the import path, and no
    descriptor but the two pipes.
    """

    def __init__(self, source: Source, job: Mapping[str, object], silence_s: float) -> None:
        self._source = source
        self._silence_s = silence_s
        self._folder = TemporaryDirectory(prefix="insight-decoder-")
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-s", "-B", "-m", "shared.speech.decoder"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            bufsize=0,
            cwd=self._folder.name,
            env={"PYTHONPATH": ":".join([str(_ROOT), *filter(None, sys.path)])},
        )
        self._selector = selectors.DefaultSelector()
        self._selector.register(self._from_child, selectors.EVENT_READ)
        told = json.dumps(job).encode()
        self._send(LENGTH.pack(len(told)) + told)

    def messages(self) -> Iterator[tuple[bytes, bytes]]:
        """Yields kind and payload of all that the child says, and answers its reads meanwhile.

        Raises:
            MediaRefused: if it dies, or falls silent.
        """
        while True:
            kind, length = HEADER.unpack(self._take(HEADER.size))
            if length > MAX_MESSAGE_BYTES:
                raise MediaRefused(MediaProblem.DAMAGED)
            payload = self._take(length)
            if kind == READ:
                self._answer(*RANGE.unpack(payload))
            else:
                yield kind, payload

    def close(self) -> None:
        """Ends the process, whatever it does."""
        self._process.kill()
        self._process.wait()
        self._selector.close()
        self._to_child.close()
        self._from_child.close()
        self._folder.cleanup()

    @property
    def _to_child(self) -> IO[bytes]:
        return self._pipe(self._process.stdin)

    @property
    def _from_child(self) -> IO[bytes]:
        return self._pipe(self._process.stdout)

    @staticmethod
    def _pipe(pipe: IO[Any] | None) -> IO[bytes]:
        if pipe is None:
            raise RuntimeError("the process was started without a pipe")
        return pipe

    def _answer(self, offset: int, length: int) -> None:
        # What a child that was taken over asks for is bounded like any other stranger's wish.
        found = b""
        if offset < self._source.size_bytes and length <= MAX_MESSAGE_BYTES:
            length = min(length, self._source.size_bytes - offset)
            found = self._source.read(offset, length)[:length]
        self._send(LENGTH.pack(len(found)) + found)

    def _send(self, told: bytes) -> None:
        rest = memoryview(told)
        try:
            while rest:
                rest = rest[self._to_child.write(rest) or 0 :]
        except OSError as error:
            raise self._end() from error

    def _take(self, length: int) -> bytes:
        taken = bytearray()
        while len(taken) < length:
            if not self._selector.select(self._silence_s):
                raise MediaRefused(MediaProblem.TOO_COSTLY)
            piece = self._from_child.read(length - len(taken))
            if not piece:
                raise self._end()
            taken += piece
        return bytes(taken)

    def _end(self) -> MediaRefused:
        """Why the child is gone: its limits, or bytes that FFmpeg stumbled over."""
        ended = self._process.wait()
        costly = ended in (_SIGXCPU, _SIGKILL)
        return MediaRefused(MediaProblem.TOO_COSTLY if costly else MediaProblem.DAMAGED)
