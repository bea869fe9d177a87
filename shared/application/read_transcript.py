"""The transcript of a session: the segments of all its uploads, in order."""

from __future__ import annotations

from dataclasses import dataclass

from shared.domain.session import Session
from shared.domain.transcript import Segment
from shared.domain.upload import Upload, UploadState

from .access import load_owned
from .list_uploads import uploads_of
from .ports import Ports
from .transcript_store import read_segments


@dataclass(frozen=True, slots=True)
class TranscriptView:
    """What was said.

    Attributes:
        parts: each transcribed upload with its segments, oldest first.
        complete: False while an upload is still to be read or transcribed.
    """

    session: Session
    parts: list[tuple[Upload, list[Segment]]]
    complete: bool


def read_transcript(ports: Ports, owner_id: str, session_id: str) -> TranscriptView:
    """Reads the transcript blobs; those of uploads not read yet are missing, and said to be."""
    session = load_owned(ports.documents, owner_id, session_id)
    uploads = uploads_of(ports.documents, session_id)
    transcribed = [upload for upload in uploads if upload.transcript is not None]
    waiting = {
        UploadState.UPLOADING,
        UploadState.STORED,
        UploadState.TRANSCRIBING,
        UploadState.AWAITING_TRANSCRIBER,
    }
    return TranscriptView(
        session=session,
        parts=[(upload, read_segments(ports, upload)) for upload in transcribed],
        complete=not any(upload.state in waiting for upload in uploads),
    )
