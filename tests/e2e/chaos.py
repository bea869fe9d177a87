"""`make chaos`: transcripts at once under `kill -9`; prints what was lost and what was doubled."""

from __future__ import annotations

import argparse
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import cycle, islice
from pathlib import Path

from infra.demo.client import Client
from infra.demo.service import Service
from tests.e2e.findings import Finding, faults_of, findings
from tests.e2e.storm import Killer, await_all, create, create_all, signed_up
from tests.e2e.texts import texts

_DISTINCT = 5
_WITHIN_S = 1800.0


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of the sessions.

    Attributes:
        faults: by session id, only of those with any.
        elements: in all of them together.
    """

    accepted: int
    unfinished: int
    faults: dict[str, list[str]]
    elements: int
    killed: Counter[str]
    took_s: float

    @property
    def well(self) -> bool:
        """Whether nothing was lost or doubled."""
        return not self.unfinished and not self.faults


def endure(
    service: Service,
    sessions: int,
    seed: int,
    within_s: float = _WITHIN_S,
    say: Callable[[str], None] = lambda _: None,
) -> Outcome:
    """Analyses `sessions` transcripts at once under kills and compares with undisturbed runs."""
    client = signed_up(service)
    chosen = list(islice(cycle(texts(_DISTINCT)), sessions))
    expected = undisturbed(client, sorted(set(chosen)), within_s)
    killer = Killer(service, seed)
    storm = threading.Thread(target=killer.run)
    began = time.monotonic()
    storm.start()
    try:
        created = create_all(client, chosen)
        say(f"{len(created)} accepted after {time.monotonic() - began:.0f} s")
        unfinished = await_all(client, created, within_s)
    finally:
        killer.stop()
        storm.join()
    took_s = time.monotonic() - began
    faults = {
        one: found
        for one, text in zip(created, chosen, strict=True)
        if (found := faults_of(client, one, expected[text]))
    }
    elements = sum(expected[text].total() for text in chosen)
    return Outcome(len(created), len(unfinished), faults, elements, killer.killed, took_s)


def undisturbed(
    client: Client, chosen: Sequence[str], within_s: float
) -> dict[str, Counter[Finding]]:
    """What is found in each text when nothing is killed."""
    created = {text: create(client, text) for text in chosen}
    if await_all(client, list(created.values()), within_s):
        raise TimeoutError("An undisturbed analysis did not end.")
    return {text: findings(client.session(one)) for text, one in created.items()}


def main() -> int:
    """Prints the counts and returns 0 only if nothing was lost or doubled."""
    parser = argparse.ArgumentParser(prog="tests.e2e.chaos", description=__doc__)
    parser.add_argument("--sessions", type=int, default=200)
    parser.add_argument("--seed", type=int, default=None)
    given = parser.parse_args()
    seed = given.seed if given.seed is not None else time.time_ns() % 1_000_000
    _say(f"{given.sessions} transcripts, seed {seed}")
    with (
        tempfile.TemporaryDirectory(prefix="insight-chaos-") as data,
        Service(Path(data)) as service,
    ):
        outcome = endure(service, given.sessions, seed, say=_say)
    _report(outcome)
    return 0 if outcome.well else 1


def _say(line: str) -> None:
    print(line, flush=True)


def _report(outcome: Outcome) -> None:
    killed = ", ".join(f"{name} {count}" for name, count in sorted(outcome.killed.items()))
    print(f"killed with -9   {outcome.killed.total()} processes ({killed})")
    print(f"accepted         {outcome.accepted}")
    print(f"unfinished       {outcome.unfinished}")
    print(f"with a fault     {len(outcome.faults)}")
    print(f"elements         {outcome.elements} expected in all")
    print(f"took             {outcome.took_s:.0f} s")
    for session_id, faults in outcome.faults.items():
        print(f"  {session_id}: {'; '.join(faults)}")


if __name__ == "__main__":
    sys.exit(main())
