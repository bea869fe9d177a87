"""Who speaks when, heard from a recording of two readers and from sounds that nobody made."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from shared.speech.media import Block, decode
from shared.speech.speakers import VoiceActivity, find_speech, tell_speakers
from shared.speech.speakers.clustering import cluster
from shared.speech.speakers.path import smoothest_path
from tests.media.making import Stored
from tests.media.scoring import score

RECORDED = Path(__file__).parents[3] / "recorded" / "two_readers.ogg"
TRUTH = [
    (273, 1463, "2609"),
    (2168, 2948, "2033"),
    (4308, 6368, "2033"),
    (6798, 8078, "2033"),
    (8478, 10338, "2033"),
    (11555, 14675, "2609"),
    (15144, 16304, "2033"),
    (17117, 18837, "2609"),
    (19467, 20987, "2609"),
    (21797, 22327, "2609"),
    (22667, 23537, "2609"),
    (24497, 25500, "2609"),
]


@lru_cache(maxsize=1)
def readers() -> np.ndarray:
    with decode(Stored(RECORDED.read_bytes())) as decoding:
        return np.concatenate([block.samples for block in decoding])


def blocks(*channels: np.ndarray, step: int = 16_000) -> Iterator[Block]:
    for start in range(0, len(channels[0]), step):
        for channel, samples in enumerate(channels):
            yield Block(channel, start // 16, samples[start : start + step])


def noise(seconds: float, level: float = 300.0) -> np.ndarray:
    made = np.random.default_rng(7).standard_normal(round(seconds * 16_000)) * level
    return made.astype(np.int16)


def error(sound: Iterator[Block], speakers: int | None = None) -> float:
    found = tell_speakers(sound, speakers).turns
    return score(TRUTH, [(turn.start_ms, turn.end_ms, turn.speaker) for turn in found]).error


def test_two_readers_are_told_apart() -> None:
    found = tell_speakers(blocks(readers()))
    assert found.speakers == 2
    assert error(blocks(readers())) < 0.03
    assert [turn.speaker for turn in found.turns][:2] == [0, 1]
    assert all(0.5 < turn.confidence <= 1 for turn in found.turns)
    assert all(a.end_ms <= b.start_ms for a, b in pairwise(found.turns))


def test_one_reader_is_one_speaker() -> None:
    found = tell_speakers(blocks(readers()[4 * 16_000 : 11 * 16_000]))
    assert found.speakers == 1
    assert {turn.confidence for turn in found.turns} == {1.0}


def test_as_many_speakers_are_told_apart_as_are_asked_for() -> None:
    assert tell_speakers(blocks(readers()), 1).speakers == 1
    with pytest.raises(ValueError, match="1 to 6"):
        tell_speakers(blocks(readers()), 7)


def test_turns_do_not_depend_on_how_the_sound_was_cut() -> None:
    assert tell_speakers(blocks(readers(), step=4_000)) == tell_speakers(blocks(readers()))


def test_a_channel_of_their_own_tells_speakers_and_what_it_overhears_is_dropped() -> None:
    sound = readers().astype(float)
    at = np.arange(len(sound)) / 16
    left = np.zeros(len(sound))
    for start_ms, end_ms, speaker in TRUTH:
        if speaker == "2609":
            left[(at >= start_ms - 100) & (at < end_ms + 100)] = 1
    both = [sound * (side + 0.1 * (1 - side)) for side in (left, 1 - left)]
    found = tell_speakers(blocks(*(side.astype(np.int16) for side in both)))
    assert found.speakers == 2
    assert all(turn.channel == turn.speaker for turn in found.turns)
    assert error(blocks(*(side.astype(np.int16) for side in both))) < 0.05


@pytest.mark.parametrize("sound", [np.zeros(80_000, np.int16), noise(5.0), noise(0.01)])
def test_nobody_is_found_where_nobody_speaks(sound: np.ndarray) -> None:
    found = tell_speakers(blocks(sound))
    assert (found.turns, found.speakers) == ((), 0)


def test_no_blocks_are_no_turns() -> None:
    assert tell_speakers([]).turns == ()


def test_find_speech_gives_regions_in_order_between_the_silences() -> None:
    found = list(find_speech(blocks(readers())))
    assert all(a.end_ms <= b.start_ms for a, b in pairwise(found))
    assert all(250 <= one.end_ms - one.start_ms <= 20_000 for one in found)
    spans = [(one.start_ms, one.end_ms, "anyone") for one in found]
    truth = [(start_ms, end_ms, "anyone") for start_ms, end_ms, _ in TRUTH]
    assert score(truth, spans).error < 0.05


def test_speech_without_end_is_handed_out_in_pieces() -> None:
    activity = VoiceActivity()
    voice = readers()[4_400 * 16 : 6_300 * 16]
    found = []
    for _ in range(25):
        found += activity.feed(voice)
        assert activity.settled_ms >= sum(one.end_ms - one.start_ms for one in found) - 1_000
    found += activity.finish()
    assert max(one.end_ms - one.start_ms for one in found) <= 20_100
    assert sum(one.end_ms - one.start_ms for one in found) > 40_000


def apart(*counts: int) -> np.ndarray:
    """Vectors around axes of their own, as many as told, one voice after the other."""
    rng = np.random.default_rng(3)
    made = np.concatenate(
        [
            np.eye(256)[voice] + 0.04 * rng.standard_normal((count, 256))
            for voice, count in enumerate(counts)
        ]
    )
    return (made / np.linalg.norm(made, axis=1, keepdims=True)).astype(np.float32)


@pytest.mark.parametrize("counts", [(40,), (30, 20), (20, 9, 30), (9,) * 6, (700, 900)])
def test_cluster_finds_as_many_voices_as_there_are(counts: tuple[int, ...]) -> None:
    expected = np.repeat(np.arange(len(counts)), counts)
    found = cluster(apart(*counts))
    # Beyond 800 windows neighbours in time are taken together, and one pair is of both voices.
    assert (found != expected).sum() <= (1 if sum(counts) > 800 else 0)


def test_cluster_gives_stray_windows_and_a_seventh_voice_to_others() -> None:
    assert cluster(apart(30, 3)).max() == 0
    assert cluster(apart(30, 29, 28, 27, 26, 25, 8)).max() == 5


def test_cluster_stops_at_the_number_that_is_known() -> None:
    assert cluster(apart(20, 20, 20), 2).max() == 1


def test_a_path_follows_the_likelier_speaker_and_not_every_doubt() -> None:
    near = np.zeros((40, 2), np.float32)
    near[:20, 0] = near[20:, 1] = 6.0
    near[10] = [0.0, 4.0]
    assert smoothest_path(near, np.zeros(40, bool)).tolist() == [0] * 20 + [1] * 20


def test_a_path_turns_sooner_after_a_silence() -> None:
    near = np.zeros((21, 2), np.float32)
    near[:10, 0] = near[13:, 0] = 3.0
    near[10:13, 1] = 2.0
    silence = np.zeros(21, bool)
    assert set(smoothest_path(near, silence).tolist()) == {0}
    silence[[10, 13]] = True
    assert smoothest_path(near, silence).tolist()[10:13] == [1, 1, 1]
