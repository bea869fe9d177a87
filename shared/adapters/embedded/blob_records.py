"""What the ledger knows of blobs."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from shared.application.ports import BlobInfo

from .tasks import insert_message, to_json

_TOPIC = "uploads"
_MAX_PATH_BYTES = 1024


@dataclass(frozen=True, slots=True)
class Record:
    """A blob and the name of the file that holds its bytes."""

    info: BlobInfo
    file: str

    @classmethod
    def of(cls, row: tuple[Any, ...]) -> Record:
        """From the columns that `find` and `page` select."""
        path, size_bytes, generation, content_type, metadata, file = row
        known = json.loads(metadata)
        return cls(BlobInfo(path, size_bytes, str(generation), content_type, known), file)


def check_path(path: str) -> None:
    """Raises `ValueError` for a path that Cloud Storage would not take.

    See cloud.google.com/storage/docs/objects, "Object name requirements".
    """
    if not 0 < len(path.encode()) <= _MAX_PATH_BYTES:
        raise ValueError(f"A blob path has 1 to {_MAX_PATH_BYTES} bytes.")
    if path in (".", "..") or "\r" in path or "\n" in path:
        raise ValueError("A blob path is not a dot or two, and has no line break.")


def find(connection: sqlite3.Connection, bucket: str, path: str) -> Record | None:
    """The blob at `path`."""
    row = connection.execute(
        "SELECT path, size_bytes, generation, content_type, metadata, file FROM blob"
        " WHERE bucket = ? AND path = ?",
        (bucket, path),
    ).fetchone()
    return None if row is None else Record.of(row)


def page(
    connection: sqlite3.Connection, bucket: str, prefix: str, after: str, limit: int
) -> list[Record]:
    """The next blobs after `after`, by path, whose paths begin with `prefix`."""
    rows = connection.execute(
        "SELECT path, size_bytes, generation, content_type, metadata, file FROM blob"
        " WHERE bucket = ? AND path >= ? AND path > ? ORDER BY path LIMIT ?",
        (bucket, prefix, after, limit),
    ).fetchall()
    return [Record.of(row) for row in rows if row[0].startswith(prefix)]


def put(connection: sqlite3.Connection, bucket: str, record: Record) -> BlobInfo:
    """Stores `record` in place of the blob at its path, under a new generation."""
    info = record.info
    connection.execute("DELETE FROM blob WHERE bucket = ? AND path = ?", (bucket, info.path))
    cursor = connection.execute(
        "INSERT INTO blob (bucket, path, size_bytes, content_type, metadata, file)"
        " VALUES (?, ?, ?, ?, ?, ?)",
        (
            *(bucket, info.path, info.size_bytes, info.content_type),
            *(json.dumps(dict(info.metadata)), record.file),
        ),
    )
    return replace(info, generation=str(cursor.lastrowid))


def remove(connection: sqlite3.Connection, record: Record) -> None:
    """Forgets a blob."""
    connection.execute("DELETE FROM blob WHERE generation = ?", (int(record.info.generation),))


def owns(connection: sqlite3.Connection, file: str) -> bool:
    """Whether `file` holds the bytes of a blob, or of an upload session."""
    row = connection.execute(
        "SELECT 1 FROM blob WHERE file = ? UNION ALL SELECT 1 FROM upload_session WHERE file = ?",
        (file, file),
    ).fetchone()
    return row is not None


def notify(connection: sqlite3.Connection, bucket: str, info: BlobInfo) -> None:
    """Publishes the message that Cloud Storage would for a finished upload.

    See cloud.google.com/storage/docs/pubsub-notifications, "Attributes" and "Payload".
    """
    now = datetime.now(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
    attributes = {
        "eventType": "OBJECT_FINALIZE",
        "bucketId": bucket,
        "objectId": info.path,
        "objectGeneration": info.generation,
        "payloadFormat": "JSON_API_V1",
        "eventTime": now,
    }
    data = {
        "kind": "storage#object",
        "bucket": bucket,
        "name": info.path,
        "generation": info.generation,
        "contentType": info.content_type,
        "size": str(info.size_bytes),
    }
    insert_message(connection, _TOPIC, to_json(data), attributes)
