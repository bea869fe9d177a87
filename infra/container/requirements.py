"""Prints the part of requirements.lock that the service needs to run, and none of its tests'.

    python infra/container/requirements.py requirements.lock

Every entry of the lock says by its `# via` lines who asked for it; what is asked for by the project
itself, and by what that asks for, stays. One lock serves both: what was tested is what runs.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

_ENTRY: Final = re.compile(r"^(?=[A-Za-z0-9])", re.MULTILINE)
_NAME: Final = re.compile(r"[A-Za-z0-9._-]+")
_VIA: Final = re.compile(r"^ +# +(?:via )? *(\S.*)$", re.MULTILINE)
_PROJECT: Final = "insight-journey (pyproject.toml)"


def needed(lock: str) -> str:
    """The lines of `lock` that are installed where the service runs."""
    entries = [entry for entry in _ENTRY.split(lock) if "==" in entry]
    kept = _closure([(_name(entry), _asking(entry)) for entry in entries])
    return "".join(entry for entry in entries if _name(entry) in kept)


def _name(entry: str) -> str:
    found = _NAME.match(entry)
    return found[0] if found else ""


def _asking(entry: str) -> set[str]:
    return {who.strip() for who in _VIA.findall(entry) if who.strip() != "via"}


def _closure(asked: Sequence[tuple[str, set[str]]]) -> set[str]:
    kept: set[str] = set()
    while more := {n for n, who in asked if n not in kept and who & {_PROJECT, *kept}}:
        kept |= more
    return kept


if __name__ == "__main__":
    sys.stdout.write(needed(Path(sys.argv[1]).read_text(encoding="utf-8")))
