"""Whether all that is found stands in the text, whatever the text: counted, not believed.

Every text goes the way that uploads go: reader, windows, analyser, records, wire models. A text
that the reader refuses, for it is none, is counted apart.
"""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from typing import Any, Final

from shared.analysis.engine import LocalAnalyzer
from shared.application.element_records import elements_to_record
from shared.application.element_views import timestamp_of
from shared.contract import elements as wire
from shared.domain.elements import KINDS, Elements
from shared.domain.errors import TranscriptUnreadable
from shared.domain.transcript import Transcript
from shared.domain.window import Window, cut_windows
from shared.speech.reader import TextTranscriptReader
from tests.bench.analysis_worker import transcripts
from tests.bench.strange_texts import adversarial_text, endless_texts, random_text
from tests.bench.tables import show

_DATE: Final = datetime(2025, 5, 1, 16, tzinfo=UTC)
_WIRE: Final = {kind: getattr(wire, model.__name__) for kind, model in KINDS.items()}


@dataclass
class Findings:
    """What came of many texts.

    Attributes:
        untrue: elements with a quote that is not in the transcript where it says.
        invalid: elements that the API's models refuse.
        slowest_s: CPU seconds of the slowest text.
    """

    texts: int = 0
    refused: int = 0
    elements: int = 0
    untrue: int = 0
    invalid: int = 0
    slowest_s: float = 0.0
    kinds: Counter[str] = field(default_factory=Counter)

    def add(self, content: bytes) -> None:
        """Analyses one text."""
        self.texts += 1
        started = time.process_time()
        try:
            transcript = TextTranscriptReader().read(content, filename="t.txt", upload_id="u")
        except TranscriptUnreadable:
            self.refused += 1
            return
        for window in cut_windows(transcript.segments):
            self._check(transcript, window, _analyzer().analyze(window, _DATE))
        self.slowest_s = max(self.slowest_s, time.process_time() - started)

    def _check(self, transcript: Transcript, window: Window, found: Elements) -> None:
        segments = (*window.before, *window.segments, *window.after)
        places = {segment.id: segment.start for segment in segments}
        for element in (*found, *found.highlights):
            self.elements += 1
            self.kinds[element.kind] += 1
            self.untrue += not all(
                transcript.text[places[e.segment_id] + e.start :].startswith(e.quote) and e.quote
                for e in element.evidence
            )
        records = elements_to_record(found, segments)
        kept = sum(1 for kind in KINDS for record in records[kind] if _is_valid(kind, record))
        self.invalid += sum(1 for _ in found) - kept

    def row(self, name: str) -> tuple[Any, ...]:
        """The columns of the table."""
        return (
            name,
            self.texts,
            self.refused,
            self.elements,
            self.untrue,
            self.invalid,
            self.slowest_s,
        )


@cache
def _analyzer() -> LocalAnalyzer:
    return LocalAnalyzer()


def _is_valid(kind: str, record: dict[str, Any]) -> bool:
    first = record["evidence"][0]
    seen = {
        **record,
        **{name: first[name] for name in ("start_ms", "end_ms", "timing")},
        "timestamp": timestamp_of(_DATE, first["start_ms"]),
    }
    try:
        _WIRE[kind].model_validate(seen)
    except ValueError:
        return False
    return True


def measure(texts: int) -> None:
    """Prints the table."""
    rows = []
    read = Findings()
    for path in transcripts():
        read.add(path.read_bytes())
    rows.append(read.row("transcripts"))
    at_random = Findings()
    for seed in range(texts):
        at_random.add(random_text(seed).encode("utf-8", "replace"))
    rows.append(at_random.row("at random"))
    against = Findings()
    for seed in range(texts // 10):
        against.add(adversarial_text(seed).encode("utf-8", "replace"))
    rows.append(against.row("against the analyser"))
    for name, text in endless_texts():
        endless = Findings()
        endless.add(text.encode())
        rows.append(endless.row(name))
    show(
        "Elements whose quote is not in the text, and that the API's models refuse",
        ("texts", "number", "refused", "elements", "untrue", "invalid", "slowest CPU s"),
        rows,
    )
