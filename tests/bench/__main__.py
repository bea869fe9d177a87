"""`make bench`: what the service costs, beside what could not cost less, measured in one run.

make bench                     # everything
make bench BENCH="imports --runs 21 --endpoint get_session"
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import Final

from tests.bench import (
    accuracy,
    analysis,
    costs,
    decoding,
    diarization,
    hostile,
    imports,
    memory,
    reads,
    sockets,
    summary,
    throughput,
    truth,
    uploads,
)

_BENCHES: Final[dict[str, Callable[[argparse.Namespace], None]]] = {
    "requests": lambda given: throughput.measure(given.rounds),
    "reads": lambda _: reads.measure(),
    "memory": lambda _: memory.measure(),
    "uploads": lambda _: uploads.measure(),
    "sockets": lambda given: sockets.measure(given.sockets, given.rounds * 20),
    "imports": lambda given: imports.measure(
        given.runs, tuple(given.platform), tuple(given.endpoint)
    ),
    "decoding": lambda _: decoding.measure(),
    "diarization": lambda _: diarization.measure(),
    "hostile": lambda given: hostile.measure(given.mutations),
    "listening": lambda _: _listening(),
    "transcription": lambda _: _transcription(),
    "analysis": lambda given: analysis.measure(given.minilm),
    "accuracy": lambda given: accuracy.measure(given.data),
    "costs": lambda _: costs.measure(),
    "summary": lambda _: summary.measure(),
    "truth": lambda given: truth.measure(given.texts),
}


def _listening() -> None:
    # Only this one needs Google's clients in its own process.
    from tests.bench import listening

    listening.measure()


def _transcription() -> None:
    from tests.bench import transcription

    transcription.measure()


def main() -> None:
    """Runs the named benches, or all."""
    parser = argparse.ArgumentParser(prog="tests.bench", description=__doc__)
    parser.add_argument("bench", nargs="*", choices=[*_BENCHES, []], default=[])
    parser.add_argument(
        "--rounds", type=int, default=5, help="of requests, and 20 times as many of sockets"
    )
    parser.add_argument("--sockets", type=int, default=1_000, help="of the relay, at least 50")
    parser.add_argument("--mutations", type=int, default=500, help="of hostile files")
    parser.add_argument("--runs", type=int, default=7, help="of imports")
    parser.add_argument("--platform", action="append", choices=("embedded", "google"), default=None)
    parser.add_argument("--endpoint", action="append", default=[], help="of imports")
    parser.add_argument("--minilm", type=Path, default=None, help="of analysis: the base model")
    parser.add_argument("--texts", type=int, default=10_000, help="of truth, at random")
    parser.add_argument(
        "--data", type=Path, default=Path("../shared/data"), help="of accuracy: the public sets"
    )
    given = parser.parse_args()
    given.platform = given.platform or ["embedded", "google"]
    for name in given.bench or _BENCHES:
        _BENCHES[name](given)


if __name__ == "__main__":
    main()
