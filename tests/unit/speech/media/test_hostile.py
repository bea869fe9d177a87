"""A sample of the hostile files; `make bench BENCH=hostile` has them all."""

from __future__ import annotations

import socket
from itertools import chain
from pathlib import Path

import pytest

from shared.speech.media import Limits, MediaProblem
from tests.bench.hostile import outcome
from tests.media.boxes import Movie, wave
from tests.media.hostile import bombs, every_kind, lying_waves, mutated, no_media, references
from tests.media.making import KINDS, record

_SAMPLE = {
    "24 h of silence in 150 KB": MediaProblem.TOO_LONG,
    "an index of 4 GB, compressed": MediaProblem.TOO_COSTLY,
    "WAV of format 0xff": MediaProblem.DAMAGED,
    "nothing": MediaProblem.NOT_MEDIA,
    "the first bytes of PDF, then noise": MediaProblem.NOT_MEDIA,
    "the first bytes of MP4 alone": MediaProblem.TRUNCATED,
    "the first bytes of Matroska, then noise": MediaProblem.DAMAGED,
}


@pytest.mark.parametrize("name", _SAMPLE)
def test_a_hostile_file_gets_its_code(name: str) -> None:
    files = dict(chain(bombs(), lying_waves(), no_media()))
    found = outcome((name, files[name]))
    assert (found.code, found.told) == (_SAMPLE[name], True)


@pytest.mark.parametrize(
    "content",
    [wave(rate_hz=1), wave(channels=255), Movie(channels=255).content()],
    ids=["1 Hz", "255 channels", "255 channels in MOV"],
)
def test_sound_of_no_possible_shape_is_not_supported(content: bytes) -> None:
    assert outcome(("shape", content)).code == MediaProblem.UNSUPPORTED


def test_nobody_opens_what_a_file_names(tmp_path: Path) -> None:
    secret = tmp_path / "secret.wav"
    secret.write_bytes(record(KINDS["wav"], 7.0))
    with socket.create_server(("127.0.0.1", 0)) as server:
        address = f"127.0.0.1:{server.getsockname()[1]}"
        named = [one for one in references(str(secret), address) if "sound by" in one[0]]
        found = [outcome(one) for one in named]
        server.setblocking(False)
        with pytest.raises(BlockingIOError):
            server.accept()
    assert len(found) == 4
    assert {one.decoded_ms for one in found} == {0}


def test_playlists_are_no_media(tmp_path: Path) -> None:
    named = dict(references(str(tmp_path), "127.0.0.1:9"))
    playlists = [name for name in named if name.endswith(("a file", "an address"))]
    bare = [name for name in playlists if not name.startswith(("sound by", "a "))]
    assert len(bare) == 22
    assert {outcome((name, named[name])).code for name in bare} == {"not_media"}


def test_a_playlist_behind_a_tag_of_music_is_none_either() -> None:
    named = dict(references("/file", "127.0.0.1:9"))
    tagged = [name for name in named if name.startswith(("HLS that", "ffconcat", "DASH"))]
    codes = {outcome((name, named[name])).code for name in tagged if "behind" in name}
    assert codes <= {"truncated", "damaged", "no_audio"}


def test_a_mutation_is_decoded_or_gets_a_code() -> None:
    codes = {"decoded", "partial", *MediaProblem}
    for seed in range(5):
        one = outcome(mutated(seed))
        assert one.code in codes
        assert one.cpu_s <= Limits().cpu_s


def test_there_are_more_than_two_hundred_kinds() -> None:
    kinds = dict(every_kind("/file", "127.0.0.1:9"))
    assert len(kinds) > 200
    assert mutated(1) == mutated(1)
