"""What decoding takes and gives."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Protocol

import numpy as np
from numpy.typing import NDArray

RATE_HZ: Final = 16_000
Samples = NDArray[np.int16]


class Source(Protocol):
    """Stored media, read in ranges; never as a whole."""

    @property
    def size_bytes(self) -> int: ...

    def read(self, offset: int, length: int) -> bytes:
        """The bytes [offset, offset + length); fewer only at the end. At most 1 MiB is asked."""


class MediaProblem(StrEnum):
    """Why a recording cannot be taken. No other call on the same bytes ends differently."""

    NOT_MEDIA = "not_media"  # of no known container
    UNSUPPORTED = "unsupported"  # a container, codec, rate or number of channels that is not taken
    NO_AUDIO = "no_audio"  # no track of sound, or one without a single sample
    TRUNCATED = "truncated"  # ends before anything can be decoded
    DAMAGED = "damaged"  # too broken to decode anything
    TOO_LONG = "too_long"  # more sound than `Limits.duration_ms`
    TOO_LARGE = "too_large"  # more bytes than `Limits.size_bytes`
    TOO_COSTLY = "too_costly"  # used up its memory, CPU time or patience


class MediaRefused(Exception):
    """The recording cannot be taken, or not to its end. Says nothing of its content."""

    def __init__(self, problem: MediaProblem) -> None:
        super().__init__(f"The recording cannot be decoded: {problem}.")
        self.problem = problem


class Flaw(StrEnum):
    """What is wrong with a recording that was decoded all the same."""

    DAMAGED_PARTS = "damaged_parts"  # some packets could not be decoded; silence is in their place
    HOLES = "holes"  # its clock left time out; silence is in its place
    CUT_OFF = "cut_off"  # the file ends within a packet
    SHORTER_THAN_DECLARED = "shorter_than_declared"
    LONGER_THAN_DECLARED = "longer_than_declared"
    OTHER_TRACKS = "other_tracks"  # it has more tracks of sound; the first was taken


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds of one decoding.

    FFmpeg's own advice for untrusted files is to bound time and memory from outside
    (https://ffmpeg.org/security.html; the `max_alloc` note in libavutil/mem.h).

    Attributes:
        size_bytes: of the file.
        duration_ms: of the decoded sound; a small file may hold days of silence.
        memory_bytes: address space of the child, all libraries included.
        cpu_s: CPU seconds of the child; hours of Opus may come to this before `duration_ms`.
        silence_s: seconds that the child may say nothing while the parent waits for it.
    """

    size_bytes: int = 5 << 30
    duration_ms: int = 8 * 3_600_000
    memory_bytes: int = 512 << 20
    cpu_s: int = 60
    silence_s: float = 90.0


@dataclass(frozen=True, slots=True)
class Block:
    """A second of sound; only the last one of a channel is shorter.

    Attributes:
        channel: 0; and 1 where channels are kept apart.
        start_ms: from the beginning of the recording; blocks of a channel follow without a gap.
        samples: 16 kHz, int16.
    """

    channel: int
    start_ms: int
    samples: Samples


@dataclass(frozen=True, slots=True)
class Recording:
    """What a recording is, once it was decoded to its end.

    Attributes:
        container: the name of its format, as FFmpeg has it: `mov`, `ogg`, `mp3`.
        codec: FFmpeg's name: `aac`, `opus`, `amr_nb`.
        sample_rate_hz, channels: of the recording itself, not of the decoded blocks.
        decoded_ms: the sound that there is, silence in place of holes included.
        declared_ms: what the file says of itself; nobody has checked it. None if it says nothing.
        is_partial: whether sound is missing at the end: the file stops within a packet, or clearly
            before the duration that it declares.
        speaks_apart: whether each of two channels holds its own speaker, so that they are better
            decoded apart; None where nobody looked (only `examine` does).
        flaws: what else is to be known, in the order of `Flaw`.
    """

    container: str
    codec: str
    sample_rate_hz: int
    channels: int
    decoded_ms: int
    declared_ms: int | None
    is_partial: bool
    speaks_apart: bool | None
    flaws: tuple[Flaw, ...]


@dataclass(frozen=True, slots=True)
class Cost:
    """What a decoding took: CPU seconds and the peak of resident memory, both of the child."""

    cpu_s: float
    memory_bytes: int
