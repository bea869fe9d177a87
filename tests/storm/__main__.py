"""`make storm`: storms over the relay; prints how many events came how often."""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
import time
from pathlib import Path

from tests.storm.storm import EVENTS, Outcome, ground, pass_over


def main() -> int:
    """Returns 0 only if every client had every event once and in order, or was told of the loss."""
    parser = argparse.ArgumentParser(prog="tests.storm", description=__doc__)
    parser.add_argument("--storms", type=int, default=1_000)
    parser.add_argument("--clients", type=int, default=200)
    parser.add_argument("--seed", type=int, default=None)
    given = parser.parse_args()
    seed = given.seed if given.seed is not None else time.time_ns() % 1_000_000
    print(f"{given.storms} storms, {given.clients} clients each, seed {seed}", flush=True)
    began = time.monotonic()
    outcome = asyncio.run(_storms(given.storms, given.clients, seed))
    _report(outcome, time.monotonic() - began)
    return 1 if outcome.faults or outcome.unfinished else 0


async def _storms(storms: int, clients: int, seed: int) -> Outcome:
    outcome = Outcome()
    with (
        tempfile.TemporaryDirectory(prefix="insight-storm-") as folder,
        ground(Path(folder)) as (place, relay),
    ):
        for number in range(storms):
            await pass_over(place, relay, clients, seed + number, outcome)
            if outcome.storms % 10 == 0:
                print(f"  {outcome.storms} storms, {len(outcome.faults)} faults", flush=True)
    return outcome


def _report(outcome: Outcome, took_s: float) -> None:
    codes = ", ".join(f"{code} x {n}" for code, n in outcome.codes.most_common())
    print(f"storms           {outcome.storms}")
    print(f"clients          {outcome.clients}, {EVENTS} events each")
    print(f"events received  {outcome.received}")
    print(f"losses signalled {outcome.resets}")
    print(f"connections      {outcome.connections}, of which cut {outcome.cuts}")
    print(f"relay killed -9  {outcome.kills} times")
    print(f"close codes      {codes}")
    print(f"unfinished       {outcome.unfinished}")
    print(f"faults           {len(outcome.faults)}")
    print(f"took             {took_s:.0f} s")
    for fault in outcome.faults[:20]:
        print(f"  {fault}")


if __name__ == "__main__":
    sys.exit(main())
