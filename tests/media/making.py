"""Small recordings in every format that is taken, made by PyAV's encoders when a test needs them.

The sound is a tone that glides, so that a second is told from the next and left from right.
"""

from __future__ import annotations

import tempfile
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Kind:
    """A way to write a recording: FFmpeg's muxer and encoder, and the shape of the sound."""

    muxer: str
    encoder: str
    rate_hz: int
    layout: str = "mono"
    options: dict[str, str] = field(default_factory=dict)

    @property
    def channels(self) -> int:
        return 2 if self.layout == "stereo" else 1


KINDS = {
    "m4a, index at the end": Kind("ipod", "aac", 44_100),
    "m4a, index in front": Kind("ipod", "aac", 44_100, options={"movflags": "faststart"}),
    "m4a, fragmented": Kind("mp4", "aac", 44_100, options={"movflags": "frag_keyframe+empty_moov"}),
    "m4a, Apple lossless": Kind("ipod", "alac", 48_000, "stereo"),
    "mov": Kind("mov", "aac", 48_000, "stereo"),
    "mov, PCM": Kind("mov", "pcm_s16le", 48_000),
    "mp4": Kind("mp4", "aac", 48_000, "stereo"),
    "3gp": Kind("3gp", "libopencore_amrnb", 8_000),
    "amr": Kind("amr", "libopencore_amrnb", 8_000),
    "webm": Kind("webm", "libopus", 48_000),
    "webm, live": Kind("webm", "libopus", 48_000, options={"live": "1"}),
    "mkv, Vorbis": Kind("matroska", "vorbis", 44_100, "stereo"),
    "mp3": Kind("mp3", "libmp3lame", 44_100, "stereo"),
    "wav": Kind("wav", "pcm_s16le", 44_100, "stereo"),
    "wav, 8 kHz A-law": Kind("wav", "pcm_alaw", 8_000),
    "wav, float": Kind("wav", "pcm_f32le", 96_000),
    "flac": Kind("flac", "flac", 44_100, "stereo"),
    "ogg, Opus": Kind("ogg", "libopus", 48_000, "stereo"),
    "aac": Kind("adts", "aac", 44_100),
}


class Stored:
    """Bytes as the decoder reads them; remembers what was asked for."""

    def __init__(self, content: bytes) -> None:
        self.content = content
        self.size_bytes = len(content)
        self.asked: list[tuple[int, int]] = []

    def read(self, offset: int, length: int) -> bytes:
        self.asked.append((offset, length))
        return self.content[offset : offset + length]


def tone(duration_s: float, rate_hz: int, channels: int = 1) -> NDArray[np.int16]:
    """Shape (samples, channels): left glides from 300 Hz, right from 900 Hz, up by 40 Hz/s."""
    at_s = np.arange(round(duration_s * rate_hz)) / rate_hz
    sides = [np.sin(2 * np.pi * (start + 20 * at_s) * at_s) for start in (300, 900)[:channels]]
    return np.stack([np.round(side * 8_000).astype(np.int16) for side in sides], axis=1)


def record(
    kind: Kind,
    sound: NDArray[np.int16] | float = 2.0,
    *,
    picture: bool = False,
    audio: bool = True,
) -> bytes:
    """The bytes of a recording of `sound` (samples, channels), or of so many seconds of tone."""
    if isinstance(sound, float):
        sound = tone(sound, kind.rate_hz, kind.channels)
    with tempfile.TemporaryDirectory() as folder:
        # A muxer that moves the index to the front opens its file a second time.
        out = Path(folder) / "recording"
        _write(out, kind, sound, picture, audio)
        return out.read_bytes()


def _write(out: Path, kind: Kind, sound: NDArray[np.int16], picture: bool, audio: bool) -> None:
    with av.open(out, "w", format=kind.muxer, options=kind.options) as container:
        video = _video(container) if picture else None
        stream = _audio(container, kind) if audio else None
        for second in range(round(len(sound) / kind.rate_hz) if video else 0):
            _film(container, video, second)
        if stream is not None:
            _speak(container, stream, kind, sound)
        if video is not None:
            container.mux(video.encode(None))


def _video(container: Any) -> Any:
    video = container.add_stream("mpeg4", rate=1)
    video.width, video.height, video.pix_fmt = 32, 32, "yuv420p"
    return video


def _audio(container: Any, kind: Kind) -> Any:
    stream = container.add_stream(kind.encoder, rate=kind.rate_hz, layout=kind.layout)
    # FFmpeg's own Vorbis encoder calls itself experimental.
    stream.codec_context.options = {"strict": "experimental"}
    return stream


def _film(container: Any, video: Any, second: int) -> None:
    frame = av.VideoFrame.from_ndarray(np.full((32, 32, 3), second % 256, np.uint8), "rgb24")
    frame.pts, frame.time_base = second, Fraction(1)
    container.mux(video.encode(frame))


def _speak(container: Any, stream: Any, kind: Kind, sound: NDArray[np.int16]) -> None:
    frame = av.AudioFrame.from_ndarray(sound.reshape(1, -1), "s16", kind.layout)
    frame.sample_rate, frame.pts, frame.time_base = kind.rate_hz, 0, Fraction(1, kind.rate_hz)
    size = stream.codec_context.frame_size or 1_024
    shaping = av.AudioResampler(stream.format.name, kind.layout, kind.rate_hz, frame_size=size)
    for shaped in [*shaping.resample(frame), *shaping.resample(None), None]:
        container.mux(stream.encode(shaped))
