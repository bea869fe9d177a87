"""Documents read and written by each call, counted at the port.

The functions are the real ones over the embedded platform, in this process; the analyser is a
scripted one, since what it costs to find an element is not counted here.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from shared import bootstrap
from shared.adapters.embedded.envelope import envelope
from shared.config import Config
from shared.endpoints import BY_NAME, Endpoint
from tests.bench.counting import CountingDocuments, Counts
from tests.bench.tables import show
from tests.e2e.texts import TRANSCRIPT
from tests.integration.conftest import Api, Platform

# About 150 words a minute are spoken in a session.
_WORDS_OF_AN_HOUR = 8_000


class CountedPlatform(Platform):
    """The embedded platform, with its documents counted."""

    @cached_property
    def documents(self) -> CountingDocuments:  # type: ignore[override]
        return CountingDocuments(super().documents)


@dataclass(slots=True)
class Ledger:
    """What each call cost, in the order of the calls."""

    api: Api
    documents: CountingDocuments
    calls: list[tuple[str, Counts]] = field(default_factory=list)

    def call(self, name: str, what: str = "", **given: object) -> None:
        """Makes a call and notes its cost."""
        self.documents.counts = Counts()
        answer = self.api.call(name, **given)  # type: ignore[arg-type]
        assert answer.status_code < 300, answer.text
        self.calls.append((f"{name} {what}".strip(), self.documents.counts))
        # What is called beside the record is not counted on the call before.
        self.documents.counts = Counts()

    def pipeline(self) -> None:
        """Delivers what is queued; notes the dearest call of each function."""
        dearest: dict[str, Counts] = {}
        while claims := [c for e in BY_NAME.values() for c in self.api._due(e)]:
            for endpoint, claim in claims:
                cost = self._deliver(endpoint, envelope(claim))
                self.api.platform.tasks.ack(claim)
                if cost.total >= dearest.get(endpoint.name, Counts()).total:
                    dearest[endpoint.name] = cost
        self.calls += [(f"{name} (dearest)", cost) for name, cost in dearest.items()]

    def _deliver(self, endpoint: Endpoint, body: object) -> Counts:
        self.documents.counts = Counts()
        assert self.api.push(endpoint.name, body).status_code == 204
        return self.documents.counts

    def cost(self, label: str) -> Counts:
        """What the call with this label cost."""
        return dict(self.calls)[label]


@contextmanager
def new_ledger(data: Path) -> Iterator[Ledger]:
    """Functions over an empty platform in `data`."""
    platform = CountedPlatform(Config(data_dir=data, log_level="WARNING"))
    bootstrap.use(platform)
    try:
        yield Ledger(Api(platform), platform.documents)
    finally:
        bootstrap.use(None)


def hour() -> str:
    """A transcript as long as a session of one hour, in which the scripted analyser finds much."""
    text = TRANSCRIPT.read_text(encoding="utf-8").replace("anxious", "sad")
    return text * (_WORDS_OF_AN_HOUR // len(text.split()) + 1)


def record(ledger: Ledger) -> None:
    """Every call of a one-hour session's life, among ten sessions."""
    for number in range(9):
        ledger.api.create(title=f"Session {number}")
    ledger.call("create_session", body={"title": "One hour", "text": hour()})
    ledger.pipeline()
    listed = ledger.api.call("list_sessions", query="?sort=created_at&order=desc").json
    session = {"session_id": listed["data"]["sessions"][0]["id"]}
    ledger.call("list_sessions", "(10)")
    for name in _READS:
        ledger.call(name, ids=session)
    item = ledger.api.call("list_action_items", ids=session).json["data"]["action_items"][0]["id"]
    tick = {**session, "action_item_id": item}
    ledger.call("update_action_item", ids=tick, body={"status": "done"})
    ledger.call("update_session", ids=session, body={"description": "Changed"})
    ledger.call("analyze_session", ids=session)
    ledger.call("delete_session", ids=session)
    ledger.pipeline()


_READS = (
    "get_session",
    "get_analysis_status",
    "list_emotions",
    "list_topics",
    "list_insights",
    "list_beliefs",
    "list_challenges",
    "list_action_items",
    "list_uploads",
    "get_summary",
    "get_transcript",
    "list_events",
    "get_graph",
)


def measure() -> None:
    """Prints the table."""
    with (
        tempfile.TemporaryDirectory(prefix="insight-bench-") as data,
        new_ledger(Path(data)) as ledger,
    ):
        record(ledger)
    show(
        f"Documents per call, session of one hour ({len(hour().split())} words)",
        ("call", "reads", "counts", "writes", "deletes"),
        [(name, c.reads, c.counts, c.writes, c.deletes) for name, c in ledger.calls],
    )
