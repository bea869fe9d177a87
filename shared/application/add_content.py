"""Content joins a session: stored bytes become an upload, and their analysis begins."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import replace
from typing import TypeVar

from shared.domain.errors import AlreadyExists, InsightError, ResourceExhausted
from shared.domain.session import Session, add_content, await_transcriber
from shared.domain.upload import ContentType, Upload, UploadState, source_path

from .access import load_owned, load_upload, save, save_upload, session_path, upload_path
from .ports import Ports, Query, Transaction
from .stream import append, progress_of

T = TypeVar("T")

MAX_UPLOADS = 100


def require_room(ports: Ports, owner_id: str, session_id: str) -> Session:
    """The caller's session, if it can take another upload.

    Called before the first byte is taken, so that nothing is stored for a session that is not
    the caller's.

    Raises:
        SessionNotFound: if there is no such session of the caller's.
        ResourceExhausted: if it has `MAX_UPLOADS` already.
    """
    session = load_owned(ports.documents, owner_id, session_id)
    if ports.documents.count(Query(f"{session_path(session_id)}/uploads")) >= MAX_UPLOADS:
        raise ResourceExhausted(f"A session takes at most {MAX_UPLOADS} uploads.")
    return session


def register_content(ports: Ports, owner_id: str, session_id: str, upload: Upload) -> Upload:
    """Records an upload whose blob is committed. Registering it again changes nothing.

    Raises:
        SessionNotFound: if the session is gone meanwhile; its blob is gone then, too.
    """

    def work(transaction: Transaction) -> Upload:
        session = load_owned(transaction, owner_id, session_id)
        known = load_upload(transaction, session_id, upload.id)
        if known is not None:
            return known
        _, registered = register(transaction, ports, session, upload)
        return registered

    return transact_with_blob(ports, upload, work)


def register(
    transaction: Transaction, ports: Ports, session: Session, upload: Upload
) -> tuple[Session, Upload]:
    """Writes the upload, the session that has it, and the news, within `transaction`."""
    now = ports.now()
    if upload.type is not ContentType.TEXT and ports.transcriber is None:
        session = await_transcriber(session, upload.id, now)
        upload = replace(upload, state=UploadState.AWAITING_TRANSCRIBER)
    else:
        session = add_content(session, upload.id, now)
        session = append(transaction, session, [progress_of(session)], now)
    save_upload(transaction, upload)
    return save(transaction, session, now), upload


def transact_with_blob(ports: Ports, upload: Upload, work: Callable[[Transaction], T]) -> T:
    """Runs the transaction that registers `upload`; if it is refused, the blob goes, too.

    After a transient error nobody knows whether the commit will still take effect: then the blob
    stays, and its notification decides (`receive_upload.forget_orphan`).
    """
    try:
        return ports.documents.transact(work)
    except Exception as error:
        if not (isinstance(error, InsightError) and error.transient):
            _forget_unless_registered(ports, upload)
        raise


def _forget_unless_registered(ports: Ports, upload: Upload) -> None:
    if ports.documents.get(upload_path(upload.session_id, upload.id)) is None:
        ports.uploads.delete(upload.source_path, generation=upload.generation)


def store_text(ports: Ports, owner_id: str, session_id: str, text: str) -> Upload:
    """Stores inline text on the road that uploads take, and tells what to register.

    The upload's id follows from the session's, so that a repeated request stores nothing twice.
    """
    content = text.encode()
    upload_id = hashlib.sha256(f"{session_id}/text".encode()).hexdigest()[:20]
    path = source_path(owner_id, session_id, upload_id)
    content_type = "text/plain; charset=utf-8"
    try:
        with ports.uploads.create(path, content_type=content_type, if_absent=True) as writer:
            writer.write(content)
            generation = writer.commit().generation
    except AlreadyExists:
        stored = ports.uploads.stat(path)
        if stored is None:
            raise
        generation = stored.generation
    return Upload(
        id=upload_id,
        session_id=session_id,
        owner_id=owner_id,
        filename="transcript.txt",
        type=ContentType.TEXT,
        content_type=content_type,
        size_bytes=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
        generation=generation,
        created_at=ports.now(),
    )
