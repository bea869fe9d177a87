"""What the embedded engine makes of speech: how wrong, how sure, how fast, in how much memory."""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from infra.models.fit_word_trust import Judged, Utterance, judge, utterances
from shared.speech.reliability import LEAST_CONFIDENCE
from tests.bench.tables import show

_DATA = Path("../shared/data")
_WIDE = {"cmn": "batch", "loglevel": "FATAL"}


def measure() -> None:
    """Pocketsphinx as it is set here beside its defaults, each in a process of its own."""
    if not (_DATA / "speech" / "manifest.json").is_file():
        print("transcription: ../shared/data/speech is not here; nothing was measured")
        return
    rows, gates = [], []
    for name in ("as set here", "pocketsphinx's defaults"):
        done = subprocess.run(
            [sys.executable, "-m", "tests.bench.transcription", name],
            check=True,
            capture_output=True,
            text=True,
        )
        found = json.loads(done.stdout)
        rows.append((name, found["wer"], found["times"], found["mib"]))
        gates += [(f"{name}: {each}", *found["gate"][each]) for each in found["gate"]]
    show(
        "Pocketsphinx on 50 utterances of 5 speakers (LibriSpeech test-other)",
        ("settings", "WER", "x real time, one core", "MiB"),
        rows,
    )
    show(
        f"The gate at {LEAST_CONFIDENCE}, each speaker judged by what the others taught",
        ("segments", "share of the words", "WER"),
        gates,
    )


def _hear(name: str) -> dict[str, object]:
    from shared.adapters.embedded import sphinx

    if name != "as set here":
        sphinx.SETTINGS.clear()
        sphinx.SETTINGS.update(_WIDE)
    began = time.process_time()
    heard = list(utterances(_DATA))
    took_s = time.process_time() - began
    entries = json.loads((_DATA / "speech" / "manifest.json").read_text("utf-8"))
    return {
        "wer": _rate(heard),
        "times": sum(entry["duration_s"] for entry in entries) / took_s,
        "mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        "gate": _gate(list(judge(heard))),
    }


def _rate(heard: Sequence[Utterance]) -> float:
    errors = sum(sum(each.alignment.errors) + each.alignment.missed for each in heard)
    return errors / sum(sum(each.alignment.said) + each.alignment.missed for each in heard)


def _gate(judged: Sequence[Judged]) -> dict[str, tuple[float, float]]:
    said = sum(each.said for each in judged)
    passed = [each for each in judged if each.confidence >= LEAST_CONFIDENCE]
    kept_out = [each for each in judged if each.confidence < LEAST_CONFIDENCE]
    return {
        name: (
            sum(each.said for each in some) / said,
            sum(each.errors for each in some) / max(1, sum(each.said for each in some)),
        )
        for name, some in (("passed", passed), ("kept out", kept_out))
    }


if __name__ == "__main__":
    print(json.dumps(_hear(sys.argv[1])))
