"""Opening a container: only demuxers and decoders that recordings need, and nothing beside it."""

from __future__ import annotations

from typing import Any, Final

import av
import av.error
from av.audio.stream import AudioStream
from av.container import InputContainer
from av.stream import Discard

from .assembly import is_within_bounds
from .pipes import MediaFile, Refused

# PyAV's name of the demuxer, by the name that the parent gives what it recognised.
DEMUXERS: Final = frozenset({"mov", "matroska", "ogg", "wav", "flac", "mp3", "aac", "amr"})
# fmt: off
CODECS: Final = frozenset(
    {
        "aac", "mp1float", "mp1", "mp2float", "mp2", "mp3float", "mp3", "opus", "libopus",
        "vorbis", "flac", "alac", "amrnb", "amrwb", "libopencore_amrnb", "libopencore_amrwb",
        "pcm_s16le", "pcm_s16be", "pcm_s24le", "pcm_s24be", "pcm_s32le", "pcm_s32be", "pcm_u8",
        "pcm_s8", "pcm_f32le", "pcm_f32be", "pcm_f64le", "pcm_f64be", "pcm_alaw", "pcm_mulaw",
        "adpcm_ms", "adpcm_ima_wav", "adpcm_ima_qt",
    }
)
# fmt: on
# Protection schemes leave the codec in place and the sound unreadable (ISO 14496-12, 8.12).
_ENCRYPTED_TAGS: Final = frozenset({"enca", "drms"})
_OPTIONS: Final = {
    # The bytes come from the parent; no protocol may be opened beside it.
    "protocol_whitelist": "none",
    "format_whitelist": ",".join(sorted(DEMUXERS)),
    "codec_whitelist": ",".join(sorted(CODECS)),
    "max_streams": "32",
    "probesize": "2000000",
    "analyzeduration": "5000000",
}
_MOV_OPTIONS: Final = {"enable_drefs": "0", "use_absolute_path": "0"}
_MICROSECONDS: Final = 1_000_000


def open_media(file: MediaFile, demuxer: str) -> InputContainer:
    """Opens what the parent recognised as `demuxer`.

    Raises:
        Refused: if it is broken, or longer than memory allows.
    """
    if demuxer not in DEMUXERS:
        raise Refused("unsupported")
    options = _OPTIONS | (_MOV_OPTIONS if demuxer == "mov" else {})
    try:
        return av.open(
            file, "r", format=demuxer, options=options, metadata_errors="replace", io_open=_refuse
        )
    except (av.error.MemoryError, MemoryError) as error:
        raise Refused("too_costly") from error
    except (av.error.FFmpegError, ValueError, OverflowError) as error:
        raise Refused("truncated" if _is_cut(file, demuxer) else "damaged") from error


def _refuse(*_: object) -> Any:
    raise Refused("unsupported")


def sound_stream(container: InputContainer) -> AudioStream:
    """The first track that can be decoded; every other one is skipped while reading.

    Raises:
        Refused: if there is no track of sound, or none of a kind that is taken.
    """
    tracks = container.streams.audio
    if not tracks:
        raise Refused("no_audio")
    for track in tracks:
        if _is_taken(track):
            for other in container.streams:
                other.discard = Discard.default if other.index == track.index else Discard.all
            track.codec_context.thread_count = 1
            return track
    raise Refused("unsupported")


def _is_taken(track: AudioStream) -> bool:
    context = track.codec_context
    if context is None or _tag(track) in _ENCRYPTED_TAGS or context.name not in CODECS:
        return False
    # Some formats say their shape only with the first frame; `Assembly` looks again at each.
    return is_within_bounds(context.channels or 1, context.sample_rate or 8_000)


def _tag(track: AudioStream) -> str:
    try:
        return track.codec_context.codec_tag
    except UnicodeDecodeError:
        # WAV has numbers there, and PyAV expects letters.
        return ""


def declared_s(container: InputContainer, track: AudioStream, head: bytes) -> float | None:
    """How long the file says it is, None where FFmpeg only guesses from its size.

    Estimates are told from statements as in FFmpeg's libavformat/demux.c, `estimate_timings`.
    """
    name = container.format.name
    guesses = name in ("aac", "amr", "ogg")
    guesses |= name == "mp3" and not any(mark in head for mark in (b"Xing", b"Info", b"VBRI"))
    if guesses:
        return None
    if track.duration is not None and track.time_base is not None:
        return float(track.duration * track.time_base)
    return None if container.duration is None else container.duration / _MICROSECONDS


def _is_cut(file: MediaFile, demuxer: str) -> bool:
    """Whether a file that cannot be opened ends before it should."""
    return _ends_within_a_box(file) if demuxer == "mov" else file.size_bytes < _HEADS[demuxer]


# Bytes that the smallest file with sound has: its headers and one frame.
_HEADS: Final = {
    "matroska": 400, "ogg": 200, "wav": 44, "flac": 100, "mp3": 200, "aac": 200, "amr": 19
}  # fmt: skip
_BOX_HEAD_BYTES: Final = 16
_MOST_BOXES: Final = 64


def _ends_within_a_box(file: MediaFile) -> bool:
    # ISO 14496-12, 4.2: size and type; size 1 is followed by 64 bits of it, 0 means to the end.
    offset = 0
    for _ in range(_MOST_BOXES):
        if offset >= file.size_bytes:
            # Whole boxes, and no index among them: what was to come after is missing.
            return offset > file.size_bytes or not _has_index(file)
        file.seek(offset)
        head = file.read(_BOX_HEAD_BYTES)
        size = int.from_bytes(head[:4])
        size = int.from_bytes(head[8:16]) if size == 1 else size or file.size_bytes - offset
        if size < 8:
            return False
        offset += size
    return False


def _has_index(file: MediaFile) -> bool:
    offset = 0
    while offset < file.size_bytes:
        file.seek(offset)
        head = file.read(_BOX_HEAD_BYTES)
        size = int.from_bytes(head[:4])
        size = int.from_bytes(head[8:16]) if size == 1 else size or file.size_bytes - offset
        if head[4:8] == b"moov":
            return True
        offset += max(size, 8)
    return False
