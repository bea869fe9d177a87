"""What engines on this machine share: a chunk is heard when its words are fetched."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator

from shared.application.ports import Blobs
from shared.application.speech_ports import Capabilities
from shared.domain.recording import Chunk, Stretch, Word


class LocalTranscriber(ABC):
    """Implements `Transcriber` but for the hearing; a handle is the path of the chunk's samples.

    Args:
        blobs: where chunks lie.
    """

    def __init__(self, blobs: Blobs) -> None:
        self._blobs = blobs

    @property
    @abstractmethod
    def capabilities(self) -> Capabilities:
        """What the engine is and can do."""

    @abstractmethod
    def _words(self, samples: bytes, stretch: Stretch) -> Iterator[Word]:
        """The words of one stretch, in the recording's time.

        Args:
            samples: the stretch's, 16 kHz, mono, 16 bit.
        """

    def submit(self, chunk: Chunk) -> str:
        """Only notes what is to be done."""
        return chunk.path

    def poll(self, handle: str) -> bool:
        """Always: nobody else is at work."""
        return True

    def cancel(self, handle: str) -> None:
        """Nothing was begun."""
        return

    def result(self, handle: str, chunk: Chunk) -> list[Word]:
        """The words of the chunk.

        Raises:
            NotFound: if its samples are gone.
        """
        samples = b"".join(self._blobs.read(handle))
        return [
            word
            for stretch in chunk.stretches
            for word in self._words(chunk.part(samples, stretch), stretch)
        ]
