"""What the analysis of a session costs one core, beside the base model in other hands.

Every row is a process of its own, held to one core, that reads the transcripts of
../shared/data (or, without them, the demo's) in one row until it has so many words.

make bench BENCH=analysis
make bench BENCH="analysis --minilm build/minilm.onnx"   # made by infra.models.frozen
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any, Final

from infra.local.place import ROOT
from tests.bench.tables import show

HOUR_WORDS: Final = 8_000
_LENGTHS: Final = (2_000, 4_000, HOUR_WORDS, 2 * HOUR_WORDS)


def measure(minilm: Path | None) -> None:
    """Prints the tables."""
    rows = [_worker("engine", words) for words in _LENGTHS]
    show(
        "The whole analysis: reader, windows, elements, patterns and summary",
        ("words", "elements", "CPU s", "CPU s / 8,000 words", "peak RSS MiB"),
        [
            (f"{r['words']}", r["elements"], r["cpu_s"], _per_hour(r, "cpu_s"), r["peak_mib"])
            for r in rows
        ],
    )
    hour = rows[_LENGTHS.index(HOUR_WORDS)]
    steps = [hour[f"{name}_s"] for name in ("imports", "model", "examples", "first_window")]
    show(
        "A fresh process until its first element (CPU seconds; elapsed in the last column)",
        ("imports", "model", "examples", "first window", "together", "elapsed"),
        [(*(f"{part:.2f}" for part in steps), sum(steps), hour["first_element_s"])],
    )
    _compare(hour, minilm)


def _compare(hour: dict[str, Any], minilm: Path | None) -> None:
    others = {"the engine's model alone, a sentence a call": _worker("model", HOUR_WORDS)}
    if minilm is None:
        print("Without --minilm there is no base model to compare with.")
    else:
        for name, what in (
            ("each", "frozen MiniLM, float32, a sentence a call"),
            ("batches", "frozen MiniLM, float32, padded batches of 32 by length"),
        ):
            others[what] = _worker(name, HOUR_WORDS, str(minilm))
    rows = [("all elements, patterns and summary", _per_hour(hour, "cpu_s"), 1.0)]
    rows += [
        (what, _per_hour(r, "cpu_s"), _per_hour(r, "cpu_s") / _per_hour(hour, "cpu_s"))
        for what, r in others.items()
    ]
    show(f"Per {HOUR_WORDS} words; the others only make vectors", ("", "CPU s", "ratio"), rows)


def _per_hour(row: dict[str, Any], name: str) -> float:
    return float(row[name]) * HOUR_WORDS / row["words"]


def _worker(*arguments: object) -> dict[str, Any]:
    command = [sys.executable, "-m", "tests.bench.analysis_worker", *map(str, arguments)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    return dict(json.loads(done.stdout.splitlines()[-1]))
