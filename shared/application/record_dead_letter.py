"""Pipeline: a task has failed for good; the session says so."""

from __future__ import annotations

from shared.domain.session import AnalysisStatus, fail_analysis
from shared.domain.upload import Fault

from .access import load_living, save
from .ports import Ports, PushMessage, Transaction
from .stream import append, failure_of

FAULT = Fault(
    "analysis_incomplete",
    "The analysis could not be finished. What was found until then is kept; "
    "you can ask for a new analysis.",
)


def record_dead_letter(ports: Ports, message: PushMessage) -> None:
    """Fails the analysis that the task was part of, if it is still the current one."""
    session_id = _session_id(message)
    revision = message.data.get("revision")
    if session_id is None:
        return

    def work(transaction: Transaction) -> None:
        session = load_living(transaction, session_id)
        if session is None or session.analysis.status is not AnalysisStatus.PROCESSING:
            return
        if revision is not None and revision != session.analysis.revision:
            return
        now = ports.now()
        session = fail_analysis(session, FAULT, now)
        save(transaction, append(transaction, session, [failure_of(session)], now), now)

    ports.documents.transact(work)


def _session_id(message: PushMessage) -> str | None:
    if "objectId" in message.attributes:
        parts = message.attributes["objectId"].split("/")
        return parts[1] if len(parts) == 4 else None
    session_id = message.data.get("session_id")
    return session_id if isinstance(session_id, str) else None
