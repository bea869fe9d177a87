"""faster-whisper, with a model that knows nothing: what it makes up must not be believed."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from shared.adapters.embedded.whisper import WhisperTranscriber
from shared.domain.errors import NotFound
from shared.domain.recording import Chunk, Stretch
from tests.world import MemoryBlobs

pytest.importorskip("faster_whisper", reason="the extra `whisper` is not installed")

CHUNK = Chunk(0, "a/s/u/speech/00000.pcm", 1_000, (Stretch(1_000, 4_000), Stretch(4_500, 6_000)))


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    from tests.unit.adapters.embedded.whisper_model import make_model

    return make_model(tmp_path_factory.mktemp("whisper") / "tiny-random")


@pytest.fixture
def blobs() -> MemoryBlobs:
    blobs = MemoryBlobs()
    noise = np.random.default_rng(0).standard_normal(5_000 * 16) * 3_000
    with blobs.create(CHUNK.path, content_type="audio/L16") as writer:
        writer.write(noise.astype("<i2").tobytes())
        writer.commit()
    return blobs


def test_model_of_the_operators_folder_is_read_and_named(model: Path, blobs: MemoryBlobs) -> None:
    engine = WhisperTranscriber(blobs, model, "en-US")
    assert engine.poll(engine.submit(CHUNK))
    assert (engine.capabilities.engine, engine.capabilities.model) == (
        "faster-whisper",
        "tiny-random",
    )
    first, again = (engine.result(CHUNK.path, CHUNK) for _ in range(2))
    assert first == again


def test_what_it_makes_up_is_not_believed_and_lies_within_the_speech(
    model: Path, blobs: MemoryBlobs
) -> None:
    words = WhisperTranscriber(blobs, model, "en-US").result(CHUNK.path, CHUNK)
    assert all(word.confidence == 0.0 for word in words)
    assert all(word.start_ms >= 1_000 and word.end_ms <= 6_000 for word in words)


def test_missing_folder_is_an_error_and_nothing_is_downloaded(
    tmp_path: Path, blobs: MemoryBlobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    engine = WhisperTranscriber(blobs, tmp_path / "none", "en-US")
    with pytest.raises(Exception, match=r"none|offline|not found|cannot"):
        engine.result(CHUNK.path, CHUNK)


def test_chunk_that_is_gone_is_not_found(model: Path) -> None:
    with pytest.raises(NotFound):
        WhisperTranscriber(MemoryBlobs(), model, "en-US").result(CHUNK.path, CHUNK)
