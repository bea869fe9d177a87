"""Pipeline: erase everything of a deleted session, and leave a receipt without content."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from shared.domain.upload import session_prefix

from .access import forget, session_path
from .idempotency import IDEMPOTENCY
from .open_uploads import end_uploads
from .ports import Blobs, Ports, PushMessage, Query
from .transcription_end import cancel_handles

RECEIPT_LIFETIME = timedelta(days=30)
# Longer than any function runs: a worker that began before the deletion has ended by then, and
# what it may have stored is erased by the last pass.
LATE_WORKERS = timedelta(minutes=15)


def purge_session(ports: Ports, message: PushMessage) -> None:
    """Erases blobs and documents below the tombstone; running it again finishes the rest.

    The tombstone stays, for the sweep to come back to, until no late worker can add anything;
    then a receipt without content takes its place.
    """
    path = session_path(message.data["session_id"])
    tombstone = ports.documents.get(path)
    if tombstone is None or "deleted_owner_id" not in tombstone.data:
        return
    end_uploads(ports, tombstone.id)
    for stored in ports.documents.query(Query(f"{path}/transcriptions")):
        # What an engine elsewhere is still writing would come after the last pass.
        cancel_handles(ports, stored.path)
    prefix = session_prefix(tombstone.data["deleted_owner_id"], tombstone.id)
    _erase(ports.uploads, prefix)
    _erase(ports.transcripts, prefix)
    _forget_answers(ports, tombstone.id)
    ports.documents.delete_tree(path)
    record = _after_purge(tombstone.data, ports.now())
    ports.documents.transact(lambda tx: tx.set(path, record))


def _after_purge(tombstone: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    if now - tombstone["deleted_at"] < LATE_WORKERS:
        return {**tombstone, "purged_at": now, "standing_since": now}
    return {
        "deleted_at": tombstone["deleted_at"],
        "purged_at": now,
        "expires_at": now + RECEIPT_LIFETIME,
    }


def _forget_answers(ports: Ports, session_id: str) -> None:
    for stored in ports.documents.query(Query(IDEMPOTENCY, where={"session_id": session_id})):
        forget(ports.documents, stored.path)


def _erase(blobs: Blobs, prefix: str) -> None:
    for blob in blobs.list(prefix):
        blobs.delete(blob.path, generation=blob.generation)
