"""The database of messages, blobs and upload sessions.

All stand in one file, so that a blob and the message that tells of it are committed together: no
crash can come between them.
"""

from __future__ import annotations

from pathlib import Path

from .database import Database

_MESSAGES_AND_BLOBS = """
CREATE TABLE message (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    topic TEXT NOT NULL,
    data TEXT NOT NULL,
    attributes TEXT NOT NULL,
    published_us INTEGER NOT NULL,
    due_us INTEGER NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0,
    lease TEXT
);
CREATE INDEX message_due ON message (topic, due_us, id);
CREATE TABLE blob (
    generation INTEGER PRIMARY KEY AUTOINCREMENT,
    bucket TEXT NOT NULL,
    path TEXT NOT NULL,
    file TEXT NOT NULL UNIQUE,
    size_bytes INTEGER NOT NULL,
    content_type TEXT NOT NULL,
    metadata TEXT NOT NULL,
    UNIQUE (bucket, path)
)
"""
_UPLOAD_SESSIONS = """
CREATE TABLE upload_session (
    key TEXT PRIMARY KEY,
    bucket TEXT NOT NULL,
    notifies INTEGER NOT NULL,
    path TEXT NOT NULL,
    content_type TEXT NOT NULL,
    size_bytes INTEGER NOT NULL,
    origin TEXT,
    file TEXT NOT NULL UNIQUE,
    received_bytes INTEGER NOT NULL DEFAULT 0,
    generation TEXT,
    expires_us INTEGER NOT NULL
);
CREATE INDEX upload_session_expiry ON upload_session (expires_us)
"""


def open_ledger(path: Path, *, busy_timeout_s: float = 10.0) -> Database:
    """The ledger at `path`, made if there is none."""
    schema = f"{_MESSAGES_AND_BLOBS};{_UPLOAD_SESSIONS}"
    return Database(
        path,
        schema,
        version=2,
        upgrades={1: _UPLOAD_SESSIONS},
        busy_timeout_s=busy_timeout_s,
    )
