"""Where programs of this machine write what they say."""

from __future__ import annotations

from pathlib import Path
from typing import BinaryIO, Final

_LOG_BYTES: Final = 10 * 1024 * 1024


def open_log(path: Path) -> BinaryIO:
    """Opens a log to append to; one that has grown too long is set aside first."""
    if path.exists() and path.stat().st_size > _LOG_BYTES:
        path.replace(path.with_suffix(".old.log"))
    return path.open("ab")
