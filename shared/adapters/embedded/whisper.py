"""faster-whisper: for whoever has a model and wants better words than pocketsphinx's.

Nothing is ever downloaded: the operator names a folder with a CTranslate2 model
(github.com/SYSTRAN/faster-whisper, "Model conversion"). Whisper makes text up where it hears
nothing clear; `shared.speech.hallucination` says what is not to be believed.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from shared.application.ports import Blobs
from shared.application.speech_ports import Capabilities
from shared.domain.recording import Stretch, Word
from shared.speech.hallucination import Generated, is_doubtful, is_silence

from .local_transcriber import LocalTranscriber

if TYPE_CHECKING:
    from faster_whisper import WhisperModel

_CHUNK_MS: Final = 60_000
# The same sound gives the same words: no sampling, and nothing carried over from before.
_DECODING: Final[dict[str, Any]] = {
    "beam_size": 5,
    "temperature": 0.0,
    "condition_on_previous_text": False,
    "word_timestamps": True,
    # What is doubtful is marked, not left out, so that people see where something was said.
    "log_prob_threshold": None,
    "no_speech_threshold": None,
    "compression_ratio_threshold": None,
}


class WhisperTranscriber(LocalTranscriber):
    """Hears words on this machine; one model per process.

    Args:
        blobs: where chunks lie.
        model_dir: a CTranslate2 model with its tokenizer.
        language: BCP 47; Whisper takes its first part.
    """

    def __init__(self, blobs: Blobs, model_dir: Path, language: str) -> None:
        super().__init__(blobs)
        self._model_dir = model_dir
        self._language = language.split("-")[0].lower()

    @cached_property
    def capabilities(self) -> Capabilities:
        name = self._model_dir.resolve().name
        return Capabilities("faster-whisper", name, version("faster-whisper"), _CHUNK_MS)

    def _words(self, samples: bytes, stretch: Stretch) -> Iterator[Word]:
        sound = np.frombuffer(samples, dtype="<i2").astype(np.float32) / 32_768
        segments, _ = self._model.transcribe(sound, language=self._language, **_DECODING)
        for segment in segments:
            yield from _believed(segment, stretch)

    @cached_property
    def _model(self) -> WhisperModel:
        from faster_whisper import WhisperModel

        folder = str(self._model_dir)
        # One thread each: the pipeline has a process for every core.
        return WhisperModel(folder, device="cpu", cpu_threads=1, local_files_only=True)


def _believed(segment: Any, stretch: Stretch) -> Iterator[Word]:
    words = [word for word in segment.words or () if word.word.strip()]
    text = Generated(
        words=tuple(word.word.strip() for word in words),
        duration_s=segment.end - segment.start,
        no_speech=segment.no_speech_prob,
        log_probability=segment.avg_logprob,
        compression=segment.compression_ratio,
    )
    if is_silence(text):
        return
    doubtful = is_doubtful(text)
    for word in words:
        yield Word(
            text=word.word.strip(),
            start_ms=stretch.start_ms + round(word.start * 1_000),
            end_ms=min(stretch.end_ms, stretch.start_ms + round(word.end * 1_000)),
            confidence=0.0 if doubtful else round(float(word.probability), 3),
        )
