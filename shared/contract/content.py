"""Uploads on the wire."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Final, Self

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from shared.application.open_uploads import OpenUpload
from shared.domain.upload import MAX_RECORDING_BYTES, ContentType, Fault, Upload, UploadState

from .wire import Instant, SuccessReply, Wire

CHUNK_MULTIPLE_BYTES: Final = 256 * 1024


def _within_limit(size: int) -> int:
    if size > MAX_RECORDING_BYTES:
        raise PydanticCustomError("too_large", "is over 5 GiB")
    return size


class BeginUpload(Wire):
    """A file that is going to be sent straight into storage."""

    filename: str = Field(min_length=1, max_length=1_024, examples=["session.m4a"])
    size: Annotated[int, Field(ge=1, strict=True), AfterValidator(_within_limit)] = Field(
        description="Bytes; at most 5 GiB of audio or video, 5 MiB of text, 30 MiB of a document."
    )
    content_type: str = Field(max_length=255, examples=["audio/mp4"])
    type: ContentType | None = Field(
        None, description="What it is; told from `content_type` where it is left out."
    )
    checksum: str | None = Field(
        None,
        pattern="^sha256:[0-9a-fA-F]{64}$",
        description="Of the whole file; what arrives otherwise is refused.",
    )


class Reason(Wire):
    """Why something failed: a stable code and a sentence for people."""

    code: str
    message: str

    @classmethod
    def of(cls, fault: Fault | None) -> Self | None:
        """The wire form of `fault`."""
        return None if fault is None else cls(code=fault.code, message=fault.message)

    @classmethod
    def all_of(cls, faults: Sequence[Fault]) -> list[Self]:
        """The wire form of several."""
        return [cls(code=fault.code, message=fault.message) for fault in faults]


class UploadView(Wire):
    """One upload and what became of it."""

    id: str
    session_id: str
    filename: str
    type: ContentType = Field(description="What the bytes are, whatever the client claimed.")
    content_type: str
    size: int = Field(description="Bytes.")
    checksum: str | None = Field(
        description="`sha256:` and 64 hexadecimal digits; null while it is on its way, if none was "
        "announced."
    )
    received: int | None = Field(
        description="Bytes that have arrived; null where storage does not tell before the end."
    )
    state: UploadState
    error: Reason | None
    source_deleted_at: Instant | None = Field(
        description="When a recording was erased because its transcript is there."
    )
    warnings: list[Reason] = Field(description="What to know before trusting its transcript.")
    created_at: Instant

    @classmethod
    def of(cls, upload: Upload) -> Self:
        """The wire form of `upload`."""
        return cls(
            id=upload.id,
            session_id=upload.session_id,
            filename=upload.filename,
            type=upload.type,
            content_type=upload.content_type,
            size=upload.size_bytes,
            checksum=f"sha256:{upload.sha256}" if upload.sha256 else None,
            received=upload.size_bytes if upload.generation else upload.received_bytes,
            state=upload.state,
            error=Reason.of(upload.fault),
            source_deleted_at=upload.source_deleted_at,
            warnings=Reason.all_of(upload.transcript.warnings if upload.transcript else ()),
            created_at=upload.created_at,
        )


class OneUpload(Wire):
    """The upload."""

    upload: UploadView


class UploadReply(SuccessReply):
    """The answer to an upload."""

    data: OneUpload

    @classmethod
    def of(cls, upload: Upload) -> Self:
        """The wire form of `upload`."""
        return cls(data=OneUpload(upload=UploadView.of(upload)))


class UploadSessionView(Wire):
    """Where the bytes go, by the protocol of Cloud Storage's resumable uploads."""

    url: str = Field(
        description="Whoever has it can write this upload, without further sign-in: keep it secret."
    )
    expires_at: Instant
    chunk_multiple: int = Field(description="Pieces before the last are multiples of it, in bytes.")


class BegunUpload(Wire):
    """The upload, and where its bytes go."""

    upload: UploadView
    upload_session: UploadSessionView


class UploadBegunReply(SuccessReply):
    """The answer to an announced upload."""

    data: BegunUpload

    @classmethod
    def of(cls, opened: OpenUpload, url: str) -> Self:
        """The wire form of `opened`, whose session is reached at `url`."""
        session = UploadSessionView(
            url=url, expires_at=opened.expires_at, chunk_multiple=CHUNK_MULTIPLE_BYTES
        )
        upload = UploadView.of(opened.upload)
        return cls(data=BegunUpload(upload=upload, upload_session=session))


class UploadCancelled(SuccessReply):
    """The answer to a cancellation."""

    message: str = "The upload was cancelled."


class UploadList(Wire):
    """All uploads of a session, oldest first."""

    uploads: list[UploadView]


class UploadListReply(SuccessReply):
    """The uploads of a session."""

    data: UploadList

    @classmethod
    def of(cls, uploads: Sequence[Upload]) -> Self:
        """The wire form of `uploads`."""
        return cls(data=UploadList(uploads=[UploadView.of(upload) for upload in uploads]))
