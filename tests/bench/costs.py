"""What 1,000 sessions cost on Google Cloud, from what one session of an hour is counted to need.

    python -m tests.bench.costs            # prints the table
    python -m tests.bench.costs --write    # and puts it into infra/README.md

Documents, objects, messages, calls and bytes are counted at the ports while the real functions run;
infra/prices.json has the price of each. Seconds are billed by Cloud Run in tenths, so every call is
taken for one; the seconds of the analysis are those measured in infra/models/MODEL_CARD.md.
"""

from __future__ import annotations

import json
import sqlite3
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, Final

from infra.local.place import ROOT
from shared import bootstrap
from shared.adapters.embedded.envelope import envelope
from shared.config import Config
from shared.endpoints import BY_NAME
from tests.bench.reads import CountedPlatform, Ledger, hour
from tests.integration.conftest import Api

README: Final = ROOT / "infra" / "README.md"
PRICES: Final = ROOT / "infra" / "prices.json"
SESSIONS: Final = 1_000
BEGIN, END = "<!-- costs: python -m tests.bench.costs --write -->", "<!-- end of costs -->"

_ANALYSIS_S: Final = 4.64
_TENTH_S: Final = 0.1
_GIB: Final = 2**30
# https://cloud.google.com/pubsub/pricing: a message counts for 1,000 bytes, sent and taken.
_MESSAGE_BYTES: Final = 2 * 1_000
# A month of a session: how often its owner looks at it.
_TIMES_READ: Final = 5
_POLLS: Final = 20


@dataclass(slots=True)
class Need:
    """What one session needs."""

    calls: Counter[str] = field(default_factory=Counter)
    reads: int = 0
    writes: int = 0
    deletes: int = 0
    messages: int = 0
    object_reads: int = 0
    object_writes: int = 0
    answered_bytes: int = 0
    document_bytes: int = 0
    object_bytes: int = 0


class CountedBlobs:
    """A Blobs port that counts operations as Cloud Storage bills them, class A and class B."""

    def __init__(self, inner: Any, need: Need) -> None:
        self._inner, self._need = inner, need

    def __getattr__(self, name: str) -> Any:
        if name in ("create", "list"):
            self._need.object_writes += 1
        elif name in ("stat", "read"):
            self._need.object_reads += 1
        return getattr(self._inner, name)


class NeedyPlatform(CountedPlatform):
    """The embedded platform, with its documents, blobs and messages counted."""

    def __init__(self, config: Config) -> None:
        super().__init__(config)
        self.need = Need()

    @cached_property
    def uploads(self) -> Any:  # type: ignore[override]
        return CountedBlobs(super().uploads, self.need)

    @cached_property
    def transcripts(self) -> Any:  # type: ignore[override]
        return CountedBlobs(super().transcripts, self.need)


@contextmanager
def _standing() -> Iterator[tuple[Ledger, NeedyPlatform]]:
    with tempfile.TemporaryDirectory(prefix="insight-costs-") as data:
        platform = NeedyPlatform(Config(data_dir=Path(data), log_level="WARNING"))
        bootstrap.use(platform)
        try:
            yield Ledger(Api(platform), platform.documents), platform
        finally:
            bootstrap.use(None)


def needed() -> Need:
    """What a session of an hour needs: created, analysed, followed, read five times, deleted."""
    with _standing() as (ledger, platform):
        need = platform.need
        _call(ledger, need, "create_session", body={"title": "One hour", "text": hour()})
        _deliver(ledger, need)
        listed = ledger.api.call("list_sessions").json
        ids = {"session_id": listed["data"]["sessions"][0]["id"]}
        for _ in range(_POLLS):
            _call(ledger, need, "get_analysis_status", ids=ids)
        for _ in range(_TIMES_READ):
            _call(ledger, need, "list_sessions")
            _call(ledger, need, "get_session", ids=ids)
            _call(ledger, need, "get_transcript", ids=ids)
            _call(ledger, need, "list_events", ids=ids)
        need.document_bytes, need.object_bytes = _kept(Path(platform.config.data_dir))
        _call(ledger, need, "delete_session", ids=ids)
        _deliver(ledger, need)
    return need


def _call(ledger: Ledger, need: Need, name: str, **given: Any) -> None:
    ledger.documents.counts = type(ledger.documents.counts)()
    answer = ledger.api.call(name, **given)
    assert answer.status_code < 300, answer.text
    need.answered_bytes += len(answer.data)
    _note(ledger, need, name)


def _deliver(ledger: Ledger, need: Need) -> None:
    while claims := [c for e in BY_NAME.values() for c in ledger.api._due(e)]:
        for endpoint, claim in claims:
            ledger.documents.counts = type(ledger.documents.counts)()
            assert ledger.api.push(endpoint.name, envelope(claim)).status_code == 204
            ledger.api.platform.tasks.ack(claim)
            need.messages += 1
            _note(ledger, need, endpoint.name)


def _note(ledger: Ledger, need: Need, name: str) -> None:
    counts = ledger.documents.counts
    need.calls[name] += 1
    # An aggregation is billed as one read for up to 1,000 index entries.
    need.reads += counts.reads + counts.counts
    need.writes += counts.writes
    need.deletes += counts.deletes


def _kept(data: Path) -> tuple[int, int]:
    """Bytes of the documents, their indexes left out, and of the objects."""
    with closing(sqlite3.connect(data / "documents.db")) as store:
        said = "SELECT sum(length(collection) + length(id) + length(data)) FROM document"
        (documents,) = store.execute(said).fetchone()
    objects = sum(path.stat().st_size for path in (data / "blobs").rglob("*") if path.is_file())
    return documents, objects


def _seconds(need: Need) -> tuple[float, float]:
    """Billed vCPU seconds and GiB seconds."""
    vcpu_s = gib_s = 0.0
    for name, calls in need.calls.items():
        endpoint = BY_NAME[name]
        billed_s = calls * _TENTH_S + (_ANALYSIS_S if name == "analyze_window" else 0)
        vcpu_s += billed_s * endpoint.cpu
        gib_s += billed_s * endpoint.memory_mib / 1_024
    return vcpu_s, gib_s


def rows(need: Need, prices: dict[str, Any]) -> list[tuple[str, str, float]]:
    """What is needed, how much of it for 1,000 sessions, and what that costs."""
    vcpu_s, gib_s = _seconds(need)
    kept, objects = need.document_bytes / _GIB, need.object_bytes / _GIB
    sent, passed = need.answered_bytes / _GIB, need.messages * _MESSAGE_BYTES / _GIB
    priced = [
        ("Firestore: documents read", need.reads, prices["document_reads_per_100000"] / 100_000),
        ("Firestore: written", need.writes, prices["document_writes_per_100000"] / 100_000),
        ("Firestore: deleted", need.deletes, prices["document_deletes_per_100000"] / 100_000),
        ("Firestore: GiB for a month", kept, prices["document_gib_month"]),
        ("Cloud Run: calls", need.calls.total(), prices["run_requests_per_million"] / 1_000_000),
        ("Cloud Run: vCPU seconds", vcpu_s, prices["run_vcpu_s"]),
        ("Cloud Run: GiB seconds", gib_s, prices["run_gib_s"]),
        ("Storage: objects written", need.object_writes, prices["object_writes_per_1000"] / 1_000),
        ("Storage: objects read", need.object_reads, prices["object_reads_per_1000"] / 1_000),
        ("Storage: GiB for a month", objects, prices["object_gib_month"]),
        ("Pub/Sub: GiB", passed, prices["pubsub_tib"] / 1_024),
        ("Load balancer and network: GiB", sent, prices["balancer_gib"] + prices["egress_gib"]),
    ]  # fmt: skip
    return [(what, _amount(n * SESSIONS), n * SESSIONS * price) for what, n, price in priced]


def _amount(number: float) -> str:
    return f"{number:,.0f}" if number >= 100 else f"{number:.2g}"


def table(priced: Iterable[tuple[str, str, float]], prices: dict[str, Any]) -> str:
    """The table as Markdown."""
    listed = list(priced)
    lines = [f"| for 1,000 sessions | amount | {prices['currency']} ({prices['as_of']}) |"]
    lines += ["|---|---:|---:|"]
    lines += [f"| {what} | {amount} | {cost:.2f} |" for what, amount, cost in listed]
    total = sum(cost for *_, cost in listed)
    lines += [f"| **together** | | **{total:.2f}** |"]
    return "\n".join(lines)


def computed() -> str:
    """The table as it is now."""
    prices = json.loads(PRICES.read_text(encoding="utf-8"))
    return table(rows(needed(), prices), prices)


def written() -> str:
    """The table that stands in the README."""
    return README.read_text(encoding="utf-8").split(BEGIN)[1].split(END)[0].strip()


def measure() -> None:
    """Prints the table."""
    print(computed())


if __name__ == "__main__":
    now = computed()
    print(now)
    if "--write" in sys.argv[1:]:
        text = README.read_text(encoding="utf-8")
        before, rest = text.split(BEGIN)
        README.write_text(f"{before}{BEGIN}\n{now}\n{END}{rest.split(END)[1]}", encoding="utf-8")
