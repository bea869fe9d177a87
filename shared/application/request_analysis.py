"""Ask for a new analysis of a session: a new revision over all that it holds."""

from __future__ import annotations

from datetime import datetime

from shared.domain.session import Session, restart_analysis

from .access import load_owned, save
from .ports import Ports, Transaction
from .stream import append, progress_of, reset_for

ANALYSES = "analyses"


def request_analysis(ports: Ports, owner_id: str, session_id: str) -> Session:
    """Begins the next revision; the published results stay readable until it is complete.

    Raises:
        SessionNotFound
        Conflict: if the session has no content that can be analysed.
    """

    def work(transaction: Transaction) -> Session:
        session = load_owned(transaction, owner_id, session_id)
        return begin_again(transaction, ports, session)

    session = ports.documents.transact(work)
    publish_analysis(ports, session)
    return session


def begin_again(
    transaction: Transaction, ports: Ports, session: Session, *, reuse: bool = False
) -> Session:
    """Begins a new revision over the uploads of the last one, and saves the session.

    Args:
        reuse: see `restart_analysis`.

    Raises:
        Conflict: if the session has no content that can be analysed.
    """
    now = ports.now()
    uploads = (*session.analysis.parts, *heard_at_last(ports, session))
    session = restart_analysis(session, uploads, now, reuse=reuse)
    return save(transaction, announce_restart(transaction, session, now), now)


def heard_at_last(ports: Ports, session: Session) -> tuple[str, ...]:
    """What was kept while nobody could transcribe it, if somebody can now."""
    waiting = session.analysis.waiting
    return waiting if waiting and ports.transcriber is not None else ()


def announce_restart(transaction: Transaction, session: Session, now: datetime) -> Session:
    """Tells the stream that a new revision has begun.

    Where no revision was ever complete, clients hold what the one before had found: they drop it.
    """
    news = [progress_of(session)]
    if session.analysis.published == 0:
        news.insert(0, reset_for(session, "restarted"))
    return append(transaction, session, news, now)


def publish_analysis(ports: Ports, session: Session) -> None:
    """One task for each upload; the sweep repeats what a crash leaves unpublished."""
    for upload_id in session.analysis.parts:
        publish_upload_analysis(ports, session, upload_id)


def publish_upload_analysis(ports: Ports, session: Session, upload_id: str) -> None:
    """The task that reads and cuts one upload for the session's revision."""
    ports.tasks.publish(
        ANALYSES,
        {
            "session_id": session.id,
            "upload_id": upload_id,
            "revision": session.analysis.revision,
        },
    )
