"""Change a session's details, archive it, or ask for a new analysis of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from shared.domain.session import (
    AnalysisStatus,
    Session,
    SessionStatus,
    request_analysis_status,
    request_status,
)

from .access import load_owned, require_match, save
from .ports import Ports, Transaction
from .request_analysis import announce_restart, heard_at_last, publish_analysis
from .stream import append, reset_for


@dataclass(frozen=True, slots=True)
class SessionChanges:
    """What to change; None leaves a field as it is."""

    title: str | None = None
    description: str | None = None
    date: datetime | None = None
    duration_s: float | None = None
    settings: Mapping[str, Any] | None = None
    status: SessionStatus | None = None
    analysis_status: AnalysisStatus | None = None


def update_session(
    ports: Ports,
    owner_id: str,
    session_id: str,
    changes: SessionChanges,
    if_match: str | None = None,
) -> Session:
    """Applies all of `changes` or none.

    Raises:
        SessionNotFound, PreconditionFailed
        Conflict: for a status that a client cannot ask for.
    """
    before: list[Session] = []

    def work(transaction: Transaction) -> Session:
        session = load_owned(transaction, owner_id, session_id)
        require_match(session, if_match)
        before[:] = [session]
        return _apply(transaction, ports, session, changes)

    session = ports.documents.transact(work)
    if session.analysis.revision != before[0].analysis.revision:
        publish_analysis(ports, session)
    return session


def _apply(
    transaction: Transaction, ports: Ports, session: Session, changes: SessionChanges
) -> Session:
    now = ports.now()
    changed = _with_details(session, changes)
    if changes.status is not None:
        changed = request_status(changed, changes.status)
    if changes.analysis_status is not None:
        heard = heard_at_last(ports, changed)
        changed = request_analysis_status(changed, changes.analysis_status, now, heard)
    if changed == session:
        return session
    if changed.analysis.revision != session.analysis.revision:
        changed = announce_restart(transaction, changed, now)
    if changed.date != session.date and changed.analysis.readable:
        # Every element that was told has another timestamp now.
        changed = append(transaction, changed, [reset_for(changed, "date_changed")], now)
    return save(transaction, changed, now)


def _with_details(session: Session, changes: SessionChanges) -> Session:
    names = ("title", "description", "date", "duration_s", "settings")
    given = {name: getattr(changes, name) for name in names}
    return replace(session, **{name: value for name, value in given.items() if value is not None})
