"""From decoded frames of any shape to seconds of 16 kHz 16-bit sound."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from av.audio.frame import AudioFrame
from av.audio.resampler import AudioResampler

from .pipes import Refused

RATE_HZ: Final = 16_000
LEAST_RATE_HZ: Final = 4_000
MOST_RATE_HZ: Final = 192_000
MOST_CHANNELS: Final = 8
_SAMPLE_BYTES: Final = 2
_GAP_S: Final = 0.2


class Assembly:
    """Takes frames in order; hands out seconds of sound, the last one shorter.

    Args:
        channels: 1 for a mix of all channels, 2 for left and right interleaved.
        window: first and last sample (exclusive) that are wanted; None for the end.
        most_samples: how much may be decoded.
        emit: takes the seconds.
    """

    def __init__(
        self,
        channels: int,
        window: tuple[int, int | None],
        most_samples: int,
        emit: Callable[[bytes], None],
    ) -> None:
        self._layout = "stereo" if channels == 2 else "mono"
        self._sample_bytes = channels * _SAMPLE_BYTES
        self._first, self._last = window
        self._most = most_samples
        self._emit = emit
        self._held = bytearray()
        self._resampler: AudioResampler | None = None
        self._shape: tuple[Any, ...] = ()
        self.samples = 0
        self.filled_samples = 0

    @property
    def is_full(self) -> bool:
        """Whether all that is wanted was found."""
        return self._last is not None and self.samples >= self._last

    def add(self, frame: AudioFrame, at_s: float | None) -> None:
        """Takes a frame that belongs at `at_s`; a hole before it is filled with silence.

        Raises:
            Refused: if its shape is out of bounds, or there is too much sound.
        """
        shape = (frame.format.name, frame.layout.name, frame.layout.nb_channels, frame.sample_rate)
        if shape != self._shape:
            self._reshape(shape)
        if at_s is not None:
            self._fill(at_s)
        self._resample(frame)

    def finish(self) -> None:
        """Hands out what is left."""
        self._drain()
        if self._held:
            self._emit(bytes(self._held))
            self._held.clear()

    def _reshape(self, shape: tuple[Any, ...]) -> None:
        _, _, channels, rate_hz = shape
        if not is_within_bounds(channels, rate_hz):
            raise Refused("unsupported")
        self._drain()
        self._shape = shape

    def _fill(self, at_s: float) -> None:
        gap = round((at_s - self.samples / RATE_HZ) * RATE_HZ)
        # A time that would lead beyond all limits is a wrong one; the sound is taken without it.
        if gap <= _GAP_S * RATE_HZ or self.samples + gap > self._most:
            return
        self._drain()
        self.filled_samples += gap
        for start in range(0, gap, RATE_HZ):
            self._take(bytes(min(RATE_HZ, gap - start) * self._sample_bytes))

    def _resample(self, frame: AudioFrame | None) -> None:
        if self._resampler is None:
            self._resampler = AudioResampler("s16", self._layout, RATE_HZ)
        for made in self._resampler.resample(frame):
            self._take(memoryview(made.planes[0])[: made.samples * self._sample_bytes])

    def _drain(self) -> None:
        if self._resampler is not None:
            self._resample(None)
            self._resampler = None

    def _take(self, sound: bytes | memoryview) -> None:
        start = self.samples
        self.samples += len(sound) // self._sample_bytes
        if self.samples > self._most:
            raise Refused("too_long")
        skipped = max(self._first - start, 0)
        end = None if self._last is None else max(self._last - start, 0) * self._sample_bytes
        self._held += sound[skipped * self._sample_bytes : end]
        second = RATE_HZ * self._sample_bytes
        while len(self._held) >= second:
            self._emit(bytes(self._held[:second]))
            del self._held[:second]


def is_within_bounds(channels: int, rate_hz: int) -> bool:
    """Whether sound of this shape is taken: 1 to 8 channels, 4 to 192 kHz."""
    return 1 <= channels <= MOST_CHANNELS and LEAST_RATE_HZ <= rate_hz <= MOST_RATE_HZ
