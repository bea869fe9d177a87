"""One suite per port, run on both platforms.

The two halves are `embedded.py` and `google.py`, whose context managers have the names and yield
what the fixtures here do; Google's skip, in one line, where an emulator is not installed.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from shared.application.ports import Blobs, Documents, Listener

from . import embedded
from .harness import DirectUploads, IdentityHarness, TasksHarness


@pytest.fixture(params=["embedded", "google"])
def platform(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def documents(platform: str, tmp_path: Path) -> Iterator[Documents]:
    with _provided(platform, "documents", tmp_path) as store:
        yield store


@pytest.fixture
def listened(platform: str, tmp_path: Path) -> Iterator[tuple[Documents, Listener]]:
    """A listener, and the documents that it listens to."""
    with _provided(platform, "listened", tmp_path) as pair:
        yield pair


@pytest.fixture
def blobs(platform: str, tmp_path: Path) -> Iterator[Blobs]:
    """A bucket that does not notify."""
    with _provided(platform, "blobs", tmp_path) as bucket:
        yield bucket


@pytest.fixture
def uploads(
    platform: str, tmp_path: Path
) -> Iterator[tuple[Blobs, Callable[[], list[dict[str, str]]]]]:
    """The bucket that notifies, and the attributes of the notifications published so far."""
    with _provided(platform, "uploads", tmp_path) as bucket:
        yield bucket


@pytest.fixture
def direct_uploads(platform: str, tmp_path: Path) -> Iterator[DirectUploads]:
    """The bucket that notifies, and where the URLs of its upload sessions are served."""
    with _provided(platform, "direct_uploads", tmp_path) as harness:
        yield harness


@pytest.fixture
def tasks_harness(platform: str, tmp_path: Path) -> Iterator[TasksHarness]:
    with _provided(platform, "tasks_harness", tmp_path) as harness:
        yield harness


@pytest.fixture
def identity_harness(platform: str, tmp_path: Path) -> Iterator[IdentityHarness]:
    with _provided(platform, "identity_harness", tmp_path) as harness:
        yield harness


def _provided(platform: str, name: str, tmp_path: Path) -> AbstractContextManager[Any]:
    source = embedded if platform == "embedded" else _google()
    provide: Callable[[Path], AbstractContextManager[Any]] = getattr(source, name)
    return provide(tmp_path)


def _google() -> ModuleType:
    try:
        return importlib.import_module("tests.contract.google")
    except ModuleNotFoundError as error:
        pytest.skip(f"Google's client libraries are not installed: {error.name} is missing.")
