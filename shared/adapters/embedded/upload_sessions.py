"""Upload sessions: blobs that arrive piece by piece, straight onto the disk.

What the ledger says a session has received is on the disk: the bytes are synced before the ledger
is told, and the ledger before the sender. After a kill or a power loss the session goes on from
there; whatever lies behind it in the file is written anew. One writer at a time holds the file's
lock, which the kernel takes back from a process that dies; who finishes makes the blob, the message
that tells of it and the end of the session in one transaction.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import secrets
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from shared.application.ports import UPLOAD_SESSION_LIFETIME, BlobInfo
from shared.domain.errors import AlreadyExists, NotFound, Unavailable

from . import blob_records as records
from .database import Database
from .secret_file import sync_directory

# What a session's path begins with; the rest of it is its token.
UPLOADS_PATH: Final = "/upload/"
# https://cloud.google.com/storage/docs/performing-resumable-uploads#chunked-upload
CHUNK_MULTIPLE_BYTES: Final = 256 * 1024
_READ_BYTES: Final = 1024 * 1024
_COLUMNS: Final = (
    "key, bucket, notifies, path, content_type, size_bytes, origin, file, received_bytes,"
    " generation, expires_us"
)
# An ended session is remembered for a while, to say so.
_REMEMBERED_US: Final = 24 * 3600 * 1_000_000


class SessionEnded(NotFound):
    """The upload session has expired or was cancelled."""

    def __init__(self) -> None:
        super().__init__("There is no such upload session, or not any more.")


@dataclass(frozen=True, slots=True)
class NewUpload:
    """What a session is opened for; `origin` as `UploadSession` has it."""

    bucket: str
    notifies: bool
    path: str
    content_type: str
    size_bytes: int
    origin: str | None


@dataclass(frozen=True, slots=True)
class UploadSession:
    """A session as the ledger has it.

    Attributes:
        origin: of the pages that may use it; None: none may.
        file: name of the file that holds its bytes.
        received_bytes: the bytes [0, this) are safely on the disk.
        generation: of the blob that it became, None while it is open.
    """

    key: str
    bucket: str
    notifies: int
    path: str
    content_type: str
    size_bytes: int
    origin: str | None
    file: str
    received_bytes: int
    generation: str | None
    expires_us: int


class UploadSessions:
    """The upload sessions of all buckets of a ledger; several processes may share them.

    Args:
        directory: where the blobs' files are.
        ledger: from `open_ledger`.
    """

    def __init__(self, directory: Path, ledger: Database) -> None:
        self._directory = directory
        self._ledger = ledger

    def begin(self, upload: NewUpload) -> str:
        """Opens a session and returns its token, which is kept nowhere else."""
        records.check_path(upload.path)
        token, name = secrets.token_urlsafe(32), secrets.token_hex(16)
        expires_us = _now_us() + int(UPLOAD_SESSION_LIFETIME.total_seconds() * 1e6)
        with _unavailable():
            self._make_file(self._file(name))
        row = (
            *(_key(token), upload.bucket, int(upload.notifies), upload.path, upload.content_type),
            *(upload.size_bytes, upload.origin, name, expires_us),
        )
        with self._ledger.write() as connection:
            connection.execute(
                f"INSERT INTO upload_session ({_COLUMNS})"  # noqa: S608
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?, 0, NULL, ?)",
                row,
            )
        return token

    def find(self, token: str) -> UploadSession:
        """The session of a token. Raises `SessionEnded`."""
        with self._ledger.read() as connection:
            return _find(connection, _key(token))

    @contextmanager
    def writing(self, token: str) -> Iterator[Draft]:
        """The session's file, for this writer alone.

        Raises:
            SessionEnded
            Unavailable: another writer has it just now.
        """
        session = self.find(token)
        descriptor = self._open(session)
        try:
            _lock(descriptor)
            # Whoever had the lock before may have come further, or to the end.
            yield Draft(self._ledger, self.find(token), descriptor)
        finally:
            os.close(descriptor)

    def cancel(self, token: str) -> None:
        """Ends an open session and drops what it has; one that has ended stays as it is."""
        with suppress(SessionEnded), self._ledger.write() as connection:
            session = _find(connection, _key(token))
            if session.generation is None:
                self._file(session.file).unlink(missing_ok=True)
                connection.execute("DELETE FROM upload_session WHERE key = ?", (session.key,))

    def forget_ended(self) -> None:
        """Forgets the sessions that expired more than a day ago, and what they had."""
        before = _now_us() - _REMEMBERED_US
        with self._ledger.read() as connection:
            found = connection.execute(
                f"SELECT {_COLUMNS} FROM upload_session WHERE expires_us < ?",  # noqa: S608
                (before,),
            ).fetchall()
        for session in (UploadSession(*row) for row in found):
            with self._ledger.write() as connection:
                if session.generation is None:
                    self._file(session.file).unlink(missing_ok=True)
                connection.execute("DELETE FROM upload_session WHERE key = ?", (session.key,))

    def _file(self, name: str) -> Path:
        return self._directory / name[:2] / name

    @staticmethod
    def _make_file(file: Path) -> None:
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        os.close(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        sync_directory(file.parent)
        sync_directory(file.parent.parent)

    def _open(self, session: UploadSession) -> int:
        try:
            with _unavailable():
                return os.open(self._file(session.file), os.O_RDWR)
        except FileNotFoundError:
            # Cancelled just now; or finished, and its blob is deleted.
            raise SessionEnded from None


class Draft:
    """The file of one session under its writer's lock.

    Args:
        session: as it stands.
        descriptor: the locked file, open for reading and writing.
    """

    def __init__(self, ledger: Database, session: UploadSession, descriptor: int) -> None:
        self.session = session
        self._ledger = ledger
        self._descriptor = descriptor
        self._position = self._kept = session.received_bytes

    @property
    def kept(self) -> int:
        """The bytes [0, this) are safely on the disk."""
        return self._kept

    @property
    def position(self) -> int:
        """Where the next byte goes."""
        return self._position

    def write(self, chunk: bytes) -> None:
        """Adds bytes that are not kept before `keep`. Raises `Unavailable`: the disk is full."""
        left = memoryview(chunk)
        with _unavailable():
            while left:
                written = os.pwrite(self._descriptor, left, self._position)
                self._position += written
                left = left[written:]

    def rewind(self, position: int) -> None:
        """Forgets what was written from `position` on."""
        self._position = position

    def keep(self) -> None:
        """Makes what was written outlive a power loss, and counts it as received.

        Raises:
            SessionEnded: it was cancelled or has expired meanwhile.
        """
        with _unavailable():
            os.fsync(self._descriptor)
        with self._ledger.write() as connection:
            _find(connection, self.session.key)
            connection.execute(
                "UPDATE upload_session SET received_bytes = ? WHERE key = ?",
                (self._position, self.session.key),
            )
        self._kept = self._position

    def discard(self) -> None:
        """Counts nothing as received any more."""
        self._position = 0
        self.keep()

    def digest(self, algorithm: str) -> bytes:
        """The digest of all that was written, by its name in hashlib."""
        digest, position = hashlib.new(algorithm), 0
        with _unavailable():
            while position < self._position:
                wanted = min(_READ_BYTES, self._position - position)
                chunk = os.pread(self._descriptor, wanted, position)
                digest.update(chunk)
                position += len(chunk)
        return digest.digest()

    def finish(self) -> BlobInfo:
        """Makes the blob of what was kept, tells of it and ends the session, all at once.

        Raises:
            AlreadyExists: there is such a blob already.
            SessionEnded
        """
        session = self.session
        draft = BlobInfo(session.path, session.size_bytes, "", session.content_type, {})
        with _unavailable():
            os.fsync(self._descriptor)
        with self._ledger.write() as connection:
            _find(connection, session.key)
            if records.find(connection, session.bucket, session.path) is not None:
                raise AlreadyExists("There is such a blob already.")
            info = records.put(connection, session.bucket, records.Record(draft, session.file))
            if session.notifies:
                records.notify(connection, session.bucket, info)
            connection.execute(
                "UPDATE upload_session SET generation = ?, received_bytes = ? WHERE key = ?",
                (info.generation, session.size_bytes, session.key),
            )
        return info


def _find(connection: sqlite3.Connection, key: str) -> UploadSession:
    row: tuple[Any, ...] | None = connection.execute(
        f"SELECT {_COLUMNS} FROM upload_session WHERE key = ? AND expires_us > ?",  # noqa: S608
        (key, _now_us()),
    ).fetchone()
    if row is None:
        raise SessionEnded
    return UploadSession(*row)


def _key(token: str) -> str:
    # Whoever reads the ledger, or a copy of it, cannot write in anybody's name.
    return hashlib.sha256(token.encode()).hexdigest()


def _lock(descriptor: int) -> None:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        raise Unavailable("Another request is writing to this upload session.") from error


@contextmanager
def _unavailable() -> Iterator[None]:
    try:
        yield
    except FileNotFoundError:
        raise
    except OSError as error:
        raise Unavailable("The bytes could not be stored just now.") from error


def _now_us() -> int:
    return time.time_ns() // 1000
