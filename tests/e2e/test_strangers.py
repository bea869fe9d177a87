"""A short siege; `python -m tests.storm.strangers` is the long one."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from shared.live.limits import Limits
from tests.storm.strangers import allow_connections, besieged

STRANGERS, WAVES = 2_000, 2


def test_strangers_in_thousands_leave_nothing_behind_and_keep_nobody_out(tmp_path: Path) -> None:
    if not allow_connections(STRANGERS):
        pytest.skip("the system allows too few sockets: ulimit -Hn")
    with besieged(tmp_path, Limits(first_frame_s=0.5, close_s=0.1)) as relay:
        siege = asyncio.run(relay.stand(STRANGERS, WAVES))
        assert relay.process.is_running()
    assert siege.faults(STRANGERS) == []
