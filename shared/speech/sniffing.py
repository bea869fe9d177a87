"""What content is, found from its bytes while they stream by.

Media are told by their signatures, text by strict decoding of every byte. Sources: the formats'
own specifications as listed in the WHATWG MIME Sniffing standard, sections 6.1 and 6.2, RFC 3533
(Ogg), RFC 4867 (AMR), RFC 9559 (Matroska), ISO 14496-12 (MP4) and PKWARE's APPNOTE (docx).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from shared.domain.errors import UnsupportedContent
from shared.domain.upload import ContentType

from .text_check import TextCheck

HEAD_BYTES: Final = 4_096
_DOCX_PART: Final = b"word/document.xml"
_DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_AUDIO, _VIDEO, _TEXT = ContentType.AUDIO, ContentType.VIDEO, ContentType.TEXT


@dataclass(frozen=True, slots=True)
class Found:
    """What the bytes are.

    Attributes:
        subtype: of the media type: `mpeg` for `audio/mpeg`; the whole of it where it has a slash.
        is_certain: False for a container that may hold audio or video alike.
    """

    type: ContentType
    subtype: str
    is_certain: bool = True

    def media_type(self, kind: ContentType) -> str:
        """The media type where the content is taken for `kind`."""
        return self.subtype if "/" in self.subtype else f"{kind}/{self.subtype}"


class Sniffer:
    """Watches a stream; feed it every chunk, then ask for `found`."""

    def __init__(self) -> None:
        self._head = bytearray()
        self._tail = b""
        self._media: Found | None = None
        self._text: TextCheck | None = None
        self._is_zip = False
        self._is_docx = False
        self._begun = False

    @property
    def is_text(self) -> bool:
        """Whether the content is plain text as far as it was seen."""
        return self._text is not None and self._text.holds

    @property
    def is_blank(self) -> bool:
        """Whether the content is text that holds nothing but white space."""
        self._begin()
        return self._text is not None and self._text.is_blank

    def feed(self, chunk: bytes) -> None:
        """Takes the next bytes."""
        if self._begun:
            self._watch(chunk)
            return
        self._head += chunk
        if len(self._head) >= HEAD_BYTES:
            self._begin()

    def found(self) -> Found:
        """What the whole content is.

        Raises:
            UnsupportedContent: if it is nothing that the service takes.
        """
        self._begin()
        if self._media is not None:
            return self._media
        if self._is_docx:
            return Found(_TEXT, _DOCX)
        if self._text is not None and self._text.finish():
            return Found(_TEXT, "plain")
        raise UnsupportedContent(
            "The file is neither text, PDF or Word, nor audio or video of a known format.",
            field="file",
        )

    def _begin(self) -> None:
        if self._begun:
            return
        self._begun = True
        head = bytes(self._head)
        self._media = identify(head)
        self._is_zip = head.startswith(b"PK\x03\x04")
        if self._media is None and not self._is_zip and not _is_markup_of_another_kind(head):
            self._text = TextCheck(head)
        self._watch(head)
        self._head.clear()

    def _watch(self, chunk: bytes) -> None:
        if self._text is not None:
            self._text.feed(chunk)
        elif self._is_zip and not self._is_docx:
            seen = self._tail + chunk
            self._is_docx = _DOCX_PART in seen
            self._tail = seen[-len(_DOCX_PART) :]


def identify(head: bytes) -> Found | None:
    """The media or PDF that begins with `head`, None if it is neither."""
    for test in _TESTS:
        if found := test(head):
            return found
    return None


def _is_markup_of_another_kind(head: bytes) -> bool:
    # Rich text decodes as ASCII, and its markup would be taken for speech.
    return head.lstrip().startswith(b"{\\rtf")


def _signature(head: bytes) -> Found | None:
    for offset, magic, found in _SIGNATURES:
        if head[offset : offset + len(magic)] == magic:
            return found
    return None


_SIGNATURES: Final = (
    (0, b"%PDF-", Found(_TEXT, "application/pdf")),
    (0, b"fLaC", Found(_AUDIO, "flac")),
    (0, b"#!AMR\n", Found(_AUDIO, "amr")),
    (0, b"#!AMR-WB\n", Found(_AUDIO, "amr-wb")),
    (0, b"caff\x00\x01", Found(_AUDIO, "x-caf")),
    (0, b"FLV\x01", Found(_VIDEO, "x-flv")),
    (0, b"\x00\x00\x01\xba", Found(_VIDEO, "mpeg")),
    (0, b"\x30\x26\xb2\x75\x8e\x66\xcf\x11", Found(_VIDEO, "x-ms-asf", is_certain=False)),
)


def _riff(head: bytes) -> Found | None:
    form = (head[:4], head[8:12])
    return {
        (b"RIFF", b"WAVE"): Found(_AUDIO, "wav"),
        (b"RIFF", b"AVI "): Found(_VIDEO, "x-msvideo"),
        (b"FORM", b"AIFF"): Found(_AUDIO, "aiff"),
        (b"FORM", b"AIFC"): Found(_AUDIO, "aiff"),
    }.get(form)


def _ogg(head: bytes) -> Found | None:
    if not head.startswith(b"OggS\x00"):
        return None
    return Found(_VIDEO if b"\x80theora" in head else _AUDIO, "ogg")


def _matroska(head: bytes) -> Found | None:
    if not head.startswith(b"\x1a\x45\xdf\xa3"):
        return None
    subtype = "webm" if b"webm" in head[:64] else "x-matroska"
    if b"V_" in head:
        return Found(_VIDEO, subtype)
    if b"A_OPUS" in head or b"A_VORBIS" in head or b"A_AAC" in head:
        return Found(_AUDIO, subtype)
    return Found(_VIDEO, subtype, is_certain=False)


def _iso_media(head: bytes) -> Found | None:
    box, brand = head[4:8], head[8:12]
    if head[:1] != b"\x00" or box not in (b"ftyp", b"moov", b"mdat", b"wide", b"free", b"skip"):
        return None
    if brand in (b"M4A ", b"M4B ", b"M4P "):
        return Found(_AUDIO, "mp4")
    if box != b"ftyp" or brand == b"qt  ":
        return Found(_VIDEO, "quicktime", is_certain=False)
    return Found(_VIDEO, "3gpp" if brand[:2] == b"3g" else "mp4", is_certain=False)


def _mpeg_audio(head: bytes) -> Found | None:
    if head.startswith(b"ID3") and len(head) > 4 and head[3] in (2, 3, 4) and head[4] != 0xFF:
        return Found(_AUDIO, "mpeg")
    if len(head) < 4 or head[0] != 0xFF:
        return None
    if head[1] & 0xF6 == 0xF0:
        return Found(_AUDIO, "aac")
    # Sync, a version, layer II or III, a bit rate and a sampling rate that exist.
    synced, version, layer = head[1] & 0xE0 == 0xE0, head[1] >> 3 & 3, head[1] >> 1 & 3
    rates = head[2] >> 4 != 15 and head[2] >> 2 & 3 != 3
    return Found(_AUDIO, "mpeg") if synced and version != 1 and layer in (1, 2) and rates else None


def _transport_stream(head: bytes) -> Found | None:
    packets = head[:565:188]
    return Found(_VIDEO, "mp2t") if len(packets) == 4 and set(packets) == {0x47} else None


_TESTS: Final[tuple[Callable[[bytes], Found | None], ...]] = (
    _signature,
    _riff,
    _ogg,
    _matroska,
    _iso_media,
    _mpeg_audio,
    _transport_stream,
)
