"""Speech-to-Text: from storage to storage, resumed by an operation's name."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO

import av
import grpc
import numpy as np
import pytest

from shared.adapters.google.speech import SpeechSettings, SpeechToText
from shared.domain.errors import TranscriptionFailed, TranscriptionLost, Unavailable
from shared.domain.recording import Chunk, Stretch, Word
from tests.speech_server import SpeechServer, serving
from tests.world import MemoryBlobs

SETTINGS = SpeechSettings("p", "eu", "transcripts", "chirp_2", "en-US")
PATH = "ada/s1/up1/speech/00000.pcm"
CHUNK = Chunk(0, PATH, 5_000, (Stretch(5_000, 7_000),))
ANSWER = {
    "results": [
        {
            "alternatives": [
                {
                    "transcript": "I was sad.",
                    "confidence": 0.9,
                    "words": [
                        {"endOffset": "0.300s", "word": "I", "confidence": 0.97},
                        {"startOffset": "0.300s", "endOffset": "0.6s", "word": "was"},
                        {"startOffset": "0.6s", "endOffset": "1.25s", "word": "sad."},
                    ],
                }
            ]
        },
        {"resultEndOffset": "2s"},
    ]
}


@pytest.fixture
def blobs() -> MemoryBlobs:
    blobs = MemoryBlobs()
    sound = (np.sin(np.arange(32_000) / 9) * 9_000).astype("<i2")
    store(blobs, PATH, sound.tobytes())
    return blobs


def store(blobs: MemoryBlobs, path: str, content: bytes) -> None:
    with blobs.create(path, content_type="x/y") as writer:
        writer.write(content)
        writer.commit()


@pytest.fixture
def server(blobs: MemoryBlobs) -> SpeechServer:
    def write(uri: str, content: bytes) -> None:
        store(blobs, uri.removeprefix("gs://transcripts/"), content)

    return SpeechServer(write, ANSWER)


@pytest.fixture
def engine(blobs: MemoryBlobs, server: SpeechServer) -> Iterator[SpeechToText]:
    with serving(server) as client:
        yield SpeechToText(blobs, SETTINGS, client)


def test_words_come_with_times_of_the_recording(engine: SpeechToText) -> None:
    handle = engine.submit(CHUNK)
    assert engine.poll(handle)
    assert engine.result(handle, CHUNK) == [
        Word("I", 5_000, 5_300, 0.97),
        Word("was", 5_300, 5_600, 0.9),
        Word("sad.", 5_600, 6_250, 0.9),
    ]


def test_chunk_is_sent_from_storage_without_loss(
    engine: SpeechToText, server: SpeechServer, blobs: MemoryBlobs
) -> None:
    engine.submit(CHUNK)
    (request,) = server.requests
    assert request.recognizer == "projects/p/locations/eu/recognizers/_"
    assert (request.config.model, list(request.config.language_codes)) == ("chirp_2", ["en-US"])
    assert request.config.features.enable_word_time_offsets
    path = request.files[0].uri.removeprefix("gs://transcripts/")
    answers = request.recognition_output_config.gcs_output_config.uri
    # Whatever lies between recording and transcript has the prefix by which it is erased.
    assert all(each.removeprefix("gs://transcripts/").startswith(PATH) for each in (path, answers))
    with av.open(BytesIO(b"".join(blobs.read(path)))) as container:
        assert container.streams.audio[0].rate == 16_000
        decoded = np.concatenate([f.to_ndarray().ravel() for f in container.decode(audio=0)])
    assert decoded.astype("<i2").tobytes() == b"".join(blobs.read(PATH))


def test_another_process_goes_on_by_the_operations_name(
    engine: SpeechToText, server: SpeechServer, blobs: MemoryBlobs
) -> None:
    server.polls = 2
    handle = engine.submit(CHUNK)
    assert not engine.poll(handle)
    with serving(server) as client:
        other = SpeechToText(blobs, SETTINGS, client)
        assert [other.poll(handle), other.poll(handle)] == [False, True]
        assert len(other.result(handle, CHUNK)) == 3


@pytest.mark.parametrize(
    "status",
    [
        grpc.StatusCode.RESOURCE_EXHAUSTED,
        grpc.StatusCode.UNAVAILABLE,
        grpc.StatusCode.INTERNAL,
        grpc.StatusCode.DEADLINE_EXCEEDED,
    ],
)
def test_busy_service_is_asked_again_later(
    engine: SpeechToText, server: SpeechServer, status: grpc.StatusCode
) -> None:
    server.refuse = [status]
    with pytest.raises(Unavailable):
        engine.submit(CHUNK)
    handle = engine.submit(CHUNK)
    server.refuse = [status]
    with pytest.raises(Unavailable):
        engine.poll(handle)
    assert engine.poll(handle)


def test_forgotten_operation_is_lost(engine: SpeechToText) -> None:
    with pytest.raises(TranscriptionLost):
        engine.poll("projects/p/locations/eu/operations/gone")


@pytest.mark.parametrize("status", [grpc.StatusCode.INVALID_ARGUMENT, grpc.StatusCode.NOT_FOUND])
def test_request_that_is_never_taken_fails_for_good(
    engine: SpeechToText, server: SpeechServer, status: grpc.StatusCode
) -> None:
    server.refuse = [status]
    with pytest.raises(TranscriptionFailed):
        engine.submit(CHUNK)


@pytest.mark.parametrize("where", ["file_error", "operation_error"])
@pytest.mark.parametrize(
    ("code", "error"),
    [
        (3, TranscriptionFailed),
        (5, TranscriptionFailed),
        (8, TranscriptionLost),
        (14, TranscriptionLost),
    ],
)
def test_error_of_a_file_is_final_or_worth_another_try(
    engine: SpeechToText, server: SpeechServer, where: str, code: int, error: type[Exception]
) -> None:
    setattr(server, where, code)
    handle = engine.submit(CHUNK)
    with pytest.raises(error):
        engine.poll(handle)


def test_cancelling_what_is_gone_is_no_error(engine: SpeechToText, server: SpeechServer) -> None:
    handle = engine.submit(CHUNK)
    engine.cancel(handle)
    engine.cancel("projects/p/locations/eu/operations/gone")
    assert server.cancelled == [handle]


def test_model_without_times_of_words_is_refused(
    engine: SpeechToText, server: SpeechServer
) -> None:
    server.answer = {"results": [{"alternatives": [{"transcript": "I was sad."}]}]}
    handle = engine.submit(CHUNK)
    assert engine.poll(handle)
    with pytest.raises(TranscriptionFailed):
        engine.result(handle, CHUNK)


@pytest.mark.parametrize(
    ("location", "address"),
    [("global", "speech.googleapis.com"), ("eu", "eu-speech.googleapis.com")],
)
def test_service_answers_in_its_location(location: str, address: str) -> None:
    assert SpeechSettings("p", location, "b", "m", "en-US").address == address
