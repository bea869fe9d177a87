"""Files on their way to the service."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, cast

Content = str | os.PathLike[str] | IO[bytes]
Progress = Callable[[int, int], object]


@contextmanager
def opened(
    content: Content, filename: str | None, on_progress: Progress | None
) -> Iterator[tuple[str, IO[bytes]]]:
    """The name and bytes of `content`; a path is opened for as long as that."""
    if isinstance(content, str | os.PathLike):
        path = Path(content)
        with path.open("rb") as file:
            yield filename or path.name, _watched(file, on_progress)
    else:
        name = filename or Path(str(getattr(content, "name", "content"))).name
        yield name, _watched(content, on_progress)


def size_of(file: IO[bytes]) -> int:
    """Bytes of a file, which stands at its beginning afterwards."""
    size = file.seek(0, os.SEEK_END)
    file.seek(0)
    return size


def _watched(file: IO[bytes], on_progress: Progress | None) -> IO[bytes]:
    if not file.seekable():
        raise ValueError("The file must be able to seek, so that it can be sent again.")
    return file if on_progress is None else cast(IO[bytes], _Watched(file, on_progress))


class _Watched:
    """What httpx needs of a file, telling how far it has been read."""

    def __init__(self, file: IO[bytes], on_progress: Progress) -> None:
        self._file = file
        self._on_progress = on_progress
        self._total = file.seek(0, os.SEEK_END)
        file.seek(0)

    def read(self, size: int = -1) -> bytes:
        chunk = self._file.read(size)
        if chunk:
            self._on_progress(self._file.tell(), self._total)
        return chunk

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        return self._file.seek(offset, whence)

    def tell(self) -> int:
        return self._file.tell()
