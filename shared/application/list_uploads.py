"""The uploads of a session."""

from __future__ import annotations

from shared.domain.upload import Upload

from .access import load_owned, session_path
from .open_uploads import with_progress
from .ports import Documents, Ports, Query, Transaction
from .session_records import upload_from_record


def list_uploads(ports: Ports, owner_id: str, session_id: str) -> list[Upload]:
    """All uploads, oldest first; at most `MAX_UPLOADS` of them."""
    load_owned(ports.documents, owner_id, session_id)
    return with_progress(ports, uploads_of(ports.documents, session_id))


def uploads_of(documents: Documents | Transaction, session_id: str) -> list[Upload]:
    """The uploads of a session whose ownership was checked."""
    query = Query(f"{session_path(session_id)}/uploads", order_by="created_at")
    return [upload_from_record(found.id, found.data) for found in documents.query(query)]
