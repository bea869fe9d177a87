"""Create a session, with its text if there is one."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from shared.domain.errors import AlreadyExists, SessionNotFound
from shared.domain.session import (
    Analysis,
    AnalysisStatus,
    Session,
    SessionStatus,
    request_analysis_status,
    request_status,
)
from shared.domain.upload import Upload

from .access import load_owned, save, session_path
from .add_content import register, store_text, transact_with_blob
from .ports import Ports, Transaction


@dataclass(frozen=True, slots=True)
class NewSession:
    """What a client may say of a new session; `date` defaults to now."""

    title: str
    description: str = ""
    date: datetime | None = None
    duration_s: float | None = None
    status: SessionStatus | None = None
    analysis_status: AnalysisStatus | None = None
    settings: Mapping[str, Any] = field(default_factory=dict)
    text: str | None = None


def create_session(ports: Ports, owner_id: str, draft: NewSession, session_id: str) -> Session:
    """Creates the session; with text, its analysis is under way when this returns.

    The text is stored before the session is written, so that no session stands without it.
    Creating `session_id` again answers with the session that stands.

    Raises:
        Conflict: for a `status` or `analysis_status` that no new session has.
        AlreadyExists: if the id is another user's.
    """
    session = _draw_up(ports, owner_id, draft, session_id)
    if draft.text is None:
        return ports.documents.transact(lambda tx: _write(tx, ports, session, None))
    upload = store_text(ports, owner_id, session_id, draft.text)
    return transact_with_blob(ports, upload, lambda tx: _write(tx, ports, session, upload))


def _draw_up(ports: Ports, owner_id: str, draft: NewSession, session_id: str) -> Session:
    now = ports.now()
    session = Session(
        id=session_id,
        owner_id=owner_id,
        graph_id=hashlib.sha256(f"{session_id}/graph".encode()).hexdigest()[:20],
        title=draft.title,
        description=draft.description,
        date=draft.date or now,
        duration_s=draft.duration_s,
        settings=draft.settings,
        created_at=now,
        updated_at=now,
        analysis=Analysis(updated_at=now),
    )
    if draft.analysis_status is not None:
        session = request_analysis_status(session, draft.analysis_status, now)
    return session if draft.status is None else request_status(session, draft.status)


def _write(
    transaction: Transaction, ports: Ports, session: Session, upload: Upload | None
) -> Session:
    if transaction.get(session_path(session.id)) is not None:
        return _standing(transaction, session)
    if upload is None:
        return save(transaction, session, session.created_at)
    return register(transaction, ports, session, upload)[0]


def _standing(transaction: Transaction, session: Session) -> Session:
    try:
        return load_owned(transaction, session.owner_id, session.id)
    except SessionNotFound:
        raise AlreadyExists("This session was created before, and is deleted.") from None
