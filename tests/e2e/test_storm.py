from __future__ import annotations

import asyncio
from pathlib import Path

from tests.storm.storm import EVENTS, Outcome, ground, pass_over


def test_clients_get_every_event_once_in_order_through_cuts_and_kills(tmp_path: Path) -> None:
    outcome = Outcome()

    async def storms() -> None:
        with ground(tmp_path) as (place, relay):
            for seed in (1, 2):
                await pass_over(place, relay, 40, seed, outcome)

    asyncio.run(storms())
    assert outcome.faults == []
    assert outcome.unfinished == 0
    assert outcome.received + outcome.resets > 0
    assert outcome.clients == 80
    assert outcome.cuts > 0
    assert outcome.kills > 0
    assert EVENTS * outcome.clients >= outcome.received
