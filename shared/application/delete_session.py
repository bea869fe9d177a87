"""Delete a session: a tombstone at once, the purge behind it."""

from __future__ import annotations

from datetime import datetime

from shared.domain.events import EventType
from shared.domain.session import Session

from .access import load_owned, require_match, session_path
from .ports import Ports, Transaction
from .stream import append

PURGES = "purges"


def delete_session(
    ports: Ports, owner_id: str, session_id: str, if_match: str | None = None
) -> None:
    """From the moment this returns nothing of the session can be read.

    The tombstone replaces the whole document, so that title and owner are gone from it at once,
    listeners included; what it keeps is what the purge needs.

    Raises:
        SessionNotFound, PreconditionFailed
    """

    def work(transaction: Transaction) -> None:
        session = load_owned(transaction, owner_id, session_id)
        require_match(session, if_match)
        bury(transaction, session, ports.now())

    ports.documents.transact(work)
    publish_purge(ports, session_id)


def bury(transaction: Transaction, session: Session, now: datetime) -> None:
    """Puts the tombstone in the session's place and tells the stream."""
    append(transaction, session, [(EventType.SESSION_DELETED, {})], now)
    transaction.set(
        session_path(session.id),
        {"deleted_at": now, "deleted_owner_id": session.owner_id, "standing_since": now},
    )


def publish_purge(ports: Ports, session_id: str) -> None:
    """The task that erases what lies below the tombstone."""
    ports.tasks.publish(PURGES, {"session_id": session_id})
