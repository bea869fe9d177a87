from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
LOCK = (ROOT / "requirements.lock").read_text(encoding="utf-8")


def locked() -> dict[str, str]:
    """Each locked package with its lines."""
    entries = re.split(r"^(?=\S)", LOCK, flags=re.MULTILINE)
    return {entry.split("==")[0]: entry for entry in entries if "==" in entry}


def named() -> Iterator[str]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    groups = [
        project["project"]["dependencies"],
        *project["project"]["optional-dependencies"].values(),
        *project["dependency-groups"].values(),
    ]
    for group in groups:
        for requirement in group:
            name = re.match(r"[\w.-]+", requirement)
            assert name, requirement
            yield name[0].lower().replace("_", "-")


def test_lock_has_every_package_that_pyproject_names() -> None:
    assert set(named()) <= set(locked())


def test_lock_has_hashes_for_every_package() -> None:
    assert [name for name, entry in locked().items() if "--hash=sha256:" not in entry] == []


def test_lock_names_no_place_to_fetch_from() -> None:
    assert "://" not in LOCK
