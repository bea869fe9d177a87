"""Reads multipart/form-data part by part: a file's bytes pass through, only fields are kept."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header

from shared.domain.digests import MalformedDigest, sha256_of_field
from shared.domain.errors import InvalidArgument, InvalidRequest, TooLarge, UnsupportedContent
from shared.speech.intake import FILE

from .body import read_chunks
from .filenames import DEFAULT, sanitize_filename

if TYPE_CHECKING:
    from flask import Request

MAX_BODY_BYTES: Final = 31 * 1024 * 1024
_CONTENT_DIGEST: Final = "Content-Digest"
_MAX_PARTS: Final = 16
_MAX_FIELD_BYTES: Final = 1_024


@dataclass(slots=True)
class Form:
    """What the body held besides the file's bytes.

    Attributes:
        filename: sanitised; None if no file part came.
        file_type: media type that the client gave the file part, lowercase.
    """

    filename: str | None = None
    file_type: str = ""
    fields: dict[str, str] = field(default_factory=dict)


def read_form(request: Request, write: Callable[[bytes], None]) -> Form:
    """Reads the whole body, giving the bytes of its `file` part to `write` as they come.

    Raises:
        UnsupportedContent: if it is no multipart body.
        InvalidRequest: if it is broken, cut off or of another boundary.
        InvalidArgument: if it has two files, or a field twice, or another digest than it says.
        TooLarge: over 31 MiB, 16 parts or 1 KiB of a field.
    """
    parts = _Parts(write)
    parser = MultipartParser(_boundary(request), parts.callbacks())
    left = MAX_BODY_BYTES
    if (request.content_length or 0) > left:
        raise TooLarge("The body is over 31 MiB.", field=FILE)
    digest = _BodyDigest(request)
    for chunk in read_chunks(request):
        left -= len(chunk)
        if left < 0:
            raise TooLarge("The body is over 31 MiB.", field=FILE)
        digest.feed(chunk)
        try:
            parser.write(chunk)
        except FormParserError:
            raise InvalidRequest("The multipart body is broken.") from None
    if not parts.is_complete:
        raise InvalidRequest("The multipart body ends before its last boundary.")
    digest.require()
    return parts.form


class _BodyDigest:
    """The SHA-256 of the body's bytes as they are sent, where `Content-Digest` gives one."""

    def __init__(self, request: Request) -> None:
        try:
            self._expected = sha256_of_field(request.headers.get(_CONTENT_DIGEST))
        except MalformedDigest:
            raise InvalidArgument(
                f"{_CONTENT_DIGEST}: must be as in RFC 9530, such as sha-256=:...:.",
                field=_CONTENT_DIGEST,
            ) from None
        self._digest = None if self._expected is None else hashlib.sha256()

    def feed(self, chunk: bytes) -> None:
        if self._digest is not None:
            self._digest.update(chunk)

    def require(self) -> None:
        if self._digest is not None and self._digest.digest() != self._expected:
            raise InvalidArgument(
                f"The body is not the one that its {_CONTENT_DIGEST} was made of.",
                field=_CONTENT_DIGEST,
            )


def _boundary(request: Request) -> bytes:
    if request.mimetype != "multipart/form-data":
        raise UnsupportedContent("The body must be multipart/form-data.", field="Content-Type")
    boundary = request.mimetype_params.get("boundary", "")
    # RFC 2046, section 5.1.1.
    if not 1 <= len(boundary) <= 70 or not boundary.isascii():
        raise InvalidRequest("The Content-Type names no valid boundary.", field="Content-Type")
    return boundary.encode()


class _Parts:
    """What the parser calls."""

    def __init__(self, write: Callable[[bytes], None]) -> None:
        self.form = Form()
        self.is_complete = False
        self._write = write
        self._count = 0
        self._begin()

    def callbacks(self) -> Any:
        return {
            "on_part_begin": self._begin_counted,
            "on_header_field": self._header_name_data,
            "on_header_value": self._header_value_data,
            "on_header_end": self._header_end,
            "on_headers_finished": self._headers_finished,
            "on_part_data": self._data,
            "on_part_end": self._end,
            "on_end": self._complete,
        }

    def _begin(self) -> None:
        self._headers: dict[bytes, bytes] = {}
        self._name, self._value = bytearray(), bytearray()
        self._field = ""
        self._content = bytearray()

    def _begin_counted(self) -> None:
        self._count += 1
        if self._count > _MAX_PARTS:
            raise TooLarge(f"The body has more than {_MAX_PARTS} parts.")
        self._begin()

    def _header_name_data(self, data: bytes, start: int, end: int) -> None:
        self._name += data[start:end]

    def _header_value_data(self, data: bytes, start: int, end: int) -> None:
        self._value += data[start:end]

    def _header_end(self) -> None:
        self._headers[bytes(self._name).lower()] = bytes(self._value).strip()
        self._name.clear()
        self._value.clear()

    def _headers_finished(self) -> None:
        _, options = parse_options_header(self._headers.get(b"content-disposition", b""))
        self._field = options.get(b"name", b"").decode("utf-8", "replace")
        if self._field == FILE:
            self._begin_file(options.get(b"filename", b""))
        elif self._field in self.form.fields:
            raise InvalidArgument("A field is given more than once.", field=self._field)

    def _begin_file(self, filename: bytes) -> None:
        if self.form.filename is not None:
            raise InvalidArgument("Only one file can be sent at a time.", field=FILE)
        self.form.filename = sanitize_filename(filename) or DEFAULT
        declared = self._headers.get(b"content-type", b"").decode("latin-1")
        self.form.file_type = declared.partition(";")[0].strip().lower()

    def _data(self, data: bytes, start: int, end: int) -> None:
        if self._field == FILE:
            self._write(data[start:end])
            return
        self._content += data[start:end]
        if len(self._content) > _MAX_FIELD_BYTES:
            raise TooLarge("A field of the form is over 1 KiB.", field=self._field[:64] or None)

    def _end(self) -> None:
        if self._field and self._field != FILE:
            self.form.fields[self._field] = self._content.decode("utf-8", "replace").strip()

    def _complete(self) -> None:
        self.is_complete = True
