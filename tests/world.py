"""A whole world for use cases: real documents, blobs and tasks in memory, time in our hands.

Tasks are delivered when a test says so, in the order it says, as often as it says; so every
interleaving of the pipeline can be played.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import Any

from shared.adapters.embedded.documents import SqliteDocuments
from shared.application.analyze_window import analyze_window
from shared.application.assemble_transcript import assemble_transcript
from shared.application.ports import BlobInfo, PushMessage
from shared.application.prepare_recording import prepare_recording
from shared.application.purge_session import purge_session
from shared.application.receive_upload import receive_upload
from shared.application.record_dead_letter import record_dead_letter
from shared.application.tell_voices import tell_voices
from shared.application.transcribe_chunk import transcribe_chunk
from shared.domain.elements import (
    ActionItem,
    Elements,
    Emotion,
    Evidence,
    Insight,
    Provenance,
    Topic,
    element_id,
)
from shared.domain.errors import AlreadyExists, NotFound, TranscriptUnreadable
from shared.domain.transcript import Role, Segment, Speaker, Timing, Transcript
from shared.domain.window import Window

PROVENANCE = Provenance("scripted", "words", "1")


class LineReader:
    """`Name: words` a line, one segment each, ten seconds apart; `!` alone cannot be read."""

    def read(self, content: bytes, *, filename: str, upload_id: str) -> Transcript:
        text = content.decode()
        if text == "!":
            raise TranscriptUnreadable("binary", "The file holds no text.")
        segments, start = [], 0
        for index, line in enumerate(text.splitlines(keepends=True)):
            name = line.split(":")[0]
            segments.append(_segment(upload_id, index, name, line, start))
            start += len(line)
        speakers = (Speaker("C", Role.CLIENT, 1.0, "label"),)
        return Transcript(text, "text", tuple(segments), (), speakers)


def _segment(upload_id: str, index: int, name: str, line: str, start: int) -> Segment:
    return Segment(
        id=f"{upload_id}-{index}",
        turn=index,
        speaker=name,
        role=Role.CLIENT if name == "C" else Role.THERAPIST,
        text=line,
        start=start,
        end=start + len(line),
        start_ms=index * 10_000,
        end_ms=(index + 1) * 10_000,
        timing=Timing.EXACT,
    )


class WordAnalyzer:
    """Finds an emotion wherever `sad` stands, a topic at `work`, an action at `will`.

    `lie` makes an emotion whose quote is not there, so that the evidence check has work.
    """

    calls = 0
    provenance = PROVENANCE
    languages = frozenset({"en"})

    def analyze(self, window: Window, session_date: datetime) -> Elements:
        self.calls += 1
        return Elements(
            emotions=tuple(_emotions(window)),
            topics=tuple(_topics(window)),
            action_items=tuple(_actions(window)),
        )

    def merge(self, windows: Sequence[Elements], session_date: datetime) -> Elements:
        emotions = [emotion for elements in windows for emotion in elements.emotions]
        if not emotions:
            return Elements()
        content = f"sadness came up {len(emotions)} times"
        evidence = emotions[0].evidence
        insight = Insight(
            id=element_id("insight", content, *evidence),
            evidence=evidence,
            provenance=PROVENANCE,
            content=content,
            type="pattern",
        )
        return Elements(insights=(insight,))


def _hits(window: Window, word: str) -> Iterator[Evidence]:
    for segment in window.segments:
        at = segment.text.find(word)
        if at >= 0:
            yield Evidence(segment.id, at, at + len(word), word)


def _emotions(window: Window) -> Iterator[Emotion]:
    for word in ("sad", "lie"):
        for hit in _hits(window, word):
            quote = hit if word == "sad" else Evidence(hit.segment_id, hit.start, hit.end, "joy")
            yield Emotion(
                id=element_id("emotion", "sadness", quote),
                evidence=(quote,),
                provenance=PROVENANCE,
                name="sadness",
                category="sadness",
                valence=-0.7,
                intensity=0.5,
                confidence=0.9,
                role=Role.CLIENT,
                speaker="C",
            )


def _topics(window: Window) -> Iterator[Topic]:
    for hit in _hits(window, "work"):
        yield Topic(
            id=element_id("topic", "work", hit),
            evidence=(hit,),
            provenance=PROVENANCE,
            topic_id="work",
            name="Work",
            category="Work",
        )


def _actions(window: Window) -> Iterator[ActionItem]:
    for hit in _hits(window, "will"):
        yield ActionItem(
            id=element_id("action_item", "will", hit),
            evidence=(hit,),
            provenance=PROVENANCE,
            text="will",
            assignee=Role.CLIENT,
        )


@dataclass
class MemoryBlobs:
    """Blobs in a dictionary; what is committed is told to `notify`."""

    notify: Callable[[BlobInfo], None] | None = None
    blobs: dict[str, tuple[BlobInfo, bytes]] = field(default_factory=dict)
    sessions: dict[str, tuple[str, str, bytes]] = field(default_factory=dict)
    generations: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    def create(
        self,
        path: str,
        *,
        content_type: str,
        metadata: Mapping[str, str] | None = None,
        if_absent: bool = False,
    ) -> MemoryWriter:
        return MemoryWriter(self, path, content_type, metadata or {}, if_absent)

    def begin_upload(
        self, path: str, *, content_type: str, size_bytes: int, origin: str | None = None
    ) -> str:
        if path in self.blobs:
            raise AlreadyExists("There is such a blob.")
        url = f"https://storage.example/{len(self.sessions)}"
        self.sessions[url] = (path, content_type, b"")
        return url

    def send(self, session_url: str, content: bytes) -> None:
        """All that an upload session is to get, at once."""
        path, content_type, _ = self.sessions.pop(session_url)
        with self.create(path, content_type=content_type, if_absent=True) as writer:
            writer.write(content)
            writer.commit()

    def received_bytes(self, session_url: str) -> int | None:
        return len(self.sessions[session_url][2]) if session_url in self.sessions else None

    def cancel_upload(self, session_url: str) -> None:
        self.sessions.pop(session_url, None)

    def stat(self, path: str) -> BlobInfo | None:
        return self.blobs[path][0] if path in self.blobs else None

    def read(
        self, path: str, *, start: int = 0, end: int | None = None, generation: str | None = None
    ) -> Iterator[bytes]:
        info, content = self.blobs.get(path, (None, b""))
        if info is None or generation not in (None, info.generation):
            raise NotFound("There is no such blob.")
        return iter([content[start:end]])

    def list(self, prefix: str) -> Iterator[BlobInfo]:
        return iter([info for path, (info, _) in self.blobs.items() if path.startswith(prefix)])

    def delete(self, path: str, *, generation: str | None = None) -> bool:
        info = self.stat(path)
        if info is None or generation not in (None, info.generation):
            return False
        del self.blobs[path]
        return True


@dataclass
class MemoryWriter:
    """Collects chunks until `commit`."""

    store: MemoryBlobs
    path: str
    content_type: str
    metadata: Mapping[str, str]
    if_absent: bool
    chunks: list[bytes] = field(default_factory=list)

    def __enter__(self) -> MemoryWriter:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.chunks.clear()

    def write(self, chunk: bytes) -> None:
        self.chunks.append(chunk)

    def commit(self) -> BlobInfo:
        if self.if_absent and self.path in self.store.blobs:
            raise AlreadyExists("There is such a blob.")
        content = b"".join(self.chunks)
        generation = str(next(self.store.generations))
        info = BlobInfo(self.path, len(content), generation, self.content_type, self.metadata)
        self.store.blobs[self.path] = (info, content)
        if self.store.notify:
            self.store.notify(info)
        return info


HANDLERS = {
    "uploads": receive_upload,
    "analyses": receive_upload,
    "windows": analyze_window,
    "recordings": prepare_recording,
    "chunks": transcribe_chunk,
    "voices": tell_voices,
    "assemblies": assemble_transcript,
    "purges": purge_session,
    "dead-letters": record_dead_letter,
}


class World:
    """Implements `Ports`."""

    def __init__(self, directory: Path) -> None:
        self.documents = SqliteDocuments(directory / "documents.db")
        self.queue: list[PushMessage] = []
        self.uploads = MemoryBlobs(notify=self._notify)
        self.transcripts = MemoryBlobs()
        self.tasks = self
        self.analyzer = WordAnalyzer()
        self.reader = LineReader()
        self.transcriber: Any = None
        self.sound: Any = None
        self.time = datetime(2026, 3, 1, 9, tzinfo=UTC)
        self._ids = (f"id{number:018d}" for number in itertools.count())

    def now(self) -> datetime:
        return self.time

    def new_id(self) -> str:
        return next(self._ids)

    def publish(self, topic: str, data: Mapping[str, Any]) -> None:
        self.queue.append(PushMessage(topic, data, {}, self.new_id(), self.time))

    def _notify(self, info: BlobInfo) -> None:
        attributes = {
            "eventType": "OBJECT_FINALIZE",
            "bucketId": "uploads",
            "objectId": info.path,
            "objectGeneration": info.generation,
        }
        self.queue.append(PushMessage("uploads", {}, attributes, self.new_id(), self.time))

    def pass_time(self, **duration: float) -> None:
        self.time += timedelta(**duration)

    def deliver(self, message: PushMessage) -> None:
        HANDLERS[message.topic](self, message)

    def drain(self) -> list[PushMessage]:
        """Delivers until nothing is left, and returns what was delivered."""
        delivered = []
        while self.queue:
            message = self.queue.pop(0)
            self.deliver(message)
            delivered.append(message)
        return delivered
