"""Secrets that are made once and then kept, for their owner only."""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path


def read_or_create(path: Path, make: Callable[[], bytes]) -> bytes:
    """What stands at `path`; if nothing does, what `make` returns is first put there, durably.

    Several processes may do this at once: all get the same secret.
    """
    if not path.exists():
        _create(path, make())
    return path.read_bytes()


def sync_directory(directory: Path) -> None:
    """Makes the names in `directory` outlive a power loss."""
    descriptor = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _create(path: Path, content: bytes) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    # Unlike a rename, a link never replaces what another process has put there first.
    with suppress(FileExistsError):
        os.link(draft, path)
    draft.unlink()
    sync_directory(path.parent)
