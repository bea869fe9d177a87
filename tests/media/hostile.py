"""Files that mean harm, or were hurt: over two hundred kinds, each with a name; all from seeds.

`references` names a file and an address that must never be opened; the rest is self-contained.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache

import numpy as np

from tests.media.boxes import (
    FTYP,
    Movie,
    box,
    compressed_movie,
    full,
    nested,
    numbers,
    wave,
)
from tests.media.making import KINDS, Kind, record

Hostile = tuple[str, bytes]

_BASES = (
    "m4a, index at the end",
    "m4a, index in front",
    "m4a, fragmented",
    "mov, PCM",
    "3gp",
    "amr",
    "webm",
    "mp3",
    "wav",
    "flac",
    "ogg, Opus",
    "aac",
)
_STAGES = (0.001, 0.01, 0.03, 0.1, 0.25, 0.5, 0.75, 0.9, 0.99)


@lru_cache(maxsize=32)
def base(name: str) -> bytes:
    """A sound recording of 1.5 s."""
    return record(KINDS[name], 1.5)


def every_kind(file: str, address: str) -> Iterator[Hostile]:
    """All of them.

    Args:
        file: path of a recording that playlists name.
        address: host and port that they name.
    """
    yield from truncated()
    yield from flipped()
    yield from patched()
    yield from references(file, address)
    yield from bombs()
    yield from lying_boxes()
    yield from lying_waves()
    yield from no_media()
    yield from other_kinds()


def truncated() -> Iterator[Hostile]:
    for name in _BASES:
        whole = base(name)
        for share in _STAGES:
            yield f"truncated at {share:.1%}: {name}", whole[: int(len(whole) * share)]
        yield f"truncated by a byte: {name}", whole[:-1]


def flipped() -> Iterator[Hostile]:
    for name in _BASES:
        for where, start, end in (("head", 0, 200), ("anywhere", 0, None), ("tail", -200, None)):
            yield f"bits flipped, {where}: {name}", _flip(base(name), start, end)


def _flip(content: bytes, start: int, end: int | None) -> bytes:
    made = np.frombuffer(content, np.uint8).copy()
    part = made[start:end]
    places = np.random.default_rng(5).choice(len(part), max(len(part) // 50, 3), replace=False)
    part[places] ^= np.uint8(1) << (places % 8).astype(np.uint8)
    return made.tobytes()


def patched() -> Iterator[Hostile]:
    junk = np.random.default_rng(6).bytes(3_000)
    for name in _BASES:
        whole = base(name)
        third = len(whole) // 3
        yield f"zeros in the middle: {name}", whole[:third] + bytes(third) + whole[2 * third :]
        yield f"noise after the end: {name}", whole + junk
        yield f"a hole: {name}", whole[:third] + whole[2 * third :]
        yield f"two in one: {name}", whole + whole


def references(file: str, address: str) -> Iterator[Hostile]:
    """Playlists and files that name other files and servers."""
    for what, target in (("a file", file), ("an address", f"http://{address}/secret.wav")):
        for name, text in _playlists(target):
            yield f"{name} that names {what}", text.encode()
            yield f"{name} that names {what}, behind an ID3 tag", _id3(b"", 0) + text.encode()
        alias = box(b"alis", bytes(4), target.encode())
        url = box(b"url ", bytes(4), target.encode() + b"\0")
        for kind, entry in (("alias", alias), ("url", url)):
            made = Movie(reference=entry, mdat=False).content()
            yield f"sound by {kind} in {what}", made
        moved = full(b"rdrf", b"url ", numbers(len(target)), target.encode())
        yield (
            f"a reference movie to {what}",
            FTYP + box(b"moov", box(b"rmra", box(b"rmda", moved))),
        )
        playlist = f"#EXTM3U\n#EXTINF:10,\n{target}\n#EXT-X-ENDLIST\n".encode()
        yield f"a playlist to {what} in a WAV", wave(data=playlist)
        yield f"a playlist to {what} in an MP4", FTYP + box(b"mdat", playlist)


def _playlists(target: str) -> Iterator[tuple[str, str]]:
    hls = "#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:10,\n{}\n#EXT-X-ENDLIST\n"
    key = f'#EXT-X-KEY:METHOD=AES-128,URI="{target}"'
    dash = (
        '<?xml version="1.0"?><MPD xmlns="urn:mpeg:dash:schema:mpd:2011"><Period><AdaptationSet>'
        f'<Representation id="1"><BaseURL>{target}</BaseURL></Representation></AdaptationSet>'
        "</Period></MPD>"
    )
    tracks = f"<trackList><track><location>{target}</location></track></trackList>"
    yield "HLS", hls.format(target)
    yield "HLS with concat:", hls.format(f"concat:{target}|{target}")
    yield "HLS with subfile:", hls.format(f"subfile,,start,0,end,64,,:{target}")
    yield "HLS with a key", hls.format(target).replace("#EXTINF", f"{key}\n#EXTINF")
    yield "ffconcat", f"ffconcat version 1.0\nfile '{target}'\n"
    yield "DASH", dash
    yield "M3U", f"{target}\n"
    yield "PLS", f"[playlist]\nFile1={target}\nNumberOfEntries=1\n"
    yield "SDP", f"v=0\no=- 0 0 IN IP4 {target}\ns=x\nm=audio 9 RTP/AVP 0\na={target}\n"
    yield "ASX", f'<asx version="3"><entry><ref href="{target}"/></entry></asx>'
    yield "XSPF", f"<playlist>{tracks}</playlist>"


def bombs() -> Iterator[Hostile]:
    """Small files that ask for much time or memory."""
    day = Movie(chunk=32_000, chunks=21_600)
    yield "24 h of silence in 150 KB", day.content()
    yield "24 h of silence, eight channels", replace(day, channels=8).content()
    yield "24 h of AMR without data", b"#!AMR\n" + b"\x7c" * (24 * 3_600 * 50)
    yield "100 h of AMR without data", b"#!AMR\n" + b"\x7c" * (100 * 3_600 * 50)
    yield "an index of 4 GB, compressed", compressed_movie(bytes(1 << 26), 2**32 - 1)
    yield "an index of 64 MB, compressed", compressed_movie(bytes(1 << 26), 1 << 26)
    yield "an index that compresses itself", compressed_movie(compressed_movie(b"x", 1), 900)
    flac = base("flac")
    picture = b"\x06" + (2**24 - 1).to_bytes(3) + bytes(100)
    yield "FLAC with a picture of 16 MB that is not there", flac[:42] + picture + flac[42:]
    blocks = b"".join(b"\x01\x00\xff\xff" + bytes(65_535) for _ in range(64))
    yield "FLAC with 4 MB of padding", flac[:4] + _unlast(flac[4:42]) + blocks + flac[42:]
    for size in (2**28 - 1, 10_000_000, 1):
        yield f"an ID3 tag of {size} bytes that is not there", _id3(b"", size) + base("mp3")
    apic = b"APIC" + struct.pack(">I", 2**27) + b"\0\0\0image/png\0\3\0" + bytes(2_000)
    yield "an ID3 picture of 128 MB that is not there", _id3(apic, len(apic)) + base("mp3")
    frames = b"".join(b"TXXX\0\0\0\2\0\0\0\0" for _ in range(20_000))
    yield "20,000 ID3 frames", _id3(frames, len(frames)) + base("mp3")
    yield "the same ID3 tag 500 times", _id3(bytes(100), 100) * 500 + base("mp3")
    yield "a million empty Ogg pages", (b"OggS" + bytes(23)) * 100_000
    yield "EBML void of 1 TB", base("webm")[:40] + b"\xec\x01" + (2**40).to_bytes(7) + base("webm")
    yield "one MP3 frame 200,000 times", _one_mp3_frame() * 2_000


def _one_mp3_frame() -> bytes:
    return b"\xff\xfb\x90\x00" + bytes(413)


def _unlast(block: bytes) -> bytes:
    return bytes([block[0] & 0x7F]) + block[1:]


def _id3(frames: bytes, size: int) -> bytes:
    seven_bits = bytes(size >> shift & 0x7F for shift in (21, 14, 7, 0))
    return b"ID3\3\0\0" + seven_bits + frames


_MOST = 2**32 - 1
_LATE = box(b"edts", full(b"elst", numbers(2, _MOST, _MOST, 65_536, 8_000, 0, 65_536)))
_LIES: dict[str, dict[str, object]] = {
    **{f"at {rate} Hz": {"rate_hz": rate} for rate in (0, 1, 3_999, 192_001, _MOST)},
    **{f"with {count} channels": {"channels": count} for count in (0, 9, 255, 65_535)},
    "with 4 billion samples of a byte": {"sizes": numbers(1, _MOST)},
    "with 4 billion samples with sizes of their own": {"sizes": numbers(0, _MOST)},
    "with samples of 4 GB": {"sizes": numbers(_MOST, 8_000)},
    "with no samples": {"sizes": numbers(2, 0)},
    "with 4 billion time entries": {"times": numbers(_MOST, 1, 1)},
    "with steps of 4 billion": {"times": numbers(1, 8_000, _MOST)},
    "with steps of nothing": {"times": numbers(1, 8_000, 0)},
    "with days between samples": {"times": numbers(2, 4_000, 1, 4_000, 2_880_000_000)},
    "with 4 billion chunks": {"places": numbers(_MOST, 0)},
    "with a chunk behind the end": {"places": numbers(1, _MOST - 8)},
    "with a chunk that is the index": {"places": numbers(1, 8)},
    **{
        f"of codec {codec!r}": {"codec": codec}
        for codec in (b"drms", b"enca", b"ac-3", b"ec-3", b"dtsc", b"Opus", b"mp4a", bytes(4))
    },
    "with 4 billion edits": {"edits": box(b"edts", full(b"elst", numbers(_MOST, 1, 0, 65_536)))},
    "that begins after six days": {"edits": _LATE},
    **{f"of duration {duration}": {"duration": duration} for duration in (0, 1, _MOST)},
    "with 5,000 empty tracks": {"extra": box(b"trak") * 5_000},
}


def lying_boxes() -> Iterator[Hostile]:
    """ISO media files that say what cannot be."""
    movie = Movie()
    for name, lie in _LIES.items():
        yield f"MOV {name}", replace(movie, **lie).content()
    index = movie.content()[len(FTYP) :]
    yield "MOV with its index 50 times", FTYP + index * 50
    for kind in (b"moov", b"trak", b"udta", b"meta", b"free"):
        yield f"2,000 nested boxes {kind!r}", FTYP + nested(kind, 2_000)
    for size in (0, 1, 7, 8, 2**31, _MOST):
        yield f"an index that is {size} long", FTYP + box(b"moov", index[8:400], size=size)


def lying_waves() -> Iterator[Hostile]:
    for rate_hz in (0, 1, 10, 3_999, 192_001, 2**31, 2**32 - 1):
        yield f"WAV at {rate_hz} Hz", wave(rate_hz=rate_hz)
    for channels in (0, 9, 64, 255, 65_535):
        yield f"WAV with {channels} channels", wave(channels=channels)
    for bits in (0, 1, 7, 12, 64, 65_535):
        yield f"WAV of {bits} bits", wave(bits=bits)
    for tag in (0, 2, 7, 0x11, 0x31, 0x55, 0x92, 0xFF, 0x160, 0x2000, 0xFFFE, 0xFFFF):
        yield f"WAV of format {tag:#x}", wave(tag=tag)
    for claimed in (0, 1, 2**31, 2**32 - 1):
        yield f"WAV of {claimed} bytes", wave(claimed_bytes=claimed)
    yield "WAV with samples of no size", wave(align=0)
    yield "WAV with samples of 64 KB", wave(align=65_535)
    yield "WAV without sound", wave(data=b"")
    yield "WAV with half a sample", wave(data=b"\1")
    yield "WAV with 5,000 chunks", wave()[:12] + b"junk\0\0\0\0" * 5_000 + wave()[12:]


_SIGNATURES = {
    "PNG": b"\x89PNG\r\n\x1a\n",
    "JPEG": b"\xff\xd8\xff\xe0\0\x10JFIF\0",
    "GIF": b"GIF89a",
    "ZIP": b"PK\3\4",
    "gzip": b"\x1f\x8b\x08",
    "ELF": b"\x7fELF\2\1\1",
    "PDF": b"%PDF-1.7\n",
    "RTF": b"{\\rtf1",
    "SQLite": b"SQLite format 3\0",
    "FLAC": b"fLaC",
    "Ogg": b"OggS",
    "RIFF": b"RIFF\xff\xff\xff\xffWAVE",
    "Matroska": b"\x1a\x45\xdf\xa3",
    "AMR": b"#!AMR\n",
    "AMR-WB": b"#!AMR-WB\n",
    "MP3": b"\xff\xfb\x90\x00",
    "AAC": b"\xff\xf1\x50\x80",
    "MP4": FTYP,
    "ID3": b"ID3\3\0\0\0\0\0\0",
}


def no_media() -> Iterator[Hostile]:
    """What is no recording, whatever its name says."""
    noise = np.random.default_rng(8).bytes(100_000)
    yield "nothing", b""
    yield "one byte", b"\0"
    yield "zeros", bytes(1 << 20)
    yield "noise", noise
    yield "text", b"Therapist: How have you been since last week?\n" * 200
    yield "a web page", b"<!doctype html><html><body>hello</body></html>"
    for name, signature in _SIGNATURES.items():
        yield f"the first bytes of {name} alone", signature
        yield f"the first bytes of {name}, then noise", signature + noise
        yield f"the first bytes of {name}, then zeros", signature + bytes(50_000)


def other_kinds() -> Iterator[Hostile]:
    """Sound recordings of kinds that are not taken, and tracks that hold no sound."""
    others = {
        "AIFF": Kind("aiff", "pcm_s16be", 8_000),
        "AVI": Kind("avi", "pcm_s16le", 8_000),
        "CAF": Kind("caf", "pcm_s16le", 8_000),
        "FLV": Kind("flv", "aac", 44_100),
        "ASF": Kind("asf", "libmp3lame", 44_100),
        "MPEG-TS": Kind("mpegts", "aac", 44_100),
        "AC-3 in MP4": Kind("mp4", "ac3", 48_000),
        "AC-3 in Matroska": Kind("matroska", "ac3", 48_000),
        "E-AC-3 in Matroska": Kind("matroska", "eac3", 48_000),
        "Yamaha ADPCM in WAV": Kind("wav", "adpcm_yamaha", 44_100),
        "FLAC in Ogg": Kind("ogg", "flac", 8_000),
    }
    for name, kind in others.items():
        yield name, record(kind, 1.0)
    yield "a video without sound, MP4", record(KINDS["mp4"], 2.0, picture=True, audio=False)
    webm = Kind("matroska", "libopus", 48_000)
    yield "a video without sound, Matroska", record(webm, 2.0, picture=True, audio=False)
    big = base("ogg, Opus").replace(b"OpusHead\x01\x02", b"OpusHead\x01\xff")
    yield "Opus with 255 channels", big
    yield "Opus of another version", base("ogg, Opus").replace(b"OpusHead\x01", b"OpusHead\xff")


def mutated(seed: int) -> Hostile:
    """One of endlessly many: a base with bytes changed, cut out, moved, repeated or inserted."""
    rng = np.random.default_rng(seed)
    name = _BASES[int(rng.integers(len(_BASES)))]
    made = bytearray(base(name))
    for _ in range(int(rng.integers(1, 9))):
        if len(made) > 64:
            _mutate(made, rng)
    return f"mutation {seed} of {name}", bytes(made)


_EXTREMES = (b"\xff\xff\xff\xff", b"\0\0\0\0", b"\x7f\xff\xff\xff", b"\0\0\0\1")


def _mutate(made: bytearray, rng: np.random.Generator) -> None:
    # Headers are where it hurts.
    reach = len(made) if rng.random() < 0.5 else min(len(made), 600)
    at, length = int(rng.integers(reach)), int(rng.integers(1, 64))
    part = bytes(made[at : at + length])
    other = int(rng.integers(len(made)))
    changes = (
        (at, at + length, rng.bytes(length)),
        (at, at + length, b""),
        (at, at, part * int(rng.integers(1, 20))),
        (at, at + 4, _EXTREMES[at % 4]),
        (at, at + 1, bytes([made[at] ^ 1 << int(rng.integers(8))])),
        (other, other, part),
    )
    start, end, instead = changes[int(rng.integers(len(changes)))]
    made[start:end] = instead
