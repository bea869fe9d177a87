"""Takes a file from a request into the blob store, checked to the last byte before it is kept."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from shared.application.idempotency import confirm
from shared.application.ports import BlobWriter
from shared.domain.errors import AlreadyExists, InvalidArgument, TooLarge
from shared.domain.upload import ContentType, Upload, source_path
from shared.speech.sniffing import Found, Sniffer

from .call import Call
from .multipart import FILE, Form, read_form

if TYPE_CHECKING:
    from flask import Request

MAX_FILE_BYTES: Final = 30 * 1024 * 1024
MAX_TEXT_BYTES: Final = 5 * 1024 * 1024
_CHECKSUM: Final = re.compile(r"sha256:([0-9a-fA-F]{64})")
# A browser names documents application/...; API.md's example sends what stands before the slash.
_NO_CLAIM: Final = ("", "application")
_AUDIO_NAME: Final = re.compile(r"\.(aac|m4a|m4b|mka|oga|opus|weba|wma)$", re.IGNORECASE)
_TEXT_TYPES: Final = {
    "md": "text/markdown",
    "markdown": "text/markdown",
    "srt": "application/x-subrip",
    "vtt": "text/vtt",
    "json": "application/json",
}


@dataclass(frozen=True, slots=True)
class Received:
    """A file that came whole and passed every check."""

    filename: str
    type: ContentType
    content_type: str
    size_bytes: int
    sha256: str

    @property
    def fingerprint(self) -> str:
        """What makes two uploads the same request."""
        return f"{self.sha256}:{self.type}"


class _Intake:
    """Counts, hashes and recognises a file while it passes through to `write`."""

    def __init__(self, write: Callable[[bytes], object]) -> None:
        self._write = write
        self._digest = hashlib.sha256()
        self._sniffer = Sniffer()
        self.size_bytes = 0

    def take(self, chunk: bytes) -> None:
        self.size_bytes += len(chunk)
        self._sniffer.feed(chunk)
        if self.size_bytes > MAX_FILE_BYTES:
            raise TooLarge("The file is over 30 MiB.", field=FILE)
        if self._sniffer.is_text and self.size_bytes > MAX_TEXT_BYTES:
            raise TooLarge("The text is over 5 MiB.", field=FILE)
        self._digest.update(chunk)
        self._write(chunk)

    @property
    def sha256(self) -> str:
        return self._digest.hexdigest()

    def found(self) -> Found:
        if self.size_bytes == 0 or self._sniffer.is_blank:
            raise InvalidArgument("The file is empty.", field=FILE)
        return self._sniffer.found()


def store_upload(call: Call) -> Upload:
    """Streams the request's file into the blob store; nothing stays if anything is wrong with it.

    Raises:
        UnsupportedContent, InvalidArgument, InvalidRequest, TooLarge: what is wrong with it.
        IdempotencyKeyReused: if the key came with another file before.
    """
    upload_id = call.new_id()
    path = source_path(call.user_id, call.session_id, upload_id)
    blobs = call.ports.uploads
    # An attempt that was cut off after its commit has left the very same bytes.
    repeated = call.claim is not None
    with blobs.create(path, content_type="application/octet-stream", if_absent=repeated) as writer:
        received = receive_file(call.request, writer.write)
        if call.claim is not None:
            confirm(call.ports, call.claim, received.fingerprint)
        generation = _commit(call, writer, path)
    return Upload(
        id=upload_id,
        session_id=call.session_id,
        owner_id=call.user_id,
        filename=received.filename,
        type=received.type,
        content_type=received.content_type,
        size_bytes=received.size_bytes,
        sha256=received.sha256,
        generation=generation,
        created_at=call.ports.now(),
    )


def _commit(call: Call, writer: BlobWriter, path: str) -> str:
    try:
        return writer.commit().generation
    except AlreadyExists:
        stored = call.ports.uploads.stat(path)
        if call.claim is None or stored is None:
            raise
        return stored.generation


def receive_file(request: Request, write: Callable[[bytes], object]) -> Received:
    """Reads the request's file through `write` and says what it is."""
    intake = _Intake(write)
    form = read_form(request, intake.take)
    if form.filename is None:
        raise InvalidArgument("The form has no part named file.", field=FILE)
    claim = _claimed_type(form.fields.get("type", ""))
    found = intake.found()
    _check_sum(form.fields.get("checksum", ""), intake.sha256)
    kind = _settle(found, claim, form)
    return Received(
        filename=form.filename,
        type=kind,
        content_type=_content_type(found, kind, form.filename),
        size_bytes=intake.size_bytes,
        sha256=intake.sha256,
    )


def fingerprint_upload(request: Request) -> str:
    """What `Received.fingerprint` is for the request's file, without storing it."""
    return receive_file(request, lambda _: None).fingerprint


def _claimed_type(value: str) -> ContentType | None:
    value = value.lower()
    if value in _NO_CLAIM:
        return None
    try:
        return ContentType(value)
    except ValueError:
        raise InvalidArgument("type: must be audio, video or text.", field="type") from None


def _check_sum(given: str, sha256: str) -> None:
    if not given:
        return
    form = _CHECKSUM.fullmatch(given)
    if form is None:
        raise InvalidArgument(
            "checksum: must be sha256: and 64 hexadecimal digits.", field="checksum"
        )
    if form.group(1).lower() != sha256:
        raise InvalidArgument("The file is not the one the checksum was made of.", field="checksum")


def _settle(found: Found, claim: ContentType | None, form: Form) -> ContentType:
    if claim is not None and (claim is ContentType.TEXT) != (found.type is ContentType.TEXT):
        raise InvalidArgument(f"The file is {found.type}, not {claim}.", field="type")
    if found.is_certain:
        return found.type
    if claim is not None:
        return claim
    named_audio = _AUDIO_NAME.search(form.filename or "") is not None
    return ContentType.AUDIO if named_audio or form.file_type.startswith("audio/") else found.type


def _content_type(found: Found, kind: ContentType, filename: str) -> str:
    if found.subtype == "plain":
        extension = filename.rpartition(".")[2].lower()
        return _TEXT_TYPES.get(extension, "text/plain")
    return found.media_type(kind)
