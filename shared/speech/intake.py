"""Counts, hashes and recognises content while its bytes pass by, and says what it is."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from typing import Final

from shared.domain.errors import InvalidArgument, TooLarge
from shared.domain.upload import MAX_FILE_BYTES, MAX_TEXT_BYTES, MIB, ContentType

from .sniffing import Found, Sniffer

FILE: Final = "file"
_AUDIO_NAME: Final = re.compile(r"\.(aac|m4a|m4b|mka|oga|opus|weba|wma)$", re.IGNORECASE)
_TEXT_TYPES: Final = {
    "md": "text/markdown",
    "markdown": "text/markdown",
    "srt": "application/x-subrip",
    "vtt": "text/vtt",
    "json": "application/json",
}


@dataclass(frozen=True, slots=True)
class Claims:
    """What a client says of a file.

    Attributes:
        type: None if it says nothing.
        content_type: lowercase, without parameters; may be empty.
    """

    filename: str
    type: ContentType | None
    content_type: str


@dataclass(frozen=True, slots=True)
class Content:
    """What a file is, by all of its bytes. `sha256` is lowercase hex."""

    type: ContentType
    content_type: str
    size_bytes: int
    sha256: str


class Intake:
    """Watches a file's bytes; feed it all of them, then ask for `content`.

    Args:
        max_bytes: of the file; text has a limit of its own.
    """

    def __init__(self, max_bytes: int) -> None:
        self._max_bytes = max_bytes
        self._digest = hashlib.sha256()
        self._sniffer = Sniffer()
        self._size_bytes = 0

    def feed(self, chunk: bytes) -> None:
        """Takes the next bytes. Raises `TooLarge` as soon as it is certain."""
        self._size_bytes += len(chunk)
        self._sniffer.feed(chunk)
        if self._size_bytes > self._max_bytes:
            raise TooLarge(f"The file is over {self._max_bytes // MIB} MiB.", field=FILE)
        if self._sniffer.is_text and self._size_bytes > MAX_TEXT_BYTES:
            raise TooLarge(f"The text is over {MAX_TEXT_BYTES // MIB} MiB.", field=FILE)
        self._digest.update(chunk)

    @property
    def sha256(self) -> str:
        """Of what has passed, in lowercase hex."""
        return self._digest.hexdigest()

    def content(self, claims: Claims) -> Content:
        """What has passed.

        Raises:
            InvalidArgument: it is empty, or the claims are of another kind than the bytes.
            UnsupportedContent: it is nothing that the service takes.
            TooLarge: it is a document that is too long to be read as a whole.
        """
        if self._size_bytes == 0 or self._sniffer.is_blank:
            raise InvalidArgument("The file is empty.", field=FILE)
        found = self._sniffer.found()
        if found.type is ContentType.TEXT and self._size_bytes > MAX_FILE_BYTES:
            raise TooLarge(f"The document is over {MAX_FILE_BYTES // MIB} MiB.", field=FILE)
        kind = _settled(found, claims)
        content_type = _content_type(found, kind, claims.filename)
        return Content(kind, content_type, self._size_bytes, self.sha256)


def _settled(found: Found, claims: Claims) -> ContentType:
    claim = claims.type
    if claim is not None and (claim is ContentType.TEXT) != (found.type is ContentType.TEXT):
        raise InvalidArgument(f"The file is {found.type}, not {claim}.", field="type")
    if found.is_certain:
        return found.type
    if claim is not None:
        return claim
    named_audio = _AUDIO_NAME.search(claims.filename) is not None
    claimed_audio = claims.content_type.startswith("audio/")
    return ContentType.AUDIO if named_audio or claimed_audio else found.type


def _content_type(found: Found, kind: ContentType, filename: str) -> str:
    if found.subtype == "plain":
        extension = filename.rpartition(".")[2].lower()
        return _TEXT_TYPES.get(extension, "text/plain")
    return found.media_type(kind)
