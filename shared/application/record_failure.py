"""The analysis of a session has failed for good, and the session says why."""

from __future__ import annotations

from collections.abc import Callable

from shared.domain.session import AnalysisStatus, Session, fail_analysis
from shared.domain.upload import Fault

from .access import load_living, save
from .ports import Ports, Transaction
from .stream import append, failure_of

Undone = Callable[[Transaction, Session], bool]


def record_failure(
    ports: Ports,
    session_id: str,
    revision: int | None,
    fault: Fault,
    undone: Undone = lambda transaction, session: True,
) -> None:
    """Fails `revision` (None: whichever is under way) unless it is superseded or has ended.

    Args:
        undone: whether what failed is still to be done; another delivery may have done it.
    """

    def work(transaction: Transaction) -> None:
        session = load_living(transaction, session_id)
        if session is None or session.analysis.status is not AnalysisStatus.PROCESSING:
            return
        if revision is not None and revision != session.analysis.revision:
            return
        if not undone(transaction, session):
            return
        now = ports.now()
        session = fail_analysis(session, fault, now)
        save(transaction, append(transaction, session, [failure_of(session)], now), now)

    ports.documents.transact(work)
