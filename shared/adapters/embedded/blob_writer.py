"""Writes a blob's bytes into a file that nobody sees until it is published."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Self

from shared.application.ports import BlobInfo
from shared.domain.errors import AlreadyExists, Unavailable

from .secret_file import sync_directory


class FileWriter:
    """A `BlobWriter`.

    Args:
        file: the file to write; there is none yet.
        publish: makes the synced file, of so many bytes, a blob.
    """

    def __init__(self, file: Path, publish: Callable[[int], BlobInfo]) -> None:
        self._file = file
        self._publish = publish
        self._size_bytes = 0
        self._descriptor: int | None = None
        self._published = False

    def __enter__(self) -> Self:
        with _unavailable():
            self._file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL
            self._descriptor = os.open(self._file, flags, 0o600)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None
        if not self._published:
            self._file.unlink(missing_ok=True)

    def write(self, chunk: bytes) -> None:
        """Appends `chunk`.

        Raises:
            RuntimeError: outside the `with` block, or after `commit`.
            Unavailable: the disk took no more.
        """
        descriptor = self._open_descriptor()
        left = memoryview(chunk)
        with _unavailable():
            while left:
                left = left[os.write(descriptor, left) :]
        self._size_bytes += len(chunk)

    def commit(self) -> BlobInfo:
        """Syncs the bytes, then makes them a blob."""
        descriptor = self._open_descriptor()
        with _unavailable():
            os.fsync(descriptor)
            sync_directory(self._file.parent)
            sync_directory(self._file.parent.parent)
        # Should the ledger fail now, whether it has taken the blob is unknown: the file must stay.
        self._published = True
        try:
            return self._publish(self._size_bytes)
        except AlreadyExists:
            self._published = False
            raise

    def _open_descriptor(self) -> int:
        if self._descriptor is None or self._published:
            raise RuntimeError("This blob is not being written.")
        return self._descriptor


@contextmanager
def _unavailable() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise Unavailable("The blob could not be written just now.") from error
