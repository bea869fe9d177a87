"""The one place where sessions and uploads are loaded and saved, and ownership is checked.

Every read and write of a client passes `load_owned`; every step of the pipeline `load_living`.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Protocol

from shared.domain.errors import PreconditionFailed, SessionNotFound
from shared.domain.session import Session
from shared.domain.upload import Upload

from .ports import Document, Documents, Transaction
from .session_records import (
    session_from_record,
    session_to_record,
    upload_from_record,
    upload_to_record,
)

SESSIONS = "sessions"


class _Reader(Protocol):
    def get(self, path: str) -> Document | None: ...


def session_path(session_id: str) -> str:
    """Path of a session's document."""
    return f"{SESSIONS}/{session_id}"


def load_owned(reader: _Reader, owner_id: str, session_id: str) -> Session:
    """The caller's own living session.

    Raises:
        SessionNotFound: if there is none, it is deleted, or it is somebody else's: all alike.
    """
    session = load_living(reader, session_id)
    if session is None or session.owner_id != owner_id:
        raise SessionNotFound
    return session


def load_living(reader: _Reader, session_id: str) -> Session | None:
    """The session, None where there is none or only its tombstone."""
    document = reader.get(session_path(session_id))
    if document is None or is_tombstone(document):
        return None
    return session_from_record(document.id, document.data)


def is_tombstone(document: Document) -> bool:
    """Whether the session was deleted; nothing of it but this document may still be there."""
    return "deleted_at" in document.data


def save(transaction: Transaction, session: Session, now: datetime) -> Session:
    """Writes the session as its next version."""
    session = replace(session, version=session.version + 1, updated_at=now)
    transaction.set(session_path(session.id), session_to_record(session))
    return session


def forget(documents: Documents, path: str) -> None:
    """Deletes one document; none there is no error."""
    documents.transact(lambda transaction: transaction.delete(path))


def upload_path(session_id: str, upload_id: str) -> str:
    """Path of an upload's document."""
    return f"{session_path(session_id)}/uploads/{upload_id}"


def load_upload(reader: _Reader, session_id: str, upload_id: str) -> Upload | None:
    """An upload of a session whose ownership was checked, None if there is none."""
    document = reader.get(upload_path(session_id, upload_id))
    return None if document is None else upload_from_record(document.id, document.data)


def save_upload(transaction: Transaction, upload: Upload) -> None:
    """Writes the upload as it is."""
    transaction.set(upload_path(upload.session_id, upload.id), upload_to_record(upload))


def note_alive(documents: Documents, path: str, now: datetime) -> None:
    """The session at `path` does not stand still: the sweep looks again later."""

    def work(transaction: Transaction) -> None:
        document = transaction.get(path)
        if document is not None and "standing_since" in document.data:
            transaction.set(path, {**document.data, "standing_since": now})

    documents.transact(work)


def etag_of(session: Session) -> str:
    """The entity tag of everything that is read of the session (RFC 9110, section 8.8.3)."""
    return f'"{session.id}.{session.version}"'


def require_match(session: Session, if_match: str | None) -> None:
    """Raises `PreconditionFailed` unless `if_match` is absent, `*` or lists the current tag."""
    if if_match is None:
        return
    tags = {tag.strip() for tag in if_match.split(",")}
    if "*" not in tags and etag_of(session) not in tags:
        raise PreconditionFailed("The session has changed since it was read.", field="If-Match")
