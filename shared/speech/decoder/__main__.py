"""Decodes one recording: `python -m shared.speech.decoder`, started by `shared.speech.media`."""

from __future__ import annotations

import sys
from itertools import count
from typing import Any, Final, cast

# PyAV imports some of its modules when it first meets such a track, and Python some of its codecs;
# both must be there before `confine`, after which no file can be opened.
import av
import av.audio.codeccontext
import av.error
import av.logging
import av.subtitles.codeccontext
import av.subtitles.stream
import av.video.codeccontext
import av.video.stream
from av.audio.frame import AudioFrame
from av.audio.stream import AudioStream
from av.container import InputContainer
from av.packet import Packet

from .assembly import Assembly
from .confinement import Meter, confine
from .container import declared_s, open_media, sound_stream
from .pipes import ALIVE, DONE, OPENED, REFUSED, SOUND, MediaFile, ParentGone, Pipes, Refused

# Demuxers whose times tell of holes; the others count frames.
_TIMED: Final = frozenset({"mov", "matroska", "ogg"})
_HEAD_BYTES: Final = 1 << 14
# Every so many packets, 20 to 40 s of sound, the parent is told that work goes on.
_BEAT_PACKETS: Final = 1_024


class Decoding:
    """One recording from its first packet to its last."""

    def __init__(self, pipes: Pipes, job: dict[str, Any], meter: Meter) -> None:
        self._pipes = pipes
        self._meter = meter
        self._job = job
        self._file = MediaFile(pipes, job["size_bytes"])
        self._damaged = 0
        self._is_cut = False

    def run(self) -> None:
        """Sends what the media is, its sound, and what was found along the way."""
        container = open_media(self._file, self._job["demuxer"])
        track = sound_stream(container)
        channels = 2 if self._job["stereo"] and track.codec_context.channels == 2 else 1
        self._tell_opened(container, track, channels)
        assembly = self._assembly(channels)
        self._decode(container, track, assembly)
        assembly.finish()
        if not assembly.samples:
            raise Refused(self._why_silent())
        self._pipes.tell(
            DONE,
            samples=assembly.samples,
            filled_samples=assembly.filled_samples,
            damaged_packets=self._damaged,
            is_cut=self._is_cut,
            reached_end=not assembly.is_full,
            **self._meter.read(),
        )

    def _tell_opened(self, container: InputContainer, track: AudioStream, channels: int) -> None:
        head = self._head()
        context = track.codec_context
        self._pipes.tell(
            OPENED,
            codec=context.codec.canonical_name,
            sample_rate_hz=context.sample_rate,
            source_channels=context.channels,
            tracks=len(container.streams.audio),
            declared_s=declared_s(container, track, head),
            channels=channels,
        )

    def _head(self) -> bytes:
        place = self._file.tell()
        self._file.seek(self._job["sound_offset"])
        head = self._file.read(_HEAD_BYTES)
        self._file.seek(place)
        return head

    def _assembly(self, channels: int) -> Assembly:
        job = self._job
        return Assembly(
            channels,
            (job["first_sample"], job["last_sample"]),
            job["most_samples"],
            lambda sound: self._pipes.send(SOUND, sound),
        )

    def _decode(self, container: InputContainer, track: AudioStream, assembly: Assembly) -> None:
        is_timed = self._job["demuxer"] in _TIMED
        origin_s = _origin_s(container, track)
        packets = container.demux(track)
        for number in count(1):
            if number % _BEAT_PACKETS == 0:
                self._pipes.send(ALIVE, b"")
            packet = self._next(packets)
            for frame in self._frames(packet, track):
                at_s = frame.time
                assembly.add(frame, at_s - origin_s if is_timed and at_s is not None else None)
            if packet is None or assembly.is_full:
                return

    def _next(self, packets: Any) -> Packet[AudioStream] | None:
        try:
            packet = cast("Packet[AudioStream] | None", next(packets, None))
        except (av.error.MemoryError, MemoryError) as error:
            raise Refused("too_costly") from error
        except av.error.FFmpegError:
            self._damaged += 1
            return None
        if packet is not None and packet.is_corrupt:
            self._is_cut = True
        return packet

    def _frames(self, packet: Packet[AudioStream] | None, track: AudioStream) -> list[AudioFrame]:
        try:
            return track.decode(packet)
        except (av.error.MemoryError, MemoryError) as error:
            raise Refused("too_costly") from error
        except av.error.EOFError:
            return []
        except (av.error.FFmpegError, ValueError, OverflowError):
            self._damaged += 1
            return []

    def _why_silent(self) -> str:
        if self._is_cut:
            return "truncated"
        return "damaged" if self._damaged else "no_audio"


def _origin_s(container: InputContainer, track: AudioStream) -> float:
    """Where the recording begins on the container's clock: with its first track."""
    begins_s = 0.0 if container.start_time is None else container.start_time / 1_000_000
    first_s = float((track.start_time or 0) * track.time_base) if track.time_base else 0.0
    # Sound that begins minutes after the pictures does so on a broken clock.
    return begins_s if 0 <= first_s - begins_s <= 60 else first_s


def main() -> int:
    """0 once something was said to the parent, 1 if it is gone."""
    pipes = Pipes(cast(Any, sys.stdin.buffer).raw, cast(Any, sys.stdout.buffer).raw)
    av.logging.set_level(av.logging.PANIC)
    try:
        job = pipes.job()
        meter = Meter()
        confine(job["memory_bytes"], job["cpu_s"])
        _decode(pipes, job, meter)
    except ParentGone:
        return 1
    return 0


def _decode(pipes: Pipes, job: dict[str, Any], meter: Meter) -> None:
    try:
        Decoding(pipes, job, meter).run()
    except Refused as refused:
        pipes.tell(REFUSED, code=refused.code, **meter.read())
    except (MemoryError, av.error.MemoryError):
        pipes.tell(REFUSED, code="too_costly", **meter.read())


if __name__ == "__main__":
    sys.exit(main())
