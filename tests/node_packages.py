"""Node's packages for tests, installed from a folder's lock file when the first test asks for them.

Where Node.js is not installed, or no package can be fetched, the tests that need it skip; in CI,
where Node.js is installed, they fail.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import subprocess
from functools import cache
from pathlib import Path

import pytest

_INSTALL = ("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline")
_OLDEST = 20


def node(
    folder: Path, *arguments: str, env: dict[str, str] | None = None, cwd: Path | None = None
) -> str:
    """Runs Node.js with the packages of `folder`, which must succeed; what it printed."""
    installed(folder)
    done = subprocess.run(
        ["node", *arguments],
        cwd=cwd or folder,
        env={**os.environ, **(env or {})},
        capture_output=True,
        text=True,
        timeout=240,
    )
    assert done.returncode == 0, done.stdout[-8_000:] + done.stderr[-8_000:]
    return done.stdout


def installed(folder: Path) -> None:
    """Returns when the packages of `folder` are there, and skips the test where they cannot be."""
    missing = _missing(folder)
    if missing is None:
        return
    if os.environ.get("CI") and shutil.which("npm"):
        pytest.fail(f"In CI Node's packages must not be missing: {missing}.")
    pytest.skip(missing)


@cache
def _missing(folder: Path) -> str | None:
    if not _is_new_enough():
        return f"Node.js {_OLDEST} or newer with npm is not installed"
    lock = folder / "package-lock.json"
    stamp = folder / "node_modules" / ".installed"
    wanted = hashlib.sha256(lock.read_bytes()).hexdigest()
    with lock.open() as held:
        # Two test runs in one checkout must not install over each other.
        fcntl.flock(held, fcntl.LOCK_EX)
        if stamp.exists() and stamp.read_text() == wanted:
            return None
        done = subprocess.run(_INSTALL, cwd=folder, capture_output=True, text=True, check=False)
        if done.returncode:
            return f"npm ci failed in {folder.name}: {done.stderr[-300:]}"
        stamp.write_text(wanted)
    return None


def _is_new_enough() -> bool:
    if not shutil.which("npm") or not shutil.which("node"):
        return False
    said = subprocess.run(["node", "--version"], capture_output=True, text=True, check=True)
    return int(said.stdout.lstrip("v").split(".")[0]) >= _OLDEST
