"""A recording is text here: each line is a stretch, `voice|words`, ten seconds long."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from shared.application.speech_ports import Capabilities
from shared.domain.errors import TranscriptionFailed, TranscriptionLost
from shared.domain.recording import Chunk, Stretch, Turn, Word

LINE_MS = 10_000
BYTES_PER_MS = 32


class LineSpeech:
    partial = False

    def __init__(self, lines: list[bytes]) -> None:
        self._lines = lines
        self.duration_ms = 0

    def __iter__(self) -> Iterator[tuple[Stretch, bytes]]:
        for number, line in enumerate(self._lines):
            start_ms = number * LINE_MS
            samples = line.ljust((LINE_MS - 1_000) * BYTES_PER_MS, b"\0")
            yield Stretch(start_ms, start_ms + LINE_MS - 1_000), samples
        self.duration_ms = len(self._lines) * LINE_MS


class LineSound:
    """`noise` cannot be heard at all."""

    def speech(self, read: Callable[[int, int], bytes], size_bytes: int) -> LineSpeech:
        content = read(0, size_bytes)
        if content == b"noise":
            raise TranscriptionFailed("The file holds no recording.")
        return LineSpeech(content.splitlines())

    def turns(self, speech: Iterator[tuple[Stretch, bytes]]) -> list[Turn]:
        return [
            Turn(stretch.start_ms, stretch.end_ms, int(samples[:1])) for stretch, samples in speech
        ]


@dataclass
class LineTranscriber:
    """Words of the lines; those in capitals were heard poorly, and `?` cannot be transcribed.

    Attributes:
        polls: how often it answers that it is at work before there is a result.
        forgets: how many handles it forgets.
    """

    blobs: object
    polls: int = 0
    forgets: int = 0
    chunk_ms: int = 20_000
    submitted: list[str] = field(default_factory=list)
    cancelled: list[str] = field(default_factory=list)
    asked: dict[str, int] = field(default_factory=dict)

    @property
    def capabilities(self) -> Capabilities:
        return Capabilities("scripted", "lines", "1", self.chunk_ms)

    def submit(self, chunk: Chunk) -> str:
        handle = f"{chunk.number}/{len(self.submitted)}"
        self.submitted.append(handle)
        return handle

    def poll(self, handle: str) -> bool:
        if self.forgets:
            self.forgets -= 1
            raise TranscriptionLost("It is gone.")
        self.asked[handle] = self.asked.get(handle, 0) + 1
        return self.asked[handle] > self.polls

    def cancel(self, handle: str) -> None:
        self.cancelled.append(handle)

    def result(self, handle: str, chunk: Chunk) -> list[Word]:
        samples = b"".join(self.blobs.read(chunk.path))
        return [word for stretch in chunk.stretches for word in _words(samples, chunk, stretch)]


def _words(samples: bytes, chunk: Chunk, stretch: Stretch) -> Iterator[Word]:
    start = (stretch.start_ms - chunk.start_ms) * BYTES_PER_MS
    end = (stretch.end_ms - chunk.start_ms) * BYTES_PER_MS
    line = samples[start:end].rstrip(b"\0").decode().partition("|")[2]
    if line == "?":
        raise TranscriptionFailed("The engine refuses it.")
    for at, text in enumerate(line.split()):
        at_ms = stretch.start_ms + 500 * at
        yield Word(text.lower(), at_ms, at_ms + 400, 0.2 if text.isupper() else 0.95)
