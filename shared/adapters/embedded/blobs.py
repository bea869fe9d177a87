"""The Blobs port: bytes in files, all else in the ledger.

A file is written under a random name and synced; only then does one transaction in the ledger give
it its path, replace the blob before it and publish the notification. A crash at any moment leaves
either all of that or a nameless file, which `collect_garbage` removes. No part of a path ever
becomes a file name.
"""

from __future__ import annotations

import os
import secrets
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from shared.application.ports import BlobInfo
from shared.domain.errors import AlreadyExists, NotFound

from . import blob_records as records
from .blob_writer import FileWriter
from .database import Database
from .upload_sessions import UPLOADS_PATH, NewUpload, SessionEnded, UploadSessions

_CHUNK_BYTES = 1024 * 1024
_PAGE = 500


class FileBlobs:
    """One bucket of blobs; safe to use from several threads and processes.

    Args:
        directory: where the files are; several buckets of one ledger may share it.
        bucket: name of the bucket.
        ledger: from `open_ledger`.
        notifies: whether a committed blob publishes a message on topic `uploads`.
    """

    def __init__(
        self, directory: Path, bucket: str, ledger: Database, *, notifies: bool = False
    ) -> None:
        self._directory = directory
        self._bucket = bucket
        self._ledger = ledger
        self._notifies = notifies
        self._sessions = UploadSessions(directory, ledger)

    def create(
        self,
        path: str,
        *,
        content_type: str,
        metadata: Mapping[str, str] | None = None,
        if_absent: bool = False,
    ) -> FileWriter:
        """A writer of the blob at `path`; `if_absent` refuses to replace one.

        Raises:
            ValueError: Cloud Storage would not take this path.
        """
        records.check_path(path)
        name = secrets.token_hex(16)
        draft = BlobInfo(path, 0, "", content_type, dict(metadata or {}))

        def publish(size_bytes: int) -> BlobInfo:
            record = records.Record(replace(draft, size_bytes=size_bytes), name)
            return self._publish(record, if_absent=if_absent)

        return FileWriter(self._file(name), publish)

    def begin_upload(
        self, path: str, *, content_type: str, size_bytes: int, origin: str | None = None
    ) -> str:
        """As the port says; the URL is a path, which `upload_routes` serves."""
        if self._find(path) is not None:
            raise AlreadyExists("There is such a blob already.")
        token = self._sessions.begin(
            NewUpload(self._bucket, self._notifies, path, content_type, size_bytes, origin)
        )
        return f"{UPLOADS_PATH}{token}"

    def received_bytes(self, session_url: str) -> int | None:
        """What is safely on the disk."""
        try:
            return self._sessions.find(_token(session_url)).received_bytes
        except SessionEnded:
            return None

    def cancel_upload(self, session_url: str) -> None:
        """Ends a session and removes its file."""
        self._sessions.cancel(_token(session_url))

    def stat(self, path: str) -> BlobInfo | None:
        """What is known of the blob at `path`."""
        record = self._find(path)
        return None if record is None or not self._file(record.file).exists() else record.info

    def read(
        self, path: str, *, start: int = 0, end: int | None = None, generation: str | None = None
    ) -> Iterator[bytes]:
        """The bytes [start, end), as far as there are any.

        Raises:
            ValueError: `start` or `end` is negative.
            NotFound: there is no such blob, or not of that generation.
        """
        if start < 0 or (end is not None and end < 0):
            raise ValueError("A range cannot begin or end before the blob does.")
        return _chunks(self._open(path, generation), start, end)

    def list(self, prefix: str) -> Iterator[BlobInfo]:
        """The blobs whose path begins with `prefix`, by path."""
        page = self._page(prefix, "")
        while page:
            yield from page
            page = self._page(prefix, page[-1].path)

    def delete(self, path: str, *, generation: str | None = None) -> bool:
        """Deletes the bytes, then the record: a crash between them leaves no bytes behind."""
        with self._ledger.write() as connection:
            record = records.find(connection, self._bucket, path)
            if record is None or generation not in (None, record.info.generation):
                return False
            self._file(record.file).unlink(missing_ok=True)
            records.remove(connection, record)
            return True

    def collect_garbage(self, *, older_than_s: float = 86_400.0) -> int:
        """Removes files that no blob owns, left by writers that were killed; tells how many.

        Args:
            older_than_s: age of the last write; more than any upload may pause.
        """
        self._sessions.forget_ended()
        before = time.time() - older_than_s
        return sum(self._collect(file, before) for file in self._directory.glob("??/*"))

    def _file(self, name: str) -> Path:
        return self._directory / name[:2] / name

    def _publish(self, record: records.Record, *, if_absent: bool) -> BlobInfo:
        with self._ledger.write() as connection:
            old = records.find(connection, self._bucket, record.info.path)
            if old is not None and if_absent:
                raise AlreadyExists("There is such a blob already.")
            info = records.put(connection, self._bucket, record)
            if self._notifies:
                records.notify(connection, self._bucket, info)
        if old is not None:
            # What cannot be removed now is garbage that can be collected later.
            with suppress(OSError):
                self._file(old.file).unlink()
        return info

    def _find(self, path: str) -> records.Record | None:
        with self._ledger.read() as connection:
            return records.find(connection, self._bucket, path)

    def _open(self, path: str, generation: str | None) -> int:
        record = self._find(path)
        while record is not None and generation in (None, record.info.generation):
            with suppress(FileNotFoundError):
                return os.open(self._file(record.file), os.O_RDONLY)
            # A newer blob may have replaced it since; if not, its deletion was cut short.
            missing, record = record, self._find(path)
            if record == missing:
                break
        raise NotFound("There is no such blob.")

    def _page(self, prefix: str, after: str) -> Sequence[BlobInfo]:
        with self._ledger.read() as connection:
            found = records.page(connection, self._bucket, prefix, after, _PAGE)
        return [record.info for record in found]

    def _collect(self, file: Path, before: float) -> bool:
        with suppress(FileNotFoundError), self._ledger.read() as connection:
            if file.stat().st_mtime < before and not records.owns(connection, file.name):
                file.unlink()
                return True
        return False


def _token(session_url: str) -> str:
    return session_url.rpartition("/")[2]


def _chunks(descriptor: int, start: int, end: int | None) -> Iterator[bytes]:
    with os.fdopen(descriptor, "rb", buffering=0) as file:
        file.seek(start)
        left = None if end is None else end - start
        while left is None or left > 0:
            chunk = file.read(_CHUNK_BYTES if left is None else min(_CHUNK_BYTES, left))
            if not chunk:
                return
            yield chunk
            left = None if left is None else left - len(chunk)
