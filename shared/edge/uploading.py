"""Takes a file from a request into the blob store, checked to the last byte before it is kept."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from shared.application.idempotency import confirm
from shared.application.ports import BlobWriter
from shared.domain.errors import AlreadyExists, InvalidArgument
from shared.domain.upload import MAX_FILE_BYTES, ContentType, Upload, source_path
from shared.speech.intake import FILE, Claims, Content, Intake

from .call import Call
from .multipart import read_form

if TYPE_CHECKING:
    from flask import Request

_CHECKSUM: Final = re.compile(r"sha256:([0-9a-fA-F]{64})")
# A browser names documents application/...; API.md's example sends what stands before the slash.
_NO_CLAIM: Final = ("", "application")


@dataclass(frozen=True, slots=True)
class Received:
    """A file that came whole and passed every check."""

    filename: str
    content: Content

    @property
    def fingerprint(self) -> str:
        """What makes two uploads the same request."""
        return f"{self.content.sha256}:{self.content.type}"


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
        type=received.content.type,
        content_type=received.content.content_type,
        size_bytes=received.content.size_bytes,
        sha256=received.content.sha256,
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
    intake = Intake(MAX_FILE_BYTES)

    def take(chunk: bytes) -> None:
        intake.feed(chunk)
        write(chunk)

    form = read_form(request, take)
    if form.filename is None:
        raise InvalidArgument("The form has no part named file.", field=FILE)
    claims = Claims(form.filename, _claimed_type(form.fields.get("type", "")), form.file_type)
    content = intake.content(claims)
    _check_sum(form.fields.get("checksum", ""), content.sha256)
    return Received(form.filename, content)


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
