"""The same transcript gives the same bytes, in any process."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
# What is kept of a whole session: elements, highlights, patterns and the summary's sentences.
ANALYSE = """
import json, sys
from datetime import UTC, datetime
from pathlib import Path
from shared.analysis.engine import LocalAnalyzer
from shared.analysis.summary import choose_sentences
from shared.application.element_records import elements_to_record, highlights_to_record
from shared.domain.window import cut_windows
from shared.speech.reader import TextTranscriptReader

path = Path("infra/demo/session.txt")
read = TextTranscriptReader().read(path.read_bytes(), filename=path.name, upload_id="u")
analyzer, date = LocalAnalyzer(), datetime(2025, 5, 1, tzinfo=UTC)
found = [analyzer.analyze(window, date) for window in cut_windows(read.segments)]
kept = [[elements_to_record(f, read.segments), highlights_to_record(f, read.segments)]
        for f in (*found, analyzer.merge(found, date))]
kept.append([(s.place, s.words.id, s.elements) for s in choose_sentences(found)])
print(json.dumps(kept))
"""


def analysed(hash_seed: str) -> bytes:
    environment = {**os.environ, "PYTHONHASHSEED": hash_seed, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-c", ANALYSE]
    return subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, check=True
    ).stdout


def test_analysis_gives_the_same_bytes_in_every_process() -> None:
    first = analysed("1")
    assert first == analysed("2")
    assert first.count(b'"evidence"') > 20
