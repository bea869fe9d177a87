"""Speech is cut out of sound without losing any, with bounded memory, channel by channel."""

from __future__ import annotations

import itertools
from pathlib import Path

import numpy as np
import pytest

from shared.domain.errors import RecordingRefused
from shared.speech import hearing
from shared.speech.hearing import MediaSoundReader, find_stretches
from shared.speech.media import Block

RECORDING = Path(__file__).parents[2] / "media" / "three_utterances.ogg"


def read(content: bytes):
    return MediaSoundReader().speech(lambda start, end: content[start:end], len(content))


def test_utterances_are_found_with_their_sound() -> None:
    speech = read(RECORDING.read_bytes())
    found = list(speech)
    assert [round(stretch.start_ms / 1_000) for stretch, _ in found] == [0, 5, 11]
    assert all(len(s) == 32 * (each.end_ms - each.start_ms) for each, s in found)
    assert all(stretch.channel is None for stretch, _ in found)
    assert (speech.duration_ms, speech.partial) == (12_465, False)


@pytest.mark.parametrize("content", [b"words, no sound", b"RIFF\x24\0\0\0WAVEfmt "])
def test_what_is_no_recording_is_refused_with_a_reason_and_a_sentence(content: bytes) -> None:
    with pytest.raises(RecordingRefused) as refused:
        list(read(content))
    assert refused.value.reason
    assert refused.value.message.endswith(".")


class EndlessSpeech:
    """A voice that never pauses, told in regions of at most 20 s that follow one another."""

    def __init__(self, channel: int = 0) -> None:
        self._told_ms = self._heard_ms = 0

    @property
    def settled_ms(self) -> int:
        return self._told_ms

    def feed(self, samples):
        self._heard_ms += len(samples) // 16
        if self._heard_ms - self._told_ms < 20_000:
            return []
        region = hearing.Region(0, self._told_ms, self._heard_ms, 1.0)
        self._told_ms = self._heard_ms
        return [region]

    def finish(self):
        return []


def test_endless_speech_is_cut_and_none_of_it_is_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hearing, "VoiceActivity", EndlessSpeech)
    noise = np.random.default_rng(3).integers(-9_000, 9_000, 200 * 16_000).astype(np.int16)
    blocks = [Block(0, at * 1_000, noise[at * 16_000 :][:16_000]) for at in range(200)]
    found = list(find_stretches(blocks))
    assert max(stretch.end_ms - stretch.start_ms for stretch, _ in found) <= 20_000
    assert found[0][0].start_ms == 0
    assert found[-1][0].end_ms >= 180_000
    assert all(a.end_ms == b.start_ms for (a, _), (b, _) in itertools.pairwise(found))
    heard = np.frombuffer(b"".join(samples for _, samples in found), np.int16)
    assert np.array_equal(heard, noise[: len(heard)])


def test_each_channel_keeps_its_voice() -> None:
    (_first, samples), *_ = read(RECORDING.read_bytes())
    sound = np.frombuffer(samples, np.int16)
    blocks = [
        Block(channel, at * 1_000, piece if channel == at // 4 % 2 else np.zeros_like(piece))
        for at in range(2)
        for piece in [sound[at * 16_000 :][:16_000]]
        for channel in (0, 1)
    ]
    found = list(find_stretches(blocks, apart=True))
    assert {stretch.channel for stretch, _ in found} == {0}
    turns = MediaSoundReader().turns(iter(found))
    assert [(turn.voice, turn.channel) for turn in turns] == [(0, 0)] * len(found)


def test_turns_of_mixed_voices_come_in_order() -> None:
    turns = MediaSoundReader().turns(iter(read(RECORDING.read_bytes())))
    assert turns
    assert turns[0].voice == 0
    assert all(a.start_ms <= b.start_ms for a, b in itertools.pairwise(turns))
