"""Where somebody speaks: Silero VAD, streamed.

The model (github.com/snakers4/silero-vad, MIT) gives a probability of speech for each 32 ms; the
hysteresis that turns them into regions is that of the project's `get_speech_timestamps`, with its
defaults. `infra/models/speech` says where the weights come from.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from shared.speech.media import RATE_HZ, Block

from .weights import session

Floats = NDArray[np.float32]

_FRAME: Final = 512
_CONTEXT: Final = 64
# Frames of one call of the model: eight seconds, so that little memory is used and few calls made.
_BATCH: Final = 256
_SPEECH_FROM: Final = 0.5
_SILENCE_BELOW: Final = 0.35
_LEAST_SPEECH_MS: Final = 250
_LEAST_SILENCE_MS: Final = 100
_PAD_MS: Final = 30
# Noise that is taken for speech may go on for hours; what waits for its end must not.
_MOST_SPEECH_MS: Final = 20_000
FRAME_MS: Final = _FRAME * 1_000 // RATE_HZ


@dataclass(frozen=True, slots=True)
class Region:
    """A stretch of speech on one channel, [start_ms, end_ms), of 250 ms to 20 s.

    Attributes:
        confidence: mean probability of speech over its frames, in 0..1.
    """

    channel: int
    start_ms: int
    end_ms: int
    confidence: float


class VoiceActivity:
    """The regions of one channel. Feed it every block, then `finish`; memory stays flat."""

    def __init__(self, channel: int = 0) -> None:
        self._channel = channel
        self._pending = np.zeros(0, np.float32)
        self._context = np.zeros(_CONTEXT, np.float32)
        self._hidden = np.zeros((1, 1, 128), np.float32)
        self._cell = np.zeros((1, 1, 128), np.float32)
        self._samples = 0
        self._hysteresis = _Hysteresis()

    def feed(self, samples: NDArray[np.int16]) -> list[Region]:
        """The regions that ended, as far as is known now."""
        self._samples += len(samples)
        self._pending = np.concatenate([self._pending, samples.astype(np.float32) / 32_768])
        found = []
        while len(self._pending) >= _BATCH * _FRAME:
            found += self._take(self._pending[: _BATCH * _FRAME])
            self._pending = self._pending[_BATCH * _FRAME :]
        return found

    @property
    def settled_ms(self) -> int:
        """No region that is still to come begins before this."""
        return self._hysteresis.settled_ms

    def finish(self) -> list[Region]:
        """The rest of them."""
        found = []
        if len(self._pending):
            missing = -len(self._pending) % _FRAME
            found = self._take(np.pad(self._pending, (0, missing)))
        end_ms = self._samples * 1_000 // RATE_HZ
        return found + self._regions(self._hysteresis.finish(end_ms), end_ms)

    def _take(self, samples: Floats) -> list[Region]:
        frames = samples.reshape(-1, _FRAME)
        before = np.vstack([self._context, frames[:-1, -_CONTEXT:]])
        self._context = frames[-1, -_CONTEXT:]
        probabilities, self._hidden, self._cell = session("voice_activity.onnx").run(
            ["speech_probs", "hn", "cn"],
            {"input": np.hstack([before, frames]), "h": self._hidden, "c": self._cell},
        )
        ended = [span for one in probabilities for span in self._hysteresis.feed(float(one))]
        return self._regions(ended, self._samples * 1_000 // RATE_HZ)

    def _regions(self, spans: list[tuple[int, int, float]], most_ms: int) -> list[Region]:
        return [
            Region(self._channel, start_ms, min(end_ms, most_ms), round(confidence, 4))
            for start_ms, end_ms, confidence in spans
        ]


class _Hysteresis:
    """Speech begins at one probability and ends, after some silence, at a lower one."""

    def __init__(self) -> None:
        self._now_ms = 0
        self._start_ms: int | None = None
        self._quiet_since_ms: int | None = None
        self._sum = 0.0
        self._frames = 0
        self._last_end_ms = 0

    def feed(self, probability: float) -> list[tuple[int, int, float]]:
        found = []
        if probability >= _SPEECH_FROM:
            self._quiet_since_ms = None
            if self._start_ms is None:
                self._start_ms, self._sum, self._frames = self._now_ms, 0.0, 0
        elif self._start_ms is not None and probability < _SILENCE_BELOW:
            if self._quiet_since_ms is None:
                self._quiet_since_ms = self._now_ms
            if self._now_ms - self._quiet_since_ms >= _LEAST_SILENCE_MS:
                found = self._end(self._quiet_since_ms, _PAD_MS)
        if self._start_ms is not None and self._now_ms - self._start_ms >= _MOST_SPEECH_MS:
            found = self._end(self._now_ms, 0)
        if self._start_ms is not None and self._quiet_since_ms is None:
            self._sum += probability
            self._frames += 1
        self._now_ms += FRAME_MS
        return found

    @property
    def settled_ms(self) -> int:
        begins_ms = self._now_ms if self._start_ms is None else self._start_ms
        return max(begins_ms - _PAD_MS, self._last_end_ms)

    def finish(self, end_ms: int) -> list[tuple[int, int, float]]:
        if self._start_ms is None:
            return []
        return self._end(min(self._quiet_since_ms or end_ms, end_ms), _PAD_MS)

    def _end(self, end_ms: int, pad_ms: int) -> list[tuple[int, int, float]]:
        start_ms, self._start_ms, self._quiet_since_ms = self._start_ms or 0, None, None
        if end_ms - start_ms < _LEAST_SPEECH_MS:
            return []
        # Two regions share the silence between them, where it is too short for both pads.
        padded_ms = max(start_ms - _PAD_MS, self._last_end_ms)
        self._last_end_ms = end_ms + pad_ms
        return [(padded_ms, self._last_end_ms, self._sum / max(self._frames, 1))]


def find_speech(blocks: Iterable[Block]) -> Iterator[Region]:
    """Yields the regions of every channel while the blocks go by, each as soon as it ended.

    Within a channel regions follow one another and do not overlap.
    """
    channels: dict[int, VoiceActivity] = {}
    for block in blocks:
        if block.channel not in channels:
            channels[block.channel] = VoiceActivity(block.channel)
        yield from channels[block.channel].feed(block.samples)
    for activity in channels.values():
        yield from activity.finish()
