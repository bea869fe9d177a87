"""Google Speech-to-Text v2, from storage to storage: batchRecognize.

A chunk lies in the bucket as FLAC, the answer is written beside it, and what stands in between is
the name of a long-running operation. Sources: cloud.google.com/speech-to-text/v2/docs,
"batch-recognize" and the reference of `BatchRecognizeRequest`.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from importlib.metadata import version
from io import BytesIO
from typing import TYPE_CHECKING, Any

from google.api_core import exceptions

from shared.application.ports import Blobs
from shared.application.speech_ports import Capabilities
from shared.domain.errors import TranscriptionFailed, TranscriptionLost
from shared.domain.recording import Chunk, Word

from .failures import TRANSIENT, unavailable

if TYPE_CHECKING:
    from google.cloud.speech_v2 import SpeechClient

_SERVICE = "Speech-to-Text"
# Batch recognition takes up to an hour with every model; less is lost when one has to be repeated.
_CHUNK_MS = 15 * 60_000
_CALL_TIMEOUT_S = 60.0
# google.rpc.Code of what may go through when it is asked for anew.
_AGAIN = frozenset({1, 2, 4, 8, 10, 13, 14})


@dataclass(frozen=True, slots=True)
class SpeechSettings:
    """What is asked of which recogniser.

    Attributes:
        location: where recordings are heard; `global` or a region.
        bucket: that chunks lie in and answers are written to.
        language: BCP 47.
    """

    project: str
    location: str
    bucket: str
    model: str
    language: str

    @property
    def recognizer(self) -> str:
        """The one that is not stored: all that it is told stands in the request."""
        return f"projects/{self.project}/locations/{self.location}/recognizers/_"

    @property
    def address(self) -> str:
        """Where the service answers for the location."""
        prefix = "" if self.location == "global" else f"{self.location}-"
        return f"{prefix}speech.googleapis.com"


class SpeechToText:
    """Hears words at Google.

    Args:
        blobs: the bucket that `settings` names.
        client: for tests; by default one for the location, made with the first call.
    """

    def __init__(
        self, blobs: Blobs, settings: SpeechSettings, client: SpeechClient | None = None
    ) -> None:
        self._blobs = blobs
        self._settings = settings
        if client is not None:
            self._client = client

    @cached_property
    def capabilities(self) -> Capabilities:
        engine, release = "google-speech-v2", version("google-cloud-speech")
        return Capabilities(engine, self._settings.model, release, _CHUNK_MS)

    @cached_property
    def _client(self) -> SpeechClient:
        from google.api_core.client_options import ClientOptions
        from google.cloud.speech_v2 import SpeechClient

        return SpeechClient(client_options=ClientOptions(api_endpoint=self._settings.address))

    def submit(self, chunk: Chunk) -> str:
        """Stores the chunk as FLAC and begins to have it recognised; the operation's name.

        Raises:
            Unavailable: too many requests, or not there just now.
            TranscriptionFailed: the service does not take it.
        """
        path = f"{chunk.path}.flac"
        samples = b"".join(self._blobs.read(chunk.path))
        with self._blobs.create(path, content_type="audio/flac") as writer:
            writer.write(to_flac(samples))
            writer.commit()
        try:
            operation = self._client.batch_recognize(
                self._request(path), timeout=_CALL_TIMEOUT_S, retry=None
            )
        except TRANSIENT as error:
            raise unavailable(_SERVICE) from error
        except (exceptions.InvalidArgument, exceptions.NotFound) as error:
            raise TranscriptionFailed(
                "Speech-to-Text does not take the recording, its model or its language."
            ) from error
        return str(operation.operation.name)

    def _request(self, path: str) -> Any:
        from google.cloud import speech_v2 as v2

        settings, root = self._settings, f"gs://{self._settings.bucket}/"
        return v2.BatchRecognizeRequest(
            recognizer=settings.recognizer,
            config=v2.RecognitionConfig(
                auto_decoding_config=v2.AutoDetectDecodingConfig(),
                model=settings.model,
                language_codes=[settings.language],
                features=v2.RecognitionFeatures(
                    enable_word_time_offsets=True,
                    enable_word_confidence=True,
                    enable_automatic_punctuation=True,
                ),
            ),
            files=[v2.BatchRecognizeFileMetadata(uri=root + path)],
            recognition_output_config=v2.RecognitionOutputConfig(
                gcs_output_config=v2.GcsOutputConfig(uri=f"{root}{path}.answer/")
            ),
        )

    def poll(self, handle: str) -> bool:
        """Whether the operation is done.

        Raises:
            Unavailable: too many requests, or not there just now.
            TranscriptionLost: the operation is not known, or it failed in a way that may pass.
            TranscriptionFailed: it failed for good.
        """
        operation = self._operation(handle)
        if operation.done:
            self._answer_path(operation)
        return bool(operation.done)

    def result(self, handle: str, chunk: Chunk) -> list[Word]:
        """The words of the chunk, as the service wrote them beside it."""
        path = self._answer_path(self._operation(handle))
        answer = json.loads(b"".join(self._blobs.read(path)))
        return list(_words(answer, chunk.start_ms))

    def cancel(self, handle: str) -> None:
        """Asks for an end of the operation, as far as it has not ended.

        Raises:
            Unavailable: too many requests, or not there just now.
        """
        operations = self._client.transport.operations_client
        try:
            operations.cancel_operation(handle, timeout=_CALL_TIMEOUT_S, retry=None)
        except (
            exceptions.NotFound,
            exceptions.FailedPrecondition,
            exceptions.MethodNotImplemented,
        ):
            return
        except TRANSIENT as error:
            raise unavailable(_SERVICE) from error

    def _operation(self, handle: str) -> Any:
        operations = self._client.transport.operations_client
        try:
            return operations.get_operation(handle, timeout=_CALL_TIMEOUT_S, retry=None)
        except exceptions.NotFound as error:
            raise TranscriptionLost("Speech-to-Text does not know the operation.") from error
        except TRANSIENT as error:
            raise unavailable(_SERVICE) from error

    def _answer_path(self, operation: Any) -> str:
        from google.cloud import speech_v2 as v2

        if operation.HasField("error"):
            _refuse(operation.error.code)
        response = v2.BatchRecognizeResponse.deserialize(operation.response.value)
        for found in response.results.values():
            if found.error.code:
                _refuse(found.error.code)
            return str(found.cloud_storage_result.uri).removeprefix(
                f"gs://{self._settings.bucket}/"
            )
        raise TranscriptionLost("Speech-to-Text has answered without a result.")


def _refuse(code: int) -> None:
    if code in _AGAIN:
        raise TranscriptionLost(f"Speech-to-Text has not finished: google.rpc.Code {code}.")
    raise TranscriptionFailed(
        f"Speech-to-Text cannot transcribe this recording: google.rpc.Code {code}."
    )


def _words(answer: Mapping[str, Any], start_ms: int) -> Iterator[Word]:
    for result in answer.get("results", ()):
        best: Mapping[str, Any] = next(iter(result.get("alternatives", ())), {})
        # 0 stands for "not told" in the service's messages.
        overall = best.get("confidence") or None
        if best.get("transcript", "").strip() and not best.get("words"):
            raise TranscriptionFailed(
                "This model of Speech-to-Text tells no times of words; another has to be set."
            )
        for word in best.get("words", ()):
            first, last = _milliseconds(word, "startOffset"), _milliseconds(word, "endOffset")
            confidence = word.get("confidence") or overall
            yield Word(word["word"], start_ms + first, start_ms + last, confidence)


def _milliseconds(word: Mapping[str, Any], name: str) -> int:
    # Durations in proto3's JSON: "1.500s"; a field of 0 is left out.
    return round(float(str(word.get(name, "0s")).removesuffix("s")) * 1_000)


def to_flac(samples: bytes) -> bytes:
    """16 kHz, mono, 16 bit samples, without loss in about half the bytes."""
    import av
    import numpy as np

    sound = np.frombuffer(samples, dtype="<i2")
    encoded = BytesIO()
    with av.open(encoded, "w", format="flac") as container:
        stream = container.add_stream("flac", rate=16_000, layout="mono")
        frame = av.AudioFrame.from_ndarray(sound.reshape(1, -1), format="s16", layout="mono")
        frame.sample_rate = 16_000
        fifo = av.AudioFifo()
        fifo.write(frame)
        while (piece := fifo.read(4_096)) or (piece := fifo.read()):
            container.mux(stream.encode(piece))
        container.mux(stream.encode(None))
    return encoded.getvalue()
