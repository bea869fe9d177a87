"""The transcript on the wire."""

from __future__ import annotations

from enum import StrEnum
from typing import Self

from pydantic import Field

from shared.application.read_transcript import TranscriptView
from shared.domain.transcript import Role, Segment, Timing
from shared.domain.upload import Upload

from .wire import SuccessReply, Wire


class TranscriptFormat(StrEnum):
    """Forms in which a transcript can be had."""

    JSON = "json"


class TranscriptQuery(Wire):
    """In which form."""

    format: TranscriptFormat = TranscriptFormat.JSON


class SegmentView(Wire):
    """A stretch of one speaker's speech.

    `start` and `end` are offsets in characters into the upload's text. Times are null where the
    source has none (`timing` is `none`).
    """

    id: str
    upload_id: str
    turn: int
    speaker: str | None
    role: Role
    text: str
    start: int
    end: int
    start_ms: int | None
    end_ms: int | None
    timing: Timing

    @classmethod
    def of(cls, segment: Segment, upload: Upload) -> Self:
        """The wire form of `segment`."""
        return cls(
            id=segment.id,
            upload_id=upload.id,
            turn=segment.turn,
            speaker=segment.speaker,
            role=segment.role,
            text=segment.text,
            start=segment.start,
            end=segment.end,
            start_ms=segment.start_ms,
            end_ms=segment.end_ms,
            timing=segment.timing,
        )


class SpeakerView(Wire):
    """A voice. `confidence` is 1 only where the source says the role; `basis` tells how it came."""

    upload_id: str
    label: str | None
    role: Role
    confidence: float
    basis: str


class TranscriptBody(Wire):
    """The transcript of all uploads, oldest first."""

    session_id: str
    complete: bool = Field(description="False while an upload is still to be read or transcribed.")
    speakers: list[SpeakerView]
    segments: list[SegmentView]


class OneTranscript(Wire):
    """The transcript."""

    transcript: TranscriptBody


class TranscriptReply(SuccessReply):
    """The transcript of a session."""

    data: OneTranscript

    @classmethod
    def of(cls, view: TranscriptView) -> Self:
        """The wire form of `view`."""
        body = TranscriptBody(
            session_id=view.session.id,
            complete=view.complete,
            speakers=[speaker for upload, _ in view.parts for speaker in _speakers(upload)],
            segments=[SegmentView.of(s, upload) for upload, found in view.parts for s in found],
        )
        return cls(data=OneTranscript(transcript=body))


def _speakers(upload: Upload) -> list[SpeakerView]:
    facts = upload.transcript.speakers if upload.transcript else ()
    return [
        SpeakerView(
            upload_id=upload.id, label=label, role=Role(role), confidence=confidence, basis=basis
        )
        for label, role, confidence, basis in facts
    ]
