"""Checks a file that is announced as one that is sent is checked, and says where its bytes go."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urljoin

from shared.domain.errors import InvalidArgument, TooLarge, UnsupportedContent
from shared.domain.media_types import is_plain_text, kind_of
from shared.domain.upload import (
    MAX_FILE_BYTES,
    MAX_TEXT_BYTES,
    MIB,
    ContentType,
    Upload,
    UploadState,
)

from .call import Call
from .filenames import sanitize_filename

if TYPE_CHECKING:
    from shared.contract.content import BeginUpload


def announced_upload(call: Call) -> Upload:
    """What the request announces, in state `uploading`.

    Raises:
        UnsupportedContent: a content type that is not taken.
        InvalidArgument: the type and the content type contradict each other.
        TooLarge: more of it than is taken.
    """
    body: BeginUpload = call.body
    content_type = body.content_type.partition(";")[0].strip().lower()
    return Upload(
        id=call.new_id(),
        session_id=call.session_id,
        owner_id=call.user_id,
        filename=sanitize_filename(body.filename.encode()),
        type=_kind(content_type, body),
        content_type=content_type,
        size_bytes=body.size,
        sha256=(body.checksum or "").partition(":")[2].lower(),
        generation="",
        created_at=call.ports.now(),
        state=UploadState.UPLOADING,
        received_bytes=0,
    )


def _kind(content_type: str, body: BeginUpload) -> ContentType:
    kind = kind_of(content_type)
    if kind is None:
        raise UnsupportedContent(
            "content_type: is of no text, document, audio or video that is taken.",
            field="content_type",
        )
    if body.type is not None and (body.type is ContentType.TEXT) != (kind is ContentType.TEXT):
        raise InvalidArgument(f"type: {content_type} is not {body.type}.", field="type")
    if kind is ContentType.TEXT:
        _require_short(content_type, body.size)
    return body.type or kind


def _require_short(content_type: str, size: int) -> None:
    limit = MAX_TEXT_BYTES if is_plain_text(content_type) else MAX_FILE_BYTES
    if size > limit:
        raise TooLarge(f"size: is over {limit // MIB} MiB, the most for text.", field="size")


def page_origin(call: Call) -> str | None:
    """The web origin that the request comes from, if pages of it may call."""
    origin = call.request.headers.get("Origin")
    return origin if origin in call.ports.config.cors_origins else None


def session_url(call: Call, url: str) -> str:
    """`url` as the caller reaches it: below the address that he has called, unless it has one."""
    return urljoin(call.request.host_url, url)
