"""ISO media files put together box by box, to say what no encoder would (ISO 14496-12)."""

from __future__ import annotations

import struct
import zlib
from dataclasses import dataclass, field

FTYP = b"\x00\x00\x00\x14ftypM4A \x00\x00\x00\x00M4A "


def box(kind: bytes, *parts: bytes, size: int | None = None) -> bytes:
    """A box; `size` claims another length than it has."""
    body = b"".join(parts)
    return struct.pack(">I", 8 + len(body) if size is None else size) + kind + body


def full(kind: bytes, *parts: bytes) -> bytes:
    """A box with version and flags of zero."""
    return box(kind, bytes(4), *parts)


def numbers(*values: int) -> bytes:
    return struct.pack(f">{len(values)}I", *values)


@dataclass(frozen=True)
class Movie:
    """A file with one track of 16-bit PCM; every field may lie.

    Attributes:
        chunks: how many chunks of `chunk` samples there are; all at the same place.
    """

    rate_hz: int = 8_000
    channels: int = 1
    chunk: int = 8_000
    chunks: int = 1
    duration: int | None = None
    codec: bytes = b"sowt"
    sizes: bytes | None = None
    times: bytes | None = None
    places: bytes | None = None
    edits: bytes = b""
    reference: bytes = field(default_factory=lambda: box(b"url ", bytes(3), b"\x01"))
    extra: bytes = b""
    mdat: bool = True

    def content(self) -> bytes:
        """The bytes, index first."""
        shape = len(FTYP) + len(self._moov(0)) + 8
        sound = bytes(2 * self.chunk * self.channels) if self.mdat else b""
        return FTYP + self._moov(shape) + box(b"mdat", sound)

    def _moov(self, place: int) -> bytes:
        frames = self.chunk * self.chunks if self.duration is None else self.duration
        header = full(b"mvhd", numbers(0, 0, self.rate_hz, min(frames, 2**32 - 1)), bytes(80))
        track = box(b"trak", self._tkhd(frames), self.edits, self._mdia(frames, place))
        return box(b"moov", header, track, self.extra)

    def _tkhd(self, frames: int) -> bytes:
        said = numbers(0, 0, 1, 0, min(frames, 2**32 - 1))
        return box(b"tkhd", b"\0\0\0\x07", said, bytes(60))

    def _mdia(self, frames: int, place: int) -> bytes:
        header = full(b"mdhd", numbers(0, 0, self.rate_hz, min(frames, 2**32 - 1)), bytes(4))
        handler = full(b"hdlr", bytes(4), b"soun", bytes(13))
        data = box(b"dinf", full(b"dref", numbers(1), self.reference))
        minf = box(b"minf", full(b"smhd", bytes(4)), data, self._stbl(place))
        return box(b"mdia", header, handler, minf)

    def _stbl(self, place: int) -> bytes:
        total = self.chunk * self.chunks
        shape = struct.pack(">HHHHI", self.channels % 65_536, 16, 0, 0, 0)
        rate = struct.pack(">I", min(self.rate_hz, 65_535) << 16)
        entry = box(self.codec, bytes(6), b"\0\x01", bytes(8), shape[:8], rate)
        sizes = self.sizes or numbers(2 * self.channels, min(total, 2**32 - 1))
        times = self.times or numbers(1, min(total, 2**32 - 1), 1)
        places = self.places or numbers(self.chunks, *[place] * self.chunks)
        return box(
            b"stbl",
            full(b"stsd", numbers(1), entry),
            full(b"stts", times),
            full(b"stsc", numbers(1, 1, self.chunk, 1)),
            full(b"stsz", sizes),
            full(b"stco", places),
        )


def compressed_movie(movie: bytes, claimed_bytes: int) -> bytes:
    """A QuickTime file whose index is compressed, and claims to be `claimed_bytes` long."""
    packed = box(b"cmvd", numbers(claimed_bytes), zlib.compress(movie, 9))
    return FTYP + box(b"moov", box(b"cmov", box(b"dcom", b"zlib"), packed))


def nested(kind: bytes, depth: int) -> bytes:
    """A box in a box in a box."""
    content = b""
    for _ in range(depth):
        content = box(kind, content)
    return content


def wave(
    rate_hz: int = 8_000,
    channels: int = 1,
    bits: int = 16,
    tag: int = 1,
    data: bytes = bytes(16_000),
    claimed_bytes: int | None = None,
    align: int | None = None,
) -> bytes:
    """A WAV file whose header may lie."""
    align = channels * bits // 8 if align is None else align
    shape = struct.pack(
        "<HHIIHH", tag, channels, rate_hz, rate_hz * align % 2**32, align % 65_536, bits
    )
    claimed = len(data) if claimed_bytes is None else claimed_bytes
    head = b"WAVEfmt " + struct.pack("<I", 16) + shape + b"data" + struct.pack("<I", claimed)
    return b"RIFF" + struct.pack("<I", min(len(head) + claimed, 2**32 - 1)) + head + data
