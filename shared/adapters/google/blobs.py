"""Blobs in a Cloud Storage bucket."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache, cached_property

from google.api_core.exceptions import NotFound as MissingInStorage
from google.api_core.exceptions import PreconditionFailed, RequestRangeNotSatisfiable
from google.cloud.storage import Blob, Bucket, Client
from google.cloud.storage.retry import DEFAULT_RETRY
from urllib3 import PoolManager

from shared.application.ports import BlobInfo
from shared.domain.errors import AlreadyExists, NotFound

from .blob_writer import CloudStorageWriter
from .crc32c import Crc32c
from .failures import translated, unavailable
from .resumable_upload import ResumableUpload

# The library holds two copies of what one request brings; a recording is read in ever longer steps,
# since each request costs a round trip. The port allows chunks of up to 1 MiB.
_READ_BYTES = 512 * 1024
_LONGEST_READ_BYTES = 4 * 1024 * 1024
# The generation that no blob has: https://cloud.google.com/storage/docs/request-preconditions
_ABSENT = 0
_MOST_PATH_BYTES = 1024
_RESERVED = ".well-known/acme-challenge/"


@cache
def storage_client(project: str) -> Client:
    """The process's one client."""
    return Client(project=project)


@cache
def _upload_connections() -> PoolManager:
    return PoolManager(maxsize=16)


class CloudStorageBlobs:
    """The Blobs port over one bucket.

    Notifications are the bucket's own (infra/terraform), not of this adapter's making.

    Args:
        timeout_s: of one request, and how long what may safely be repeated is repeated.
    """

    def __init__(self, project: str, bucket: str, *, timeout_s: float = 60.0) -> None:
        self._project = project
        self._bucket_name = bucket
        self._timeout_s = timeout_s
        self._options = {"timeout": timeout_s, "retry": DEFAULT_RETRY.with_timeout(timeout_s)}

    @cached_property
    def _bucket(self) -> Bucket:
        return storage_client(self._project).bucket(self._bucket_name)

    def create(
        self,
        path: str,
        *,
        content_type: str,
        metadata: Mapping[str, str] | None = None,
        if_absent: bool = False,
    ) -> CloudStorageWriter:
        """As the port says.

        Raises:
            ValueError: Cloud Storage takes no such path.
        """
        _check_path(path)

        def open_session() -> ResumableUpload:
            blob = self._bucket.blob(path)
            blob.metadata = dict(metadata or {})
            # Opened twice, the first session is left empty and expires: safe to repeat.
            url = blob.create_resumable_upload_session(
                content_type=content_type,
                if_generation_match=_ABSENT if if_absent else None,
                **self._options,
            )
            return ResumableUpload(url, _upload_connections(), self._timeout_s)

        return CloudStorageWriter(open_session)

    def begin_upload(
        self, path: str, *, content_type: str, size_bytes: int, origin: str | None = None
    ) -> str:
        """As the port says.

        Raises:
            ValueError: Cloud Storage takes no such path.
            AlreadyExists: there is such a blob.
        """
        _check_path(path)
        try:
            with translated("Cloud Storage", leave=(PreconditionFailed,)):
                # Opened twice, the first session is left empty and expires: safe to repeat.
                url: str = self._bucket.blob(path).create_resumable_upload_session(
                    content_type=content_type,
                    size=size_bytes,
                    origin=origin,
                    checksum=None,
                    if_generation_match=_ABSENT,
                    **self._options,
                )
                return url
        except PreconditionFailed as error:
            raise AlreadyExists("There is such a blob already.") from error

    def received_bytes(self, session_url: str) -> int | None:
        """Never told: a question may break off the request that is sending to the session."""
        return None

    def cancel_upload(self, session_url: str) -> None:
        """As the port says.

        Raises:
            Unavailable: it could not be reached.
        """
        ResumableUpload(session_url, _upload_connections(), self._timeout_s).end()

    def stat(self, path: str) -> BlobInfo | None:
        with translated("Cloud Storage"):
            blob = self._bucket.get_blob(path, **self._options)
        return None if blob is None else _info(blob)

    def read(
        self, path: str, *, start: int = 0, end: int | None = None, generation: str | None = None
    ) -> Iterator[bytes]:
        """Yields the bytes as the port says; every request is pinned to one generation.

        Raises:
            NotFound: before the first chunk; or later, if the blob is deleted meanwhile.
            Unavailable: a chunk could not be had within `timeout_s`, or a blob that was read whole
                does not match its CRC32C.
        """
        empty = end is not None and end <= start
        blob = self._pinned(path, generation, nothing_to_read=empty)
        crc32c = Crc32c()
        position, step = start, _READ_BYTES
        while end is None or position < end:
            wanted = step if end is None else min(step, end - position)
            read = self._range(blob, position, wanted)
            for offset in range(0, len(read), _READ_BYTES):
                chunk = read[offset : offset + _READ_BYTES]
                crc32c.update(chunk)
                yield chunk
            position += len(read)
            if len(read) < wanted:
                break
            step = min(2 * step, _LONGEST_READ_BYTES)
        if start == 0 and end is None:
            _check(blob, crc32c)

    def list(self, prefix: str) -> Iterator[BlobInfo]:
        fields = "items(name,size,generation,contentType,metadata),nextPageToken"
        with translated("Cloud Storage"):
            for blob in self._bucket.list_blobs(prefix=prefix, fields=fields, **self._options):
                yield _info(blob)

    def delete(self, path: str, *, generation: str | None = None) -> bool:
        """As the port says; repeated only where a generation keeps it from deleting a newer one."""
        pinned = None if generation is None else int(generation)
        options = {**self._options, "retry": self._options["retry"] if generation else None}
        try:
            with translated("Cloud Storage", leave=(MissingInStorage,)):
                self._bucket.blob(path, generation=pinned).delete(**options)
        except MissingInStorage:
            return False
        return True

    def _pinned(self, path: str, generation: str | None, *, nothing_to_read: bool) -> Blob:
        # With a generation the first range tells whether there is one, and saves a request.
        if generation is not None and not nothing_to_read:
            return self._bucket.blob(path, generation=int(generation))
        with translated("Cloud Storage"):
            found = self._bucket.get_blob(path, generation=generation, **self._options)
        if found is None:
            raise NotFound("There is no such blob.")
        return self._bucket.blob(path, generation=found.generation)

    def _range(self, blob: Blob, start: int, size: int) -> bytes:
        try:
            with translated("Cloud Storage", leave=(MissingInStorage, RequestRangeNotSatisfiable)):
                # Of part of a blob the library cannot check a sum; `read` sums up the whole.
                data: bytes = blob.download_as_bytes(
                    start=start,
                    end=start + size - 1,
                    raw_download=True,
                    checksum=None,
                    **self._options,
                )
                return data
        except MissingInStorage as error:
            raise NotFound("There is no such blob.") from error
        except RequestRangeNotSatisfiable:
            return b""


def _check_path(path: str) -> None:
    # https://cloud.google.com/storage/docs/objects#naming
    if not 1 <= len(path.encode()) <= _MOST_PATH_BYTES:
        raise ValueError(f"A path has 1 to {_MOST_PATH_BYTES} bytes.")
    if path in (".", "..") or "\r" in path or "\n" in path or path.startswith(_RESERVED):
        raise ValueError("Cloud Storage takes no such path.")


def _info(blob: Blob) -> BlobInfo:
    return BlobInfo(
        path=blob.name,
        size_bytes=blob.size,
        generation=str(blob.generation),
        content_type=blob.content_type or "application/octet-stream",
        metadata=dict(blob.metadata or {}),
    )


def _check(blob: Blob, crc32c: Crc32c) -> None:
    # Each download leaves the sum of the whole blob, from its X-Goog-Hash header, in `crc32c`.
    if blob.crc32c is not None and blob.crc32c != str(crc32c):
        raise unavailable("An undamaged copy of the blob")
