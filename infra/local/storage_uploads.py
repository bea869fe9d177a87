"""Uploads to the Cloud Storage emulator: resumable, multipart and simple.

Source: https://cloud.google.com/storage/docs/uploads-downloads#uploads and the pages it links.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from email.message import Message
from io import BufferedIOBase
from typing import IO

from .storage_objects import (
    CHUNK_MULTIPLE_BYTES,
    ObjectStore,
    Preconditions,
    Resource,
    StorageError,
    Upload,
)

_COPY_BYTES = 64 * 1024
_CONTENT_RANGE = re.compile(r"bytes (?:(\d+)-(\d+)|\*)/(\d+|\*)")


class Body:
    """The body of one request: reads no further than its end.

    Args:
        left_bytes: its `Content-Length`.
    """

    def __init__(self, source: BufferedIOBase, left_bytes: int) -> None:
        self._source = source
        self.left_bytes = left_bytes

    def read(self, size: int) -> bytes:
        """Up to `size` bytes; none at the end, and when the client is gone."""
        chunk = self._source.read(min(size, self.left_bytes))
        self.left_bytes = self.left_bytes - len(chunk) if chunk else 0
        return chunk

    def skip(self) -> None:
        """Reads what nobody wanted, so that the connection can serve its next request."""
        while self.read(_COPY_BYTES):
            pass


@dataclass(frozen=True, slots=True)
class Progress:
    """An upload that wants more: the bytes [0, kept_bytes) are kept."""

    kept_bytes: int


@dataclass(frozen=True, slots=True)
class Uploads:
    """Takes uploads into `store` and tells `notify` before it tells the uploader."""

    store: ObjectStore
    notify: Callable[[Resource], None]

    def begin(self, bucket: str, query: Mapping[str, str], headers: Message, body: Body) -> str:
        """Opens a resumable upload and returns its id."""
        length = int(headers.get("Content-Length") or 0)
        described = json.loads(body.read(length) or b"{}")
        described.setdefault("contentType", headers.get("X-Upload-Content-Type"))
        resource = _described(bucket, query, described)
        size = headers.get("X-Upload-Content-Length")
        # https://cloud.google.com/storage/docs/cors: the origin that begins is the one that sends.
        origin = headers.get("Origin")
        fixed = None if size is None else int(size)
        return self.store.begin(resource, preconditions(query), fixed, origin).id

    def origin_of(self, upload_id: str) -> str | None:
        """The origin whose pages may send to an unfinished upload."""
        try:
            return self.store.upload(upload_id).origin
        except StorageError:
            return None

    def put(self, upload_id: str, headers: Message, body: Body) -> Progress | Resource:
        """Adds a chunk, finishes, or (with `bytes */*`) only tells how far the upload is.

        Raises:
            StorageError: 400 for a chunk that is no multiple of 256 KiB or leaves a gap, 412, 503.
        """
        length = int(headers.get("Content-Length") or 0)
        finished = self.store.finished(upload_id)
        if finished is not None:
            body.skip()
            self._tell(finished)
            return finished
        upload = self.store.upload(upload_id)
        total = self._append(upload, headers.get("Content-Range"), body, length)
        kept = self.store.part(upload).stat().st_size
        return self._finish(upload, headers) if kept == total else Progress(kept)

    def cancel(self, upload_id: str) -> None:
        """Drops an unfinished upload."""
        self.store.cancel(self.store.upload(upload_id))

    def whole(
        self, bucket: str, query: Mapping[str, str], headers: Message, body: Body
    ) -> Resource:
        """Takes an object in one request, with its metadata before it or with none."""
        content = body.read(int(headers.get("Content-Length") or 0))
        described: Resource = {"contentType": headers.get("Content-Type")}
        if query.get("uploadType") == "multipart":
            described, content = _parts(headers, content)
        resource = _described(bucket, query, described)
        upload = self.store.begin(resource, preconditions(query))
        self.store.part(upload).write_bytes(content)
        sums = {"crc32c": described.get("crc32c"), "md5": described.get("md5Hash")}
        return self._finish(upload, headers, {k: v for k, v in sums.items() if v})

    def retell(self) -> None:
        """Tells of the objects that a crash left untold."""
        for resource in self.store.unnotified():
            self._tell(resource)

    def _append(
        self, upload: Upload, content_range: str | None, body: Body, length: int
    ) -> int | None:
        """Adds what of the body is new; returns the total that the uploader named, if any."""
        found = _CONTENT_RANGE.fullmatch(content_range or f"bytes 0-{length - 1}/{length}")
        if found is None and length:
            raise StorageError(400, "Content-Range is malformed.")
        first, last, total = found.groups() if found else (None, None, "0")
        _require_size(upload, last, total)
        if first is not None:
            final = total != "*" and int(first) + length == int(total)
            if not final and length % CHUNK_MULTIPLE_BYTES:
                raise StorageError(400, "A chunk other than the last must be n * 256 KiB.")
            self._store_chunk(upload, int(first), body, length, final)
        return None if total == "*" else int(total)

    def _store_chunk(
        self, upload: Upload, first: int, body: Body, length: int, final: bool
    ) -> None:
        with self.store.part(upload).open("ab") as part:
            kept = part.tell()
            if first > kept:
                raise StorageError(400, f"The upload has {kept} bytes; the chunk leaves a gap.")
            # What is kept already is ignored, as Cloud Storage does.
            _skip(body, min(length, kept - first))
            received = _copy(body, part, length - min(length, kept - first))
            if received < length - (kept - first) or not final:
                part.truncate(_whole_chunks(part.tell()))

    def _finish(
        self, upload: Upload, headers: Message, sums: Mapping[str, str] | None = None
    ) -> Resource:
        resource = self.store.finish(upload, {**(sums or {}), **_hashes(headers)})
        self._tell(resource)
        return resource

    def _tell(self, resource: Resource) -> None:
        self.notify(resource)
        self.store.mark_notified(resource)


def _require_size(upload: Upload, last: str | None, total: str) -> None:
    if upload.size is None:
        return
    if total not in ("*", str(upload.size)) or (last is not None and int(last) >= upload.size):
        raise StorageError(400, f"The upload was announced with {upload.size} bytes.")


def preconditions(query: Mapping[str, str]) -> Preconditions:
    """Those in the query string of a request."""
    match, not_match = query.get("ifGenerationMatch"), query.get("ifGenerationNotMatch")
    return Preconditions(
        None if match is None else int(match), None if not_match is None else int(not_match)
    )


def _described(bucket: str, query: Mapping[str, str], described: Resource) -> Resource:
    name = query.get("name") or described.get("name")
    if not name:
        raise StorageError(400, "Required parameter: name")
    return {
        "bucket": bucket,
        "name": name,
        "contentType": described.get("contentType") or "application/octet-stream",
        "metadata": described.get("metadata") or {},
    }


def _hashes(headers: Message) -> dict[str, str]:
    pairs = (
        pair.strip().partition("=")
        for value in headers.get_all("X-Goog-Hash", [])
        for pair in value.split(",")
    )
    return {name: value for name, _, value in pairs if value}


def _parts(headers: Message, content: bytes) -> tuple[Resource, bytes]:
    # multipart/related of exactly two parts: the metadata, and the bytes untouched.
    boundary = headers.get_param("boundary")
    if not isinstance(boundary, str):
        raise StorageError(400, "The multipart body names no boundary.")
    fields = content.split(b"--" + boundary.encode(), 2)
    if len(fields) != 3 or b"\r\n\r\n" not in fields[1]:
        raise StorageError(400, "The multipart body is malformed.")
    described: Resource = json.loads(fields[1].split(b"\r\n\r\n", 1)[1])
    end = fields[2].rindex(b"\r\n--" + boundary.encode())
    media_headers, media = fields[2][:end].split(b"\r\n\r\n", 1)
    found = re.search(rb"(?i)content-type:\s*([^\r\n]+)", media_headers)
    if found:
        described.setdefault("contentType", found[1].decode())
    return described, media


class _Nowhere:
    def write(self, chunk: bytes) -> int:
        return len(chunk)


def _copy(source: Body, target: IO[bytes] | _Nowhere, size: int) -> int:
    left = size
    while left and (chunk := source.read(min(left, _COPY_BYTES))):
        target.write(chunk)
        left -= len(chunk)
    return size - left


def _skip(source: Body, size: int) -> None:
    _copy(source, _Nowhere(), size)


def _whole_chunks(size: int) -> int:
    return size - size % CHUNK_MULTIPLE_BYTES
