"""Writing one blob to Cloud Storage with bounded memory."""

from __future__ import annotations

from collections.abc import Mapping
from types import TracebackType
from typing import Any, Protocol, Self

from google.api_core.exceptions import PreconditionFailed

from shared.application.ports import BlobInfo
from shared.domain.errors import AlreadyExists

from .crc32c import Crc32c
from .failures import translated
from .resumable_upload import CHUNK_MULTIPLE_BYTES, ResumableUpload

# Two copies of one are in memory while it is sent; 30 MiB take 60 requests.
_CHUNK_BYTES = 2 * CHUNK_MULTIPLE_BYTES


class SessionOpener(Protocol):
    """Opens the resumable upload session of one blob."""

    def __call__(self) -> ResumableUpload:
        """Raises `google.api_core.exceptions.PreconditionFailed` if there is such a blob."""


class CloudStorageWriter:
    """The port's `BlobWriter`.

    The session is opened with the first full chunk, and the last chunk is kept back until
    `commit`: before that Cloud Storage has no blob to show.
    """

    def __init__(self, open_session: SessionOpener) -> None:
        self._open_session = open_session
        self._upload: ResumableUpload | None = None
        self._chunk = bytearray()
        self._crc32c = Crc32c()
        self._refused: PreconditionFailed | None = None
        self._ended = False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._ended:
            return
        self._end()
        if self._upload is not None:
            self._upload.cancel()

    def write(self, chunk: bytes) -> None:
        self._require_open()
        rest = memoryview(chunk)
        while rest:
            if len(self._chunk) == _CHUNK_BYTES:
                self._send_chunk()
            taken = bytes(rest[: _CHUNK_BYTES - len(self._chunk)])
            self._chunk += taken
            self._crc32c.update(taken)
            rest = rest[len(taken) :]

    def commit(self) -> BlobInfo:
        self._require_open()
        resource = self._finish()
        self._end()
        return blob_info(resource)

    def _finish(self) -> Mapping[str, Any]:
        try:
            with translated("Cloud Storage", leave=(PreconditionFailed,)):
                session = self._session()
                if session is not None:
                    return session.finish(bytes(self._chunk), str(self._crc32c))
        except PreconditionFailed as error:
            self._refused = error
        raise AlreadyExists("There is such a blob already.") from self._refused

    def _send_chunk(self) -> None:
        with translated("Cloud Storage"):
            session = self._session()
            if session is not None:
                session.send(bytes(self._chunk))
        self._chunk.clear()

    def _session(self) -> ResumableUpload | None:
        # The port promises the refusal at commit; what is written until then goes nowhere.
        if self._upload is None and self._refused is None:
            try:
                self._upload = self._open_session()
            except PreconditionFailed as error:
                self._refused = error
        return self._upload

    def _require_open(self) -> None:
        if self._ended:
            raise ValueError("The blob is committed or given up.")

    def _end(self) -> None:
        self._ended = True
        self._chunk = bytearray()


def blob_info(resource: Mapping[str, Any]) -> BlobInfo:
    """What an object's resource in the JSON API says, as the port has it."""
    return BlobInfo(
        path=resource["name"],
        size_bytes=int(resource["size"]),
        generation=str(resource["generation"]),
        content_type=resource.get("contentType", "application/octet-stream"),
        metadata=dict(resource.get("metadata") or {}),
    )
