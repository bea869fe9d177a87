"""Uploads on their way straight into storage: how they begin, are given up and expire.

The session's URL is a secret that lets its holder write. It stands in `open_uploads`, which no
client may read or listen to, and never in the upload's own record.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from shared.domain.errors import Conflict, ResourceExhausted, UploadNotFound
from shared.domain.upload import Fault, Upload, UploadState

from .access import (
    forget,
    load_living,
    load_owned,
    load_upload,
    save,
    save_upload,
    upload_path,
)
from .add_content import require_room
from .ports import UPLOAD_SESSION_LIFETIME, Document, Ports, Query, Transaction
from .session_records import upload_to_record

OPEN_UPLOADS = "open_uploads"
MAX_OPEN_UPLOADS = 20
EXPIRED = Fault(
    "upload_expired", "The upload was not finished within seven days. Nothing of it was kept."
)


@dataclass(frozen=True, slots=True)
class OpenUpload:
    """An upload that waits for its bytes, and where they go.

    Attributes:
        session_url: a secret; relative to the service where storage is part of it.
    """

    upload: Upload
    session_url: str
    expires_at: datetime


def begin_upload(ports: Ports, owner_id: str, draft: Upload, origin: str | None) -> OpenUpload:
    """Opens an upload session and records that it waits for its bytes.

    Beginning the same upload again gives it a new session.

    Args:
        draft: what was announced, in state `uploading`.
        origin: of the page that will send the bytes, if it is one.

    Raises:
        SessionNotFound: there is no such session of the caller's.
        ResourceExhausted: it has no room, or the caller has `MAX_OPEN_UPLOADS` already.
        Conflict: an earlier attempt has begun it, and its bytes have come since.
    """
    require_room(ports, owner_id, draft.session_id)
    _require_few(ports.documents.query(_of_owner(owner_id)), draft.id)
    url = ports.uploads.begin_upload(
        draft.source_path,
        content_type=draft.content_type,
        size_bytes=draft.size_bytes,
        origin=origin,
    )
    opened = OpenUpload(draft, url, ports.now() + UPLOAD_SESSION_LIFETIME)
    try:
        return ports.documents.transact(lambda transaction: _record(transaction, ports, opened))
    except BaseException:
        # Its URL is nobody's yet.
        ports.uploads.cancel_upload(url)
        raise


def _of_owner(owner_id: str) -> Query:
    return Query(OPEN_UPLOADS, where={"owner_id": owner_id}, limit=MAX_OPEN_UPLOADS + 1)


def _require_few(found: list[Document], upload_id: str) -> None:
    if sum(each.id != upload_id for each in found) >= MAX_OPEN_UPLOADS:
        raise ResourceExhausted(
            f"{MAX_OPEN_UPLOADS} uploads are open; finish or cancel one of them first."
        )


def _record(transaction: Transaction, ports: Ports, opened: OpenUpload) -> OpenUpload:
    upload, owner_id = opened.upload, opened.upload.owner_id
    session = load_owned(transaction, owner_id, upload.session_id)
    _require_few(transaction.query(_of_owner(owner_id)), upload.id)
    known = load_upload(transaction, upload.session_id, upload.id)
    if known is not None:
        opened = replace(opened, upload=known)
        if known.state is not UploadState.UPLOADING:
            raise Conflict("This upload has begun before, and its bytes have come.")
    else:
        transaction.create(upload_path(upload.session_id, upload.id), upload_to_record(upload))
        # Whether its transcript is complete is part of what its entity tag stands for.
        save(transaction, session, ports.now())
    transaction.set(
        open_path(upload.id),
        {
            "owner_id": owner_id,
            "session_id": upload.session_id,
            "source_path": upload.source_path,
            "session_url": opened.session_url,
            "expires_at": opened.expires_at,
        },
    )
    return opened


def open_path(upload_id: str) -> str:
    """Path of the document that has an open upload's secret."""
    return f"{OPEN_UPLOADS}/{upload_id}"


def cancel_upload(ports: Ports, owner_id: str, session_id: str, upload_id: str) -> None:
    """Gives up an upload whose bytes have not all come, or forgets one that has expired.

    Raises:
        SessionNotFound, UploadNotFound
        Conflict: its bytes have come; it is part of the session.
    """
    load_owned(ports.documents, owner_id, session_id)
    _require_open(load_upload(ports.documents, session_id, upload_id))
    _end_session(ports, upload_id)

    def work(transaction: Transaction) -> Upload:
        session = load_owned(transaction, owner_id, session_id)
        upload = _require_open(load_upload(transaction, session_id, upload_id))
        save(transaction, session, ports.now())
        transaction.delete(upload_path(session_id, upload_id))
        transaction.delete(open_path(upload_id))
        return upload

    upload = ports.documents.transact(work)
    # The last byte may have come just before the end of the session.
    ports.uploads.delete(upload.source_path)


def waits_for_bytes(upload: Upload) -> bool:
    """Whether it is not settled: a late notification finds one that has expired, too."""
    return upload.state in (UploadState.UPLOADING, UploadState.EXPIRED)


def _require_open(upload: Upload | None) -> Upload:
    if upload is None:
        raise UploadNotFound
    if not waits_for_bytes(upload):
        raise Conflict("The upload is complete and part of the session.")
    return upload


def _end_session(ports: Ports, upload_id: str) -> None:
    document = ports.documents.get(open_path(upload_id))
    if document is not None:
        ports.uploads.cancel_upload(document.data["session_url"])


def end_uploads(ports: Ports, session_id: str) -> None:
    """Ends all upload sessions of a deleted session."""
    for document in ports.documents.query(Query(OPEN_UPLOADS, where={"session_id": session_id})):
        _end_session(ports, document.id)
        forget(ports.documents, document.path)


def overdue_uploads(ports: Ports, now: datetime, limit: int) -> list[Document]:
    """The open uploads whose time is up, longest first."""
    query = Query(OPEN_UPLOADS, order_by="expires_at", at_most=now, limit=limit)
    return ports.documents.query(query)


def expire_upload(ports: Ports, document: Document) -> None:
    """Ends the session of an overdue upload; its record says so.

    Should its bytes have come whole by then, the pipeline takes them all the same.
    """
    session_id = document.data["session_id"]
    _end_session(ports, document.id)

    def work(transaction: Transaction) -> None:
        session = load_living(transaction, session_id)
        upload = load_upload(transaction, session_id, document.id)
        if session is not None and upload is not None and upload.state is UploadState.UPLOADING:
            save(transaction, session, ports.now())
            save_upload(transaction, replace(upload, state=UploadState.EXPIRED, fault=EXPIRED))
        transaction.delete(document.path)

    ports.documents.transact(work)


def with_progress(ports: Ports, uploads: list[Upload]) -> list[Upload]:
    """`uploads`, those on their way with what storage has of them, where it tells."""
    waiting = [each.id for each in uploads if each.state is UploadState.UPLOADING]
    found = ports.documents.get_many([open_path(upload_id) for upload_id in waiting])
    urls = {each.id: each.data["session_url"] for each in found if each is not None}
    return [
        replace(each, received_bytes=ports.uploads.received_bytes(urls[each.id]))
        if each.id in urls
        else each
        for each in uploads
    ]
