"""One suite per port, run on both platforms.

The Google half comes from `tests/emulators.py`, whose context managers have the names and yield
what the fixtures here do; they skip, in one line, where an emulator is not installed.
"""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from shared.adapters.embedded.documents import SqliteDocuments
from shared.application.ports import Documents


@pytest.fixture(params=["embedded", "google"])
def platform(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def documents(platform: str, tmp_path: Path) -> Iterator[Documents]:
    with _provided(platform, "documents", lambda: _embedded_documents(tmp_path)) as store:
        yield store


@contextmanager
def _embedded_documents(tmp_path: Path) -> Iterator[Documents]:
    store = SqliteDocuments(tmp_path / "documents.db")
    yield store
    store.close()


def _provided(platform: str, name: str, embedded: Any) -> AbstractContextManager[Any]:
    return embedded() if platform == "embedded" else getattr(_emulators(), name)()


def _emulators() -> ModuleType:
    try:
        return importlib.import_module("tests.emulators")
    except ModuleNotFoundError as error:
        pytest.skip(f"Google's emulators are not set up here: {error.name} is missing.")
