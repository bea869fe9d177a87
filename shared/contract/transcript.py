"""The transcript on the wire."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum
from typing import Final, Self

from pydantic import Field

from shared.application.read_transcript import TranscriptView
from shared.domain.errors import Conflict, UploadNotFound
from shared.domain.transcript import Role, Segment, Timing
from shared.domain.upload import Upload
from shared.speech.rendering import render_srt, render_text, render_vtt

from .wire import SuccessReply, Wire


class TranscriptFormat(StrEnum):
    """Forms in which a transcript can be had."""

    JSON = "json"
    SRT = "srt"
    VTT = "vtt"
    TEXT = "text"


class TranscriptQuery(Wire):
    """In which form, and of which upload."""

    format: TranscriptFormat = TranscriptFormat.JSON
    upload_id: str | None = Field(
        None,
        min_length=1,
        max_length=64,
        description="Only this upload's. Captions of a session with several need it: each "
        "upload's times count from its own beginning.",
    )


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
    corrected: bool = Field(description="Whether a person set the words right.")
    confidence: float | None = Field(
        description="Share of its words that are expected to be right; null where people wrote it."
    )
    reliable: bool = Field(
        description="False where the recording was heard too poorly: nothing is concluded from it."
    )

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
            corrected=segment.corrected,
            confidence=segment.confidence,
            reliable=segment.reliable,
        )


class SpeakerView(Wire):
    """A voice. `confidence` is 1 only where the source says the role; `basis` tells how it came.

    `label` is the transcript's own, `name` what its segments show; they differ where a person gave
    another name. `basis` is `person` where a person said the name or the role.
    """

    upload_id: str
    label: str | None
    name: str | None
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
    def of(cls, view: TranscriptView, query: TranscriptQuery) -> Self:
        """The wire form of what `query` wants of `view`."""
        parts = _wanted(view, query)
        body = TranscriptBody(
            session_id=view.session.id,
            complete=view.complete,
            speakers=[speaker for upload, _ in parts for speaker in speaker_views(upload)],
            segments=[SegmentView.of(s, upload) for upload, found in parts for s in found],
        )
        return cls(data=OneTranscript(transcript=body))


def speaker_views(upload: Upload) -> list[SpeakerView]:
    """The speakers of a transcribed upload, as people named them."""
    facts = upload.transcript.speakers if upload.transcript else ()
    return [
        SpeakerView(
            upload_id=upload.id,
            label=label,
            name=speaker.name,
            role=speaker.role,
            confidence=1.0 if speaker in upload.speaker_changes else confidence,
            basis="person" if speaker in upload.speaker_changes else basis,
        )
        for speaker, (label, _, confidence, basis) in zip(upload.speakers, facts, strict=True)
    ]


def render_as(view: TranscriptView, query: TranscriptQuery) -> tuple[str, str]:
    """What `query` wants of `view` as a file, and its media type.

    Raises:
        UploadNotFound: if the upload that is named is not there or not transcribed.
        Conflict: for captions without times, or of several uploads at once.
    """
    parts = _wanted(view, query)
    render, media_type = _RENDERERS[query.format]
    if len(parts) > 1 and render is not render_text:
        raise Conflict("Captions are of one upload: name it.", field="upload_id")
    return render([segment for _, found in parts for segment in found]), media_type


_RENDERERS: Final[Mapping[TranscriptFormat, tuple[Callable[[Sequence[Segment]], str], str]]] = {
    TranscriptFormat.SRT: (render_srt, "application/x-subrip; charset=utf-8"),
    TranscriptFormat.VTT: (render_vtt, "text/vtt; charset=utf-8"),
    TranscriptFormat.TEXT: (render_text, "text/plain; charset=utf-8"),
}


def _wanted(view: TranscriptView, query: TranscriptQuery) -> list[tuple[Upload, list[Segment]]]:
    if query.upload_id is None:
        return view.parts
    parts = [part for part in view.parts if part[0].id == query.upload_id]
    if not parts:
        raise UploadNotFound
    return parts
