"""The ports between a recording and its transcript: who hears speech in it, and who hears words."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Protocol

from shared.domain.recording import Chunk, Stretch, Turn, Word


class Speech(Protocol):
    """The speech of one recording, read once and in order.

    Attributes:
        duration_ms, partial: known when the last stretch was read: how long the sound is, and
            whether it breaks off before its announced end.
    """

    duration_ms: int
    partial: bool

    def __iter__(self) -> Iterator[tuple[Stretch, bytes]]:
        """Stretches with their samples: 16 kHz, mono, 16 bit, little-endian; none over 20 s.

        Raises errors that are not transient for what is no recording that can be heard.
        """


class SoundReader(Protocol):
    """Finds the speech in recordings, and tells voices apart. Memory does not grow with them."""

    def speech(self, read: Callable[[int, int], bytes], size_bytes: int) -> Speech:
        """The speech of a recording.

        Args:
            read: the bytes [start, end) of the recording.
        """

    def turns(self, speech: Iterator[tuple[Stretch, bytes]]) -> list[Turn]:
        """Who speaks when, of all the speech of a recording, in order."""


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What a transcriber is and can do.

    Attributes:
        engine, model, version: what its transcripts are marked with.
        chunk_ms: about how much of a recording it takes at a time.
        tells_voices: whether its words name the voice that said them.
    """

    engine: str
    model: str
    version: str
    chunk_ms: int
    tells_voices: bool = False


class Transcriber(Protocol):
    """Hears words in chunks of recordings.

    A chunk is submitted, polled and fetched in different calls of short functions, which may die
    in between: what holds them together is the handle. Errors that are not transient mean that
    this chunk can never be transcribed.
    """

    @property
    def capabilities(self) -> Capabilities: ...

    def submit(self, chunk: Chunk) -> str:
        """Begins to transcribe a stored chunk, and returns a handle of at most 1,000 characters.

        An engine on this machine only notes what is to be done: its work is in `result`.
        """

    def poll(self, handle: str) -> bool:
        """Whether `result` would answer now.

        Raises:
            TranscriptionLost: nobody knows the handle any more; to be submitted anew.
        """

    def result(self, handle: str, chunk: Chunk) -> list[Word]:
        """The words of the chunk, in order, in the recording's time."""

    def cancel(self, handle: str) -> None:
        """Gives up what was submitted, as far as that is possible, and any copy made for it."""
