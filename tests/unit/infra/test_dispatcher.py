"""What the dispatcher's process does beside delivering."""

from __future__ import annotations

import threading
from types import SimpleNamespace
from typing import Any

import pytest

from infra.local import dispatcher
from shared.domain.errors import Unavailable


@pytest.mark.parametrize("error", [Unavailable("The store is busy."), OSError(5, "I/O error")])
def test_garbage_is_collected_again_after_a_failure(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, error: Exception
) -> None:
    stop, calls = threading.Event(), 0

    def collect_garbage() -> int:
        nonlocal calls
        calls += 1
        if calls == 1:
            raise error
        stop.set()
        return 0

    services: Any = SimpleNamespace(uploads=SimpleNamespace(collect_garbage=collect_garbage))
    monkeypatch.setattr(dispatcher, "_COLLECT_EVERY_S", 0.0)
    dispatcher._collect_garbage(stop, services)
    assert calls == 2
    assert type(error).__name__ in caplog.text
