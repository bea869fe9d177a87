"""What people record is decoded, whatever it is in."""

import numpy as np
import pytest

from shared.speech.media import (
    Flaw,
    Limits,
    MediaProblem,
    MediaRefused,
    Recording,
    decode,
    examine,
)
from tests.media.making import KINDS, Kind, Stored, record, tone

WAV = KINDS["wav"]


def sound_of(content: bytes, **wanted: object) -> np.ndarray:
    with decode(Stored(content), **wanted) as decoding:
        return np.concatenate([block.samples for block in decoding])


def recording_of(content: bytes) -> Recording:
    with decode(Stored(content)) as decoding:
        for _ in decoding:
            pass
        return decoding.recording


def likeness(found: np.ndarray, expected: np.ndarray) -> float:
    """The greatest correlation within 100 ms; encoders begin with some silence."""
    best = 0.0
    for shift in range(-1_600, 1_601, 1):
        a, b = (found[shift:], expected) if shift >= 0 else (found, expected[-shift:])
        n = min(len(a), len(b), 8_000)
        best = max(best, float(np.corrcoef(a[:n], b[:n])[0, 1]))
    return best


@pytest.mark.parametrize("name", KINDS)
def test_decode_gives_what_was_recorded_in_every_format(name: str) -> None:
    kind = KINDS[name]
    recorded = tone(3.0, kind.rate_hz, kind.channels)
    with decode(Stored(record(kind, recorded))) as decoding:
        blocks = list(decoding)
        found = decoding.recording
    expected = tone(3.0, 16_000, kind.channels).mean(axis=1)
    assert [block.start_ms for block in blocks[:3]] == [0, 1_000, 2_000]
    assert {len(block.samples) for block in blocks[:-1]} == {16_000}
    # FFmpeg's experimental Vorbis encoder turns phases.
    like = 0.7 if kind.encoder == "vorbis" else 0.95
    assert likeness(np.concatenate([block.samples for block in blocks]), expected) > like
    assert abs(found.decoded_ms - 3_000) < 150
    assert (found.sample_rate_hz, found.channels) == (kind.rate_hz, kind.channels)
    assert (found.is_partial, found.flaws) == (False, ())


def test_decode_gives_the_same_samples_for_a_part_as_for_the_whole() -> None:
    content = record(KINDS["webm"], 3.0)
    whole = sound_of(content)
    assert np.array_equal(sound_of(content, start_ms=1_250, end_ms=2_750), whole[20_000:44_000])
    assert np.array_equal(sound_of(content, start_ms=2_000), whole[32_000:])


def test_decode_mixes_down_or_keeps_channels_apart() -> None:
    sound = tone(2.0, 16_000, 2)
    content = record(Kind("wav", "pcm_s16le", 16_000, "stereo"), sound)
    with decode(Stored(content), keep_apart=True) as decoding:
        blocks = list(decoding)
    assert [(b.channel, b.start_ms) for b in blocks] == [(0, 0), (1, 0), (0, 1_000), (1, 1_000)]
    assert np.array_equal(np.concatenate([b.samples for b in blocks[::2]]), sound[:, 0])
    assert np.array_equal(np.concatenate([b.samples for b in blocks[1::2]]), sound[:, 1])
    mixed = sound.astype(int).sum(axis=1) / 2
    assert np.abs(sound_of(content) - mixed).max() <= 1


def test_decode_takes_the_sound_of_a_video_and_skips_its_pictures() -> None:
    stored = Stored(record(KINDS["mp4"], 3.0, picture=True))
    with decode(stored) as decoding:
        samples = sum(len(block.samples) for block in decoding)
    assert abs(samples - 48_000) < 2_000
    assert decoding.recording.is_partial is False


def test_a_video_without_sound_is_told_so() -> None:
    with pytest.raises(MediaRefused) as refused:
        sound_of(record(KINDS["mp4"], 2.0, picture=True, audio=False))
    assert refused.value.problem is MediaProblem.NO_AUDIO


def test_a_recording_that_was_cut_is_partial_and_keeps_what_there_is() -> None:
    content = record(KINDS["m4a, index in front"], 10.0)
    found = recording_of(content[: len(content) // 2])
    assert found.is_partial
    assert 2_000 < found.decoded_ms < 8_000
    assert found.declared_ms is not None
    assert abs(found.declared_ms - 10_000) < 100
    assert Flaw.SHORTER_THAN_DECLARED in found.flaws


def test_a_recording_without_its_index_is_truncated() -> None:
    content = record(KINDS["m4a, index at the end"], 2.0)
    with pytest.raises(MediaRefused) as refused:
        sound_of(content[: len(content) * 3 // 4])
    assert refused.value.problem is MediaProblem.TRUNCATED


@pytest.mark.parametrize(
    ("limits", "problem"),
    [
        (Limits(size_bytes=100), MediaProblem.TOO_LARGE),
        (Limits(duration_ms=1_500), MediaProblem.TOO_LONG),
        (Limits(memory_bytes=90 << 20), MediaProblem.DAMAGED),
        (Limits(silence_s=0.0), MediaProblem.TOO_COSTLY),
    ],
)
def test_decode_stops_at_its_limits(limits: Limits, problem: MediaProblem) -> None:
    with pytest.raises(MediaRefused) as refused:
        sound_of(record(WAV), limits=limits)
    assert refused.value.problem is problem


def test_what_the_store_cannot_give_is_not_held_against_the_recording() -> None:
    class Down(Stored):
        def read(self, offset: int, length: int) -> bytes:
            if offset >= 4_096:
                raise ConnectionError
            return super().read(offset, min(length, 4_096))

    with pytest.raises(ConnectionError):
        list(decode(Down(record(WAV))))


def test_the_child_is_gone_when_a_decoding_is_closed() -> None:
    with decode(Stored(record(WAV, 30.0))) as decoding:
        next(decoding)
    assert list(decoding) == []
    with pytest.raises(RuntimeError):
        _ = decoding.recording


def conversation(kind: Kind, bleed: float) -> bytes:
    """Left speaks in even seconds, right in odd ones."""
    sound = tone(12.0, kind.rate_hz, 2).astype(float)
    odd = (np.arange(len(sound)) // kind.rate_hz % 2).astype(float)
    sound *= np.stack([1 - odd, odd], axis=1)
    sound = sound + bleed * sound[:, ::-1]
    return record(kind, np.round(sound).astype(np.int16))


@pytest.mark.parametrize(("bleed", "apart"), [(0.0, True), (0.1, True), (0.7, False), (1.0, False)])
def test_examine_tells_whether_each_channel_has_its_own_speaker(bleed: float, apart: bool) -> None:
    assert examine(Stored(conversation(WAV, bleed))).speaks_apart is apart


def test_examine_finds_no_speakers_of_their_own_where_a_channel_is_dead() -> None:
    sound = tone(6.0, 44_100, 2)
    sound[:, 1] = 0
    assert examine(Stored(record(WAV, sound))).speaks_apart is False


@pytest.mark.parametrize(
    "messages",
    [
        [(b"o", b"{")],
        [(b"o", b"[]")],
        [(b"x", b'{"code": "a code that nobody knows"}')],
        [(b"?", b"")],
        [(b"o", b'{"channels": 7}'), *[(b"s", bytes(32_001))] * 3],
    ],
)
def test_a_child_that_was_taken_over_can_only_be_refused(
    messages: list[tuple[bytes, bytes]], monkeypatch: pytest.MonkeyPatch
) -> None:
    class TakenOver:
        def __init__(self, *_: object) -> None:
            pass

        def messages(self) -> list[tuple[bytes, bytes]]:
            return messages

        def close(self) -> None:
            pass

    monkeypatch.setattr("shared.speech.media.decoding.Child", TakenOver)
    decoding = decode(Stored(record(WAV)), Limits(duration_ms=2_000))
    with pytest.raises(MediaRefused) as refused:
        list(decoding)
    assert refused.value.problem is MediaProblem.DAMAGED
