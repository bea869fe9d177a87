"""The speech of a recording, stretch by stretch, with memory that does not grow with it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from shared.domain.errors import RecordingRefused
from shared.domain.recording import Stretch, Turn

from .media import RATE_HZ, Block, MediaProblem, MediaRefused, decode, examine
from .speakers import Diarizer, Region, VoiceActivity

Sound = tuple[Stretch, bytes]
Samples = NDArray[np.int16]

_SAMPLES_PER_MS: Final = 16
# Regions this close are one stretch: a recogniser needs the words before to know those after.
_JOINED_WITHIN_MS: Final = 600
# Soft consonants at the edges of words are no voice, and are needed to tell words apart.
_PAD_MS: Final = 150
_LONGEST_MS: Final = 20_000
_CUT_FROM_MS: Final = 10_000
# Speech that never pauses, or what is taken for it, is held up to this length.
_HELD_MS: Final = 60_000
_FRAME_MS: Final = 20

_SENTENCES: Final = {
    MediaProblem.NOT_MEDIA: "The file is no recording that is known here.",
    MediaProblem.UNSUPPORTED: "The recording is of a kind that cannot be decoded here.",
    MediaProblem.NO_AUDIO: "The recording has no sound.",
    MediaProblem.TRUNCATED: "The recording ends before anything can be heard.",
    MediaProblem.DAMAGED: "The recording is too damaged to be decoded.",
    MediaProblem.TOO_LONG: "The recording is longer than eight hours.",
    MediaProblem.TOO_LARGE: "The recording is larger than 5 GiB.",
    MediaProblem.TOO_COSTLY: "The recording cannot be decoded at a reasonable cost.",
}


@dataclass(frozen=True, slots=True)
class StoredMedia:
    """A recording that lies in a store; `shared.speech.media.Source`."""

    fetch: Callable[[int, int], bytes]
    size_bytes: int

    def read(self, offset: int, length: int) -> bytes:
        return self.fetch(offset, min(offset + length, self.size_bytes))


class RecordedSpeech:
    """Implements the port `Speech`: it is read once."""

    def __init__(self, media: StoredMedia) -> None:
        self._media = media
        self.duration_ms = 0
        self.partial = False

    def __iter__(self) -> Iterator[Sound]:
        """The stretches.

        Raises:
            RecordingRefused: if it cannot be heard, or not to its end.
        """
        try:
            apart = _is_stereo(self._media) and bool(examine(self._media).speaks_apart)
            with decode(self._media, keep_apart=apart) as decoding:
                yield from find_stretches(decoding, apart=apart)
                recording = decoding.recording
        except MediaRefused as refusal:
            problem = refusal.problem
            raise RecordingRefused(str(problem), _SENTENCES[problem]) from refusal
        self.duration_ms, self.partial = recording.decoded_ms, recording.is_partial


def _is_stereo(media: StoredMedia) -> bool:
    # Most recordings have one channel, and need not be decoded twice to be told what they are.
    with decode(media, keep_apart=True, end_ms=1_000) as beginning:
        return any(block.channel == 1 for block in beginning)


def find_stretches(blocks: Iterable[Block], *, apart: bool = False) -> Iterator[Sound]:
    """The speech in the blocks of one recording, none of it longer than 20 s.

    Args:
        apart: whether each channel holds one voice.
    """
    channels: dict[int, _Channel] = {}
    for block in blocks:
        channel = channels.setdefault(block.channel, _Channel(block.channel if apart else None))
        yield from channel.feed(block.samples)
    for channel in channels.values():
        yield from channel.finish()


class _Channel:
    """Holds the sound of one channel until it is known what of it is speech."""

    def __init__(self, number: int | None) -> None:
        self._number = number
        self._activity = VoiceActivity()
        self._held = np.zeros(0, np.int16)
        self._held_from_ms = 0
        self._open: tuple[int, int] | None = None

    def feed(self, samples: Samples) -> Iterator[Sound]:
        self._held = np.concatenate([self._held, samples])
        yield from self._join(self._activity.feed(samples))
        quiet_until_ms = self._activity.settled_ms - _PAD_MS
        if self._open is not None and quiet_until_ms - self._open[1] > _JOINED_WITHIN_MS:
            yield from self._close()
        self._forget(quiet_until_ms if self._open is None else self._open[0])

    def finish(self) -> Iterator[Sound]:
        yield from self._join(self._activity.finish())
        yield from self._close()

    @property
    def _held_to_ms(self) -> int:
        return self._held_from_ms + len(self._held) // _SAMPLES_PER_MS

    def _join(self, regions: Iterable[Region]) -> Iterator[Sound]:
        for region in regions:
            start_ms = max(region.start_ms - _PAD_MS, self._held_from_ms)
            end_ms = min(region.end_ms + _PAD_MS, self._held_to_ms)
            if self._open is None or not self._goes_on(start_ms, end_ms):
                start_ms = max(start_ms, self._open[1] if self._open else 0)
                yield from self._close()
                self._open = (start_ms, end_ms)
            else:
                self._open = (self._open[0], end_ms)

    def _goes_on(self, start_ms: int, end_ms: int) -> bool:
        assert self._open is not None  # noqa: S101  narrowed by the caller
        joins = start_ms - self._open[1] <= _JOINED_WITHIN_MS
        return joins and end_ms - self._open[0] <= _HELD_MS

    def _close(self) -> Iterator[Sound]:
        if self._open is None:
            return
        (start_ms, end_ms), self._open = self._open, None
        for cut_from, cut_to in _cut(self._samples(start_ms, end_ms)):
            stretch = Stretch(start_ms + cut_from, start_ms + cut_to, self._number)
            yield stretch, self._samples(stretch.start_ms, stretch.end_ms).tobytes()
        self._forget(end_ms)

    def _samples(self, start_ms: int, end_ms: int) -> Samples:
        first = (start_ms - self._held_from_ms) * _SAMPLES_PER_MS
        return self._held[first : (end_ms - self._held_from_ms) * _SAMPLES_PER_MS]

    def _forget(self, until_ms: int) -> None:
        gone_ms = until_ms - self._held_from_ms
        if gone_ms > 0:
            self._held = self._held[gone_ms * _SAMPLES_PER_MS :].copy()
            self._held_from_ms = until_ms


def _cut(samples: Samples) -> Iterator[tuple[int, int]]:
    """Where to cut speech, in ms: the quietest place between 10 and 20 s of what is left."""
    start_ms, end_ms = 0, len(samples) // _SAMPLES_PER_MS
    while end_ms - start_ms > _LONGEST_MS:
        first = (start_ms + _CUT_FROM_MS) * _SAMPLES_PER_MS
        last = min(start_ms + _LONGEST_MS, end_ms) * _SAMPLES_PER_MS
        frames = samples[first:last].astype(np.float32)
        frames = frames[
            : len(frames) // (_FRAME_MS * _SAMPLES_PER_MS) * _FRAME_MS * _SAMPLES_PER_MS
        ]
        energy = np.square(frames).reshape(-1, _FRAME_MS * _SAMPLES_PER_MS).mean(axis=1)
        smooth = np.convolve(energy, np.ones(5), "same")
        cut_ms = start_ms + _CUT_FROM_MS + int(smooth.argmin()) * _FRAME_MS
        yield start_ms, cut_ms
        start_ms = cut_ms
    if end_ms > start_ms:
        yield start_ms, end_ms


class MediaSoundReader:
    """Implements the port `SoundReader` with the shipped networks."""

    def speech(self, read: Callable[[int, int], bytes], size_bytes: int) -> RecordedSpeech:
        """The speech of a recording."""
        return RecordedSpeech(StoredMedia(read, size_bytes))

    def turns(self, speech: Iterator[Sound]) -> list[Turn]:
        """Who speaks when; where each channel holds one voice, that is known already."""
        diarizer = Diarizer()
        apart: list[Turn] = []
        for block in _blocks(speech, apart):
            diarizer.feed(block)
        return apart or [
            Turn(turn.start_ms, turn.end_ms, turn.speaker) for turn in diarizer.finish().turns
        ]


def _blocks(speech: Iterator[Sound], apart: list[Turn]) -> Iterator[Block]:
    """The sound of mixed channels with silence where nobody speaks; `apart` takes the others."""
    at_ms = 0
    for stretch, samples in speech:
        if stretch.channel is not None:
            apart.append(Turn(stretch.start_ms, stretch.end_ms, stretch.channel, stretch.channel))
            continue
        silence = np.zeros((stretch.start_ms - at_ms) * _SAMPLES_PER_MS, np.int16)
        sound = np.concatenate([silence, np.frombuffer(samples, "<i2")])
        for start in range(0, len(sound), RATE_HZ):
            piece = sound[start : start + RATE_HZ]
            yield Block(0, at_ms + start // _SAMPLES_PER_MS, piece)
        at_ms = stretch.end_ms
