"""Erase what a session's owner wanted kept only for a time: recordings, or the whole session."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from shared.domain.session import Session

from .access import SESSIONS, load_living, load_upload, save, save_upload
from .delete_session import bury, publish_purge
from .ports import Document, Ports, Query, Transaction

_BATCH = 200
_DUE = "retention_due"


def due_for_retention(ports: Ports, now: datetime) -> list[Document]:
    """Sessions of which something is to be erased, at most `_BATCH` of them."""
    return ports.documents.query(Query(SESSIONS, order_by=_DUE, at_most=now, limit=_BATCH))


def enforce_retention(ports: Ports, document: Document, now: datetime) -> None:
    """Deletes the session if its time is over, otherwise the recordings that are transcribed."""
    if ports.documents.transact(lambda tx: _bury_if_over(tx, document.id, now)):
        publish_purge(ports, document.id)
        return
    session = load_living(ports.documents, document.id)
    if session is None or session.retention_due is None or session.retention_due > now:
        return
    for upload_id in session.recordings:
        _erase_recording(ports, session, upload_id)


def _bury_if_over(transaction: Transaction, session_id: str, now: datetime) -> bool:
    session = load_living(transaction, session_id)
    delete_at = None if session is None else session.retention.delete_at(session.created_at)
    if session is None or delete_at is None or delete_at > now:
        return False
    bury(transaction, session, now)
    return True


def _erase_recording(ports: Ports, session: Session, upload_id: str) -> None:
    upload = load_upload(ports.documents, session.id, upload_id)
    if upload is not None:
        # The bytes before the record: what a crash leaves is erased by the next round.
        ports.uploads.delete(upload.source_path, generation=upload.generation)
    ports.documents.transact(lambda tx: _record_erased(tx, ports, session.id, upload_id))


def _record_erased(transaction: Transaction, ports: Ports, session_id: str, upload_id: str) -> None:
    session = load_living(transaction, session_id)
    upload = load_upload(transaction, session_id, upload_id)
    if session is None or upload_id not in session.recordings:
        return
    now = ports.now()
    kept = tuple(other for other in session.recordings if other != upload_id)
    if upload is not None:
        save_upload(transaction, replace(upload, source_deleted_at=now))
    save(transaction, replace(session, recordings=kept), now)
