"""A sample of the hostile files; `make bench BENCH=hostile` has them all."""

from __future__ import annotations

import socket
from itertools import chain
from pathlib import Path

import pytest

from shared.speech.media import Limits, MediaProblem
from tests.bench.hostile import outcome
from tests.media.boxes import Movie, wave
from tests.media.hostile import bombs, every_kind, mutated, no_media, references
from tests.media.making import KINDS, record

_SAMPLE = {
    "24 h of silence in 150 KB": MediaProblem.TOO_LONG,
    "an index of 4 GB, compressed": MediaProblem.TOO_COSTLY,
    "nothing": MediaProblem.NOT_MEDIA,
    "the first bytes of PDF, then noise": MediaProblem.NOT_MEDIA,
    "the first bytes of MP4 alone": MediaProblem.TRUNCATED,
    "the first bytes of Matroska, then noise": MediaProblem.DAMAGED,
}


@pytest.mark.parametrize("name", _SAMPLE)
def test_a_hostile_file_gets_its_code(name: str) -> None:
    files = dict(chain(bombs(), no_media()))
    assert outcome((name, files[name])).code == _SAMPLE[name]


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
    codes = {outcome((name, named[name])).code for name in playlists if "sound by" not in name}
    assert codes <= {"not_media", "truncated", "damaged", "no_audio"}


def test_a_mutation_is_decoded_or_gets_a_code() -> None:
    codes = {"decoded", "partial", *MediaProblem}
    for seed in range(8):
        one = outcome(mutated(seed))
        assert one.code in codes
        assert one.cpu_s <= Limits().cpu_s


def test_there_are_more_than_two_hundred_kinds_and_each_is_made_alike_again() -> None:
    first, second = (dict(every_kind("/file", "127.0.0.1:9")) for _ in range(2))
    assert len(first) > 200
    assert first == second
