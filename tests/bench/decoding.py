"""What an hour of each format costs to decode, beside the ffmpeg binary where there is one."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import av
import numpy as np

from shared.speech.media import decode
from tests.bench.tables import show
from tests.media.making import KINDS, Kind, record

_MINUTES = 60
_MIB = 1 << 20
# As phones and browsers record, with the loudness and pauses of speech.
_FORMATS = {
    "m4a (AAC 44.1 kHz mono)": KINDS["m4a, index at the end"],
    "mov (AAC 48 kHz stereo)": KINDS["mov"],
    "3gp (AMR)": KINDS["3gp"],
    "amr": KINDS["amr"],
    "webm (Opus mono)": KINDS["webm"],
    "ogg (Opus stereo)": KINDS["ogg, Opus"],
    "mp3 (44.1 kHz stereo)": KINDS["mp3"],
    "wav (44.1 kHz stereo)": KINDS["wav"],
    "flac (44.1 kHz stereo)": KINDS["flac"],
    "aac (ADTS)": KINDS["aac"],
}


class OnDisk:
    """A file, read in ranges."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("rb", buffering=0)
        self.size_bytes = path.stat().st_size

    def read(self, offset: int, length: int) -> bytes:
        self._file.seek(offset)
        return self._file.read(length)

    def close(self) -> None:
        self._file.close()


def measure() -> None:
    """Prints the table."""
    binary = shutil.which("ffmpeg")
    rows = []
    with tempfile.TemporaryDirectory(prefix="insight-bench-") as folder:
        for name, kind in _FORMATS.items():
            path = Path(folder) / "hour"
            hour_of(kind, path)
            rows.append((name, *_ours(path), *_theirs(binary, path)))
    show(
        f"{_MINUTES} minutes to 16 kHz mono: times real time (x) by CPU time, peak memory",
        (
            "format",
            "file",
            "ours x",
            "MiB",
            "parent x",
            "clock x",
            "ffmpeg x",
            "its MiB",
        ),
        rows,
    )
    if binary is None:
        print("ffmpeg is not installed: its columns are empty")


def _ours(path: Path) -> tuple[object, ...]:
    source = OnDisk(path)
    begun_s, parent_s = time.perf_counter(), time.process_time()
    with decode(source) as decoding:
        samples = sum(len(block.samples) for block in decoding)
    wall_s, parent_s = time.perf_counter() - begun_s, time.process_time() - parent_s
    source.close()
    if abs(samples - _MINUTES * 60 * 16_000) > 32_000 or decoding.cost is None:
        raise RuntimeError(f"an hour came to {samples} samples")
    length_s = _MINUTES * 60
    return (
        round(path.stat().st_size / _MIB),
        round(length_s / decoding.cost.cpu_s),
        round(decoding.cost.memory_bytes / _MIB),
        round(length_s / parent_s),
        round(length_s / wall_s),
    )


def _theirs(binary: str | None, path: Path) -> tuple[object, ...]:
    if binary is None:
        return "", ""
    command = [binary, "-v", "error", "-threads", "1", "-i", str(path), "-vn"]
    command += ["-ac", "1", "-ar", "16000", "-f", "s16le", "-"]
    # A process of its own, whose only child is ffmpeg: its peak is that of all children waited for.
    watch = (
        "import resource, subprocess, sys; "
        "subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL, check=True); "
        "used = resource.getrusage(resource.RUSAGE_CHILDREN); "
        "print(used.ru_utime + used.ru_stime, used.ru_maxrss / 1024)"
    )
    said = subprocess.run([sys.executable, "-c", watch, *command], check=True, capture_output=True)
    cpu_s, memory_mib = (float(part) for part in said.stdout.split())
    return round(_MINUTES * 60 / cpu_s), round(memory_mib)


def hour_of(kind: Kind, path: Path, minutes: int = _MINUTES) -> None:
    """Writes an hour: the packets of one minute again and again, each time a minute later."""
    with tempfile.NamedTemporaryFile() as one:
        one.write(record(kind, _speechlike(kind)))
        one.flush()
        with av.open(one.name) as source, av.open(str(path), "w", format=kind.muxer) as target:
            heard = source.streams.audio[0]
            stream = target.add_stream_from_template(heard)
            packets = [packet for packet in source.demux(heard) if packet.size]
            minute = packets[-1].pts + packets[-1].duration - packets[0].pts
            for repeat in range(minutes):
                for packet in packets:
                    _again(target, stream, packet, repeat * minute)


def _again(target: object, stream: object, packet: object, later: int) -> None:
    copy = av.Packet(bytes(packet))
    copy.time_base, copy.duration = packet.time_base, packet.duration
    copy.pts = (packet.pts or 0) + later
    copy.dts = (packet.dts if packet.dts is not None else packet.pts or 0) + later
    copy.is_keyframe, copy.stream = True, stream
    target.mux(copy)


def _speechlike(kind: Kind) -> np.ndarray:
    """A minute of noise whose colour and loudness change as those of syllables do."""
    rng = np.random.default_rng(2)
    samples = 60 * kind.rate_hz
    spectrum = np.fft.rfft(rng.standard_normal(samples))
    hertz = np.fft.rfftfreq(samples, 1 / kind.rate_hz)
    voiced = np.fft.irfft(spectrum / (1 + (hertz / 500) ** 2), samples)
    at_s = np.arange(samples) / kind.rate_hz
    loudness = np.maximum(np.sin(2 * np.pi * 3.1 * at_s) + np.sin(2 * np.pi * 0.13 * at_s), 0)
    sound = voiced / voiced.std() * loudness * 4_000
    made = np.clip(np.round(sound), -32_768, 32_767).astype(np.int16)
    return np.stack([made] * kind.channels, axis=1)
