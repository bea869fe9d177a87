"""Uploads on the wire."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Self

from pydantic import Field

from shared.domain.upload import ContentType, Fault, Upload, UploadState

from .wire import Instant, SuccessReply, Wire


class Reason(Wire):
    """Why something failed: a stable code and a sentence for people."""

    code: str
    message: str

    @classmethod
    def of(cls, fault: Fault | None) -> Self | None:
        """The wire form of `fault`."""
        return None if fault is None else cls(code=fault.code, message=fault.message)


class UploadView(Wire):
    """One upload and what became of it."""

    id: str
    session_id: str
    filename: str
    type: ContentType = Field(description="What the bytes are, whatever the client claimed.")
    content_type: str
    size: int = Field(description="Bytes.")
    checksum: str = Field(description="`sha256:` and 64 hexadecimal digits.")
    state: UploadState
    error: Reason | None
    source_deleted_at: Instant | None = Field(
        description="When a recording was erased because its transcript is there."
    )
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
            checksum=f"sha256:{upload.sha256}",
            state=upload.state,
            error=Reason.of(upload.fault),
            source_deleted_at=upload.source_deleted_at,
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
