"""Who speaks when: speaker turns, from blocks of sound.

Voice activity gives regions; windows of 1.6 s in them become voiceprints; clustering says how many
voices there are; a Viterbi pass over 0.1 s frames then draws the line between them.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from shared.speech.media import Block

from .clustering import MOST_SPEAKERS, centres, cluster
from .crosstalk import CrossTalk
from .path import smoothest_path
from .voice_activity import Region, VoiceActivity
from .voiceprint import WINDOW_FRAMES, mel_frames, voiceprints

Floats = NDArray[np.float32]

_SAMPLES_PER_MS: Final = 16
_MEL_MS: Final = 10
_HOP_FRAMES: Final = 40
_FRAME_MS: Final = 100
# Shorter windows say too little to found a voice upon.
_LEAST_WINDOW_MS: Final = 800
# Pauses of one voice up to this length belong to its turn.
_PAUSE_MS: Final = 400
_ROUNDS: Final = 2
# From a difference of cosines to a probability.
_SHARPNESS: Final = 20.0


@dataclass(frozen=True, slots=True)
class Turn:
    """One speaker, [start_ms, end_ms).

    Attributes:
        channel: where it was heard; 0 unless channels are kept apart.
        speaker: 0 for who speaks first, and so on.
        confidence: that it is this speaker and none of the others found, in 0..1, by how much
            nearer the voice is; 1 where a channel has its own speaker, or there is only one.
    """

    channel: int
    start_ms: int
    end_ms: int
    speaker: int
    confidence: float


@dataclass(frozen=True, slots=True)
class Diarization:
    """All turns in the order in which they begin. Nobody is found where nobody speaks.

    Attributes:
        speakers: how many were told apart; 0 to 6.
    """

    turns: tuple[Turn, ...]
    speakers: int


def tell_speakers(blocks: Iterable[Block], speakers: int | None = None) -> Diarization:
    """Says who speaks when.

    Blocks of two channels are taken to hold a speaker each (`Recording.speaks_apart`). Memory
    grows by 10 MB for an hour of speech; no sound is kept.

    Args:
        speakers: how many there are, 1 to 6; None to find out from one to six.

    Raises:
        ValueError: if `speakers` is out of range.
    """
    diarizer = Diarizer(speakers)
    for block in blocks:
        diarizer.feed(block)
    return diarizer.finish()


class Diarizer:
    """`tell_speakers` for blocks that go by and are used for something else too."""

    def __init__(self, speakers: int | None = None) -> None:
        if speakers is not None and not 1 <= speakers <= MOST_SPEAKERS:
            raise ValueError(f"speakers is 1 to {MOST_SPEAKERS}")
        self._speakers = speakers
        self._channels: dict[int, _Listener] = {}
        self._cross_talk = CrossTalk()

    def feed(self, block: Block) -> None:
        """Takes the next block; channels in turn."""
        if block.channel not in self._channels:
            self._channels[block.channel] = _Listener(block.channel)
        self._channels[block.channel].feed(block)
        self._cross_talk.feed(block)

    def finish(self) -> Diarization:
        """Who spoke, once all blocks were fed."""
        for listener in self._channels.values():
            listener.finish()
        if len(self._channels) > 1:
            return self._of_channels()
        regions = [region for one in self._channels.values() for region in one.regions]
        windows = [window for one in self._channels.values() for window in one.windows]
        return _told_by_voice(regions, windows, self._speakers)

    def _of_channels(self) -> Diarization:
        regions = self._cross_talk.without(
            [region for one in self._channels.values() for region in one.regions]
        )
        heard = list(dict.fromkeys(region.channel for region in regions))
        turns = [
            Turn(one.channel, one.start_ms, one.end_ms, heard.index(one.channel), 1.0)
            for one in regions
        ]
        return Diarization(_joined(turns), len(heard))


@dataclass(frozen=True, slots=True)
class _Window:
    start_ms: int
    end_ms: int
    vector: Floats


class _Listener:
    """Regions of one channel, and voiceprints of the windows in them."""

    def __init__(self, channel: int) -> None:
        self._activity = VoiceActivity(channel)
        self._sound = np.zeros(0, np.int16)
        self._from_ms = 0
        self.regions: list[Region] = []
        self.windows: list[_Window] = []

    def feed(self, block: Block) -> None:
        self._sound = np.concatenate([self._sound, block.samples])
        self._hear(self._activity.feed(block.samples))
        settled_ms = self._activity.settled_ms
        self._sound = self._sound[(settled_ms - self._from_ms) * _SAMPLES_PER_MS :]
        self._from_ms = settled_ms

    def finish(self) -> None:
        self._hear(self._activity.finish())

    def _hear(self, regions: list[Region]) -> None:
        for region in regions:
            self.regions.append(region)
            start, end = (
                (at_ms - self._from_ms) * _SAMPLES_PER_MS
                for at_ms in (region.start_ms, region.end_ms)
            )
            self.windows += _windows(region, self._sound[start:end])


def _windows(region: Region, sound: NDArray[np.int16]) -> list[_Window]:
    mels = mel_frames(sound)
    length = len(mels) - 1
    if length <= WINDOW_FRAMES:
        starts, size = [0], length
    else:
        count = -(-(length - WINDOW_FRAMES) // _HOP_FRAMES) + 1
        starts = [round(at) for at in np.linspace(0, length - WINDOW_FRAMES, count)]
        size = WINDOW_FRAMES
    vectors = voiceprints(np.stack([mels[start : start + size] for start in starts]))
    return [
        _Window(
            region.start_ms + start * _MEL_MS, region.start_ms + (start + size) * _MEL_MS, vector
        )
        for start, vector in zip(starts, vectors, strict=True)
    ]


def _told_by_voice(
    regions: list[Region], windows: list[_Window], speakers: int | None
) -> Diarization:
    if not regions:
        return Diarization((), 0)
    vectors = np.stack([window.vector for window in windows])
    lengths_ms = np.array([window.end_ms - window.start_ms for window in windows])
    telling = lengths_ms >= _LEAST_WINDOW_MS
    founding = vectors[telling] if telling.any() else vectors
    labels = cluster(founding, speakers)
    voices = centres(founding, labels)
    if len(voices) == 1:
        turns = [Turn(0, one.start_ms, one.end_ms, 0, 1.0) for one in regions]
        return Diarization(_joined(turns), 1)
    frames, begins = _frames(regions)
    for _ in range(_ROUNDS):
        likeness = _likeness(frames, windows, vectors @ voices.T)
        path = smoothest_path(likeness * _SHARPNESS, begins)
        voices = _heard_again(frames, path, windows, vectors, voices)
    return _turns(regions, frames, path, likeness, len(voices))


def _frames(regions: list[Region]) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Where each frame of speech begins (ms), and whether a silence is before it."""
    starts = [np.arange(one.start_ms, one.end_ms, _FRAME_MS) for one in regions]
    begins = [np.arange(len(part)) == 0 for part in starts]
    return np.concatenate(starts), np.concatenate(begins)


def _likeness(frames: NDArray[np.int64], windows: list[_Window], near: Floats) -> Floats:
    """Shape (frames, voices): the likeness of the windows over a frame, the middle ones first."""
    total = np.zeros((len(frames), near.shape[1]), np.float32)
    weights = np.zeros((len(frames), 1), np.float32)
    starts = np.array([window.start_ms for window in windows])
    ends = np.array([window.end_ms for window in windows])
    first = np.searchsorted(frames, starts)
    last = np.searchsorted(frames, ends)
    for window in range(len(windows)):
        part = slice(first[window], last[window])
        middle = (starts[window] + ends[window]) / 2
        half = max((ends[window] - starts[window]) / 2, 1)
        weight = 1.05 - np.abs(frames[part] + _FRAME_MS / 2 - middle) / half
        weight = np.maximum(weight, 0.05)[:, None].astype(np.float32)
        total[part] += weight * near[window]
        weights[part] += weight
    return np.asarray(total / np.maximum(weights, 1e-6), dtype=np.float32)


def _heard_again(
    frames: NDArray[np.int64],
    path: NDArray[np.int64],
    windows: list[_Window],
    vectors: Floats,
    voices: Floats,
) -> Floats:
    """The voices anew, from the windows that lie wholly in one of them."""
    renewed = voices.copy()
    first = np.searchsorted(frames, [window.start_ms for window in windows])
    last = np.searchsorted(frames, [window.end_ms for window in windows])
    for voice in range(len(voices)):
        own = np.concatenate([[0], np.cumsum(path == voice)])
        whole = (own[last] - own[first] == last - first) & (last > first)
        if whole.any():
            mean = vectors[whole].mean(axis=0)
            renewed[voice] = mean / max(float(np.linalg.norm(mean)), 1e-6)
    return renewed


def _turns(
    regions: list[Region],
    frames: NDArray[np.int64],
    path: NDArray[np.int64],
    likeness: Floats,
    voices: int,
) -> Diarization:
    powers = np.exp(_SHARPNESS * (likeness - likeness.max(axis=1, keepdims=True)))
    posterior = powers / powers.sum(axis=1, keepdims=True)
    found = []
    for region in regions:
        first, last = np.searchsorted(frames, [region.start_ms, region.end_ms])
        cuts = np.flatnonzero(np.diff(path[first:last])) + first + 1
        for begin, end in zip([first, *cuts], [*cuts, last], strict=True):
            voice = int(path[begin])
            end_ms = region.end_ms if end == last else int(frames[end])
            sure = round(float(posterior[begin:end, voice].mean()), 4)
            found.append(Turn(0, int(frames[begin]), end_ms, voice, sure))
    heard = list(dict.fromkeys(turn.speaker for turn in found))
    turns = [
        Turn(0, one.start_ms, one.end_ms, heard.index(one.speaker), one.confidence) for one in found
    ]
    return Diarization(_joined(turns), len(heard))


def _joined(turns: list[Turn]) -> tuple[Turn, ...]:
    """Turns in order, with the pauses of one voice in them."""
    found: list[Turn] = []
    for turn in sorted(turns, key=lambda one: (one.start_ms, one.channel)):
        before = found[-1] if found else None
        goes_on = (
            before is not None
            and (before.channel, before.speaker) == (turn.channel, turn.speaker)
            and turn.start_ms - before.end_ms <= _PAUSE_MS
        )
        if before is not None and goes_on:
            found[-1] = _longer(before, turn)
        else:
            found.append(turn)
    return tuple(found)


def _longer(turn: Turn, by: Turn) -> Turn:
    spans = (turn.end_ms - turn.start_ms, by.end_ms - by.start_ms)
    mean = (turn.confidence * spans[0] + by.confidence * spans[1]) / max(sum(spans), 1)
    return Turn(turn.channel, turn.start_ms, by.end_ms, turn.speaker, round(mean, 4))
