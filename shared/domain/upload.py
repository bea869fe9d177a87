"""An upload: content that a person gave to a session, and what became of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final, Self

from .errors import InsightError
from .transcript import Role

MIB: Final = 1024 * 1024
MAX_TEXT_BYTES: Final = 5 * MIB
# Of a file within one request, and of a document, which is read as a whole.
MAX_FILE_BYTES: Final = 30 * MIB
# Of a recording that goes straight into storage.
MAX_RECORDING_BYTES: Final = 5 * 1024 * MIB


class ContentType(StrEnum):
    """What the bytes are, found from the bytes."""

    TEXT = "text"
    AUDIO = "audio"
    VIDEO = "video"


class UploadState(StrEnum):
    """[`uploading` ->] `stored` -> [`transcribing` ->] `transcribed` | `failed`.

    A recording that nobody can transcribe becomes `awaiting_transcriber`.
    `uploading` may also end as `failed`, when the bytes are not what was announced, or `expired`.
    """

    UPLOADING = "uploading"
    EXPIRED = "expired"
    STORED = "stored"
    TRANSCRIBING = "transcribing"
    AWAITING_TRANSCRIBER = "awaiting_transcriber"
    TRANSCRIBED = "transcribed"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Fault:
    """Why something failed: a stable code and a sentence that a person can read."""

    code: str
    message: str

    @classmethod
    def of(cls, error: InsightError) -> Self:
        """What is said of a permanent error."""
        return cls(error.fault_code, error.message)


@dataclass(frozen=True, slots=True)
class TranscriptFacts:
    """What the reader learned, and where each analysis window lies in the transcript blob.

    Attributes:
        window_ranges: byte ranges [start, end) of each window's JSON in the transcript blob.
        speakers: (label, role, confidence, basis) of each speaker.
        header: `title`, `date`, `duration_s` as far as the source's header named them.
        warnings: what a person should know before trusting it.
    """

    format: str
    segments: int
    words: int
    window_ranges: tuple[tuple[int, int], ...]
    speakers: tuple[tuple[str | None, str, float, str], ...] = ()
    header: tuple[tuple[str, str | float], ...] = ()
    warnings: tuple[Fault, ...] = ()


@dataclass(frozen=True, slots=True)
class SpeakerChange:
    """What a person said of one speaker; `label` is the transcript's own, `name` what is shown."""

    label: str | None
    name: str | None
    role: Role


@dataclass(frozen=True, slots=True)
class Upload:
    """One content, stored or on its way.

    Attributes:
        size_bytes, content_type, type: while it is `uploading`, what was announced.
        sha256: lowercase hex; while it is `uploading`, the announced one, empty if there is none.
        generation: of the blob; empty until there is one.
        received_bytes: what storage has while it is `uploading`; None where it does not tell.
        source_deleted_at: when the bytes were erased because their transcript is there; None: they
            are kept.
        corrected_windows: numbers of the windows that hold segments a person corrected, ascending.
        speaker_changes: at most one for each speaker of the transcript.
    """

    id: str
    session_id: str
    owner_id: str
    filename: str
    type: ContentType
    content_type: str
    size_bytes: int
    sha256: str
    generation: str
    created_at: datetime
    state: UploadState = UploadState.STORED
    fault: Fault | None = None
    transcript: TranscriptFacts | None = None
    source_deleted_at: datetime | None = None
    corrected_windows: tuple[int, ...] = ()
    speaker_changes: tuple[SpeakerChange, ...] = ()
    received_bytes: int | None = None

    @property
    def speakers_as_read(self) -> list[SpeakerChange]:
        """The transcript's speakers as it has them; none before there is one."""
        facts = self.transcript.speakers if self.transcript else ()
        return [SpeakerChange(label, label, Role(role)) for label, role, *_ in facts]

    @property
    def speakers(self) -> list[SpeakerChange]:
        """The transcript's speakers as they are now, changed or not."""
        changes = {change.label: change for change in self.speaker_changes}
        return [changes.get(speaker.label, speaker) for speaker in self.speakers_as_read]

    @property
    def source_path(self) -> str:
        """Blob path of the bytes as they were sent."""
        return source_path(self.owner_id, self.session_id, self.id)

    @property
    def transcript_path(self) -> str:
        """Blob path of the transcript read from them."""
        return f"{session_prefix(self.owner_id, self.session_id)}{self.id}/transcript.jsonl"

    @property
    def speech_prefix(self) -> str:
        """What the paths of all blobs begin with that lie between recording and transcript."""
        return f"{session_prefix(self.owner_id, self.session_id)}{self.id}/speech/"


def session_prefix(owner_id: str, session_id: str) -> str:
    """What the paths of all blobs of a session begin with."""
    return f"{owner_id}/{session_id}/"


def source_path(owner_id: str, session_id: str, upload_id: str) -> str:
    """Blob path of an upload's bytes."""
    return f"{session_prefix(owner_id, session_id)}{upload_id}/source"
