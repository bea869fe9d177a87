"""Which demuxer a recording is for, from its first bytes; names and media types are not asked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from shared.domain.upload import ContentType
from shared.speech.sniffing import identify

from .recording import MediaProblem, MediaRefused, Source

_HEAD_BYTES: Final = 4_096
_DEMUXERS: Final = {
    "mp4": "mov",
    "quicktime": "mov",
    "3gpp": "mov",
    "webm": "matroska",
    "x-matroska": "matroska",
    "ogg": "ogg",
    "wav": "wav",
    "flac": "flac",
    "amr": "amr",
    "amr-wb": "amr",
    "aac": "aac",
}
_TAG_BYTES: Final = 10


@dataclass(frozen=True, slots=True)
class Identified:
    """A demuxer's name, and where the tag before the sound ends."""

    demuxer: str
    sound_offset: int


def identify_media(source: Source) -> Identified:
    """Looks at a few kilobytes.

    Raises:
        MediaRefused: with NOT_MEDIA or UNSUPPORTED.
    """
    head = source.read(0, min(_HEAD_BYTES, source.size_bytes))
    offset = _tag_end(head)
    found = None
    if offset < source.size_bytes:
        length = min(_HEAD_BYTES, source.size_bytes - offset)
        found = identify(source.read(offset, length) if offset else head)
    if found is None and offset:
        # Padding may follow the tag; the tag itself says what it is.
        return Identified("mp3", offset)
    if found is None or found.type is ContentType.TEXT:
        raise MediaRefused(MediaProblem.NOT_MEDIA)
    if found.type is ContentType.AUDIO and found.subtype == "mpeg":
        return Identified("mp3", offset)
    if found.subtype not in _DEMUXERS:
        raise MediaRefused(MediaProblem.UNSUPPORTED)
    return Identified(_DEMUXERS[found.subtype], offset)


def _tag_end(head: bytes) -> int:
    """The length of an ID3v2 tag: ten bytes and 28 bits of size (id3.org, ID3v2.4, 3.1)."""
    if len(head) < _TAG_BYTES or not head.startswith(b"ID3") or max(head[6:10]) >= 0x80:
        return 0
    size = 0
    for seven_bits in head[6:10]:
        size = size << 7 | seven_bits
    return _TAG_BYTES + size
