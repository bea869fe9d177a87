"""What is known of a recording on its way to a transcript; no words stand in it.

The document says which chunks there are and which are done; the plan and the words lie in blobs
under the upload's `speech_prefix`, so that deleting the session erases them. All of it is gone
when the transcript is written.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from shared.domain.errors import NotFound, NotReady
from shared.domain.recording import Chunk, Stretch, Turn, Word
from shared.domain.session import AnalysisStatus, Session
from shared.domain.upload import ContentType, Upload

from .access import load_living, load_upload, note_alive, session_path
from .ports import Blobs, Document, Documents, Ports, Transaction

Sound = tuple[Stretch, bytes]

_JSON = "application/json"
_PULSE = timedelta(seconds=20)


@dataclass(frozen=True, slots=True)
class Transcription:
    """Where the transcription of one upload stands.

    Attributes:
        engine, model, version: of the transcriber that was asked.
        chunks: how many there are.
        handles: of the chunks that were submitted and are not done.
        done: the chunks whose words are stored.
        voices_told: whether the turns are stored.
    """

    session_id: str
    upload_id: str
    owner_id: str
    engine: str
    model: str
    version: str
    chunks: int
    handles: Mapping[int, str] = field(default_factory=dict)
    done: frozenset[int] = frozenset()
    voices_told: bool = False

    @property
    def complete(self) -> bool:
        """Whether nothing is left but to put the transcript together."""
        return self.voices_told and len(self.done) == self.chunks

    @property
    def missing(self) -> list[int]:
        """Chunks that are still to be transcribed."""
        return [number for number in range(self.chunks) if number not in self.done]


@dataclass(frozen=True, slots=True)
class Plan:
    """How a recording was cut.

    Attributes:
        duration_ms: of what could be decoded.
        partial: whether the recording breaks off before its announced end.
    """

    chunks: tuple[Chunk, ...]
    duration_ms: int
    partial: bool = False


def transcription_path(session_id: str, upload_id: str) -> str:
    """Path of a transcription's document."""
    return f"{session_path(session_id)}/transcriptions/{upload_id}"


def transcription_to_record(state: Transcription) -> dict[str, Any]:
    """The document of a transcription."""
    return {
        "session_id": state.session_id,
        "upload_id": state.upload_id,
        "owner_id": state.owner_id,
        "engine": state.engine,
        "model": state.model,
        "version": state.version,
        "chunks": state.chunks,
        "handles": {str(number): handle for number, handle in state.handles.items()},
        "done": sorted(state.done),
        "voices_told": state.voices_told,
    }


def transcription_from_document(document: Document | None) -> Transcription | None:
    """The transcription that `transcription_to_record` wrote."""
    if document is None:
        return None
    record = dict(document.data)
    handles = {int(number): handle for number, handle in record.pop("handles").items()}
    return Transcription(**{**record, "handles": handles, "done": frozenset(record["done"])})


def save_transcription(transaction: Transaction, state: Transcription) -> None:
    """Writes where it stands."""
    path = transcription_path(state.session_id, state.upload_id)
    transaction.set(path, transcription_to_record(state))


@dataclass(frozen=True, slots=True)
class Ongoing:
    """An upload that is being transcribed, and the session that waits for it."""

    session: Session
    upload: Upload
    transcription: Transcription | None


def find_ongoing(
    documents: Documents | Transaction, session_id: str, upload_id: str
) -> Ongoing | None:
    """None where the session is gone, or nothing waits for this upload's words any more."""
    session = load_living(documents, session_id)
    upload = load_upload(documents, session_id, upload_id)
    if session is None or upload is None:
        return None
    part = session.analysis.parts.get(upload_id)
    waited_for = part is not None and part.fault is None and part.windows is None
    processing = session.analysis.status is AnalysisStatus.PROCESSING
    if not (waited_for and processing) or upload.type is ContentType.TEXT or upload.transcript:
        return None
    state = documents.get(transcription_path(session_id, upload_id))
    return Ongoing(session, upload, transcription_from_document(state))


def pulsing(ports: Ports, session_id: str, speech: Iterable[Sound]) -> Iterator[Sound]:
    """The same speech; while it is read, the sweep is told that the session does not stand still.

    Raises:
        NotReady: when the session was deleted: there is no use in going on.
    """
    told_at = ports.now()
    for each in speech:
        yield each
        now = ports.now()
        if now - told_at >= _PULSE:
            if load_living(ports.documents, session_id) is None:
                raise NotReady("The session is gone.")
            note_alive(ports.documents, session_path(session_id), now)
            told_at = now


def chunk_path(upload: Upload, number: int) -> str:
    """Blob path of a chunk's samples."""
    return f"{upload.speech_prefix}{number:05d}.pcm"


def write_plan(blobs: Blobs, upload: Upload, plan: Plan) -> None:
    """Stores how the recording was cut."""
    chunks = [
        [chunk.start_ms, [[s.start_ms, s.end_ms, s.channel] for s in chunk.stretches]]
        for chunk in plan.chunks
    ]
    record = {"chunks": chunks, "duration_ms": plan.duration_ms, "partial": plan.partial}
    _write(blobs, f"{upload.speech_prefix}plan.json", record)


def read_plan(blobs: Blobs, upload: Upload) -> Plan:
    """What `write_plan` stored. Raises `NotFound` where it is gone."""
    record = _read(blobs, f"{upload.speech_prefix}plan.json")
    chunks = tuple(
        Chunk(number, chunk_path(upload, number), start_ms, tuple(Stretch(*s) for s in stretches))
        for number, (start_ms, stretches) in enumerate(record["chunks"])
    )
    return Plan(chunks, record["duration_ms"], record["partial"])


def write_turns(blobs: Blobs, upload: Upload, turns: Sequence[Turn]) -> None:
    """Stores who speaks when."""
    record = [[turn.start_ms, turn.end_ms, turn.voice, turn.channel] for turn in turns]
    _write(blobs, f"{upload.speech_prefix}turns.json", record)


def read_turns(blobs: Blobs, upload: Upload) -> list[Turn]:
    """What `write_turns` stored; none where the engine tells voices apart by itself."""
    try:
        return [Turn(*turn) for turn in _read(blobs, f"{upload.speech_prefix}turns.json")]
    except NotFound:
        return []


def write_words(blobs: Blobs, upload: Upload, number: int, words: Sequence[Word]) -> None:
    """Stores what was heard in a chunk; writing it again stores the same."""
    record = [[w.text, w.start_ms, w.end_ms, w.confidence, w.voice] for w in words]
    _write(blobs, f"{upload.speech_prefix}{number:05d}.json", record)


def read_words(blobs: Blobs, upload: Upload, number: int) -> list[Word]:
    """What `write_words` stored."""
    return [Word(*word) for word in _read(blobs, f"{upload.speech_prefix}{number:05d}.json")]


def erase_speech(blobs: Blobs, upload: Upload) -> None:
    """Deletes all that lay between the recording and its transcript."""
    for blob in blobs.list(upload.speech_prefix):
        blobs.delete(blob.path, generation=blob.generation)


def _write(blobs: Blobs, path: str, record: Any) -> None:
    with blobs.create(path, content_type=_JSON) as writer:
        writer.write(json.dumps(record, ensure_ascii=False).encode())
        writer.commit()


def _read(blobs: Blobs, path: str) -> Any:
    return json.loads(b"".join(blobs.read(path)))
