"""Correcting a transcript on the wire: the words of a segment, the speakers' names and roles."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Final, Self

from pydantic import AfterValidator, Field, model_validator
from pydantic_core import PydanticCustomError

from shared.application.correct_words import CorrectedSegment
from shared.application.identify_speakers import SpeakerName
from shared.domain.transcript import MAX_NAME_CHARS, MAX_SEGMENT_CHARS, Role
from shared.domain.upload import Upload

from .transcript import SegmentView, SpeakerView, speaker_views
from .wire import SuccessReply, Wire

MAX_SPEAKERS: Final = 100


def _printable(text: str) -> str:
    if any(character < " " and character not in "\n\t" for character in text):
        raise PydanticCustomError("control", "must not hold control characters")
    if any("\ud800" <= character <= "\udfff" for character in text):
        raise PydanticCustomError("unicode", "must be valid Unicode text")
    return text


def _name(text: str) -> str:
    if not text.strip() or "\n" in text or "\t" in text:
        raise PydanticCustomError("name", "must be a name on one line")
    return text.strip()


class CorrectSegment(Wire):
    """The words as they were said."""

    text: Annotated[str, Field(max_length=MAX_SEGMENT_CHARS), AfterValidator(_printable)] | None = (
        Field(
            ...,
            description="Empty where nobody spoke; null takes the correction back.",
        )
    )


class OneSegment(Wire):
    """The segment as it reads now."""

    segment: SegmentView


class SegmentReply(SuccessReply):
    """The answer to a correction."""

    data: OneSegment

    @classmethod
    def of(cls, corrected: CorrectedSegment) -> Self:
        """The wire form of the segment."""
        return cls(data=OneSegment(segment=SegmentView.of(corrected.segment, corrected.upload)))


class NameSpeaker(Wire):
    """One speaker: who it is. At least one of `name` and `role`."""

    label: str | None = Field(
        ..., max_length=1_000, description="The transcript's own; null for words under no name."
    )
    upload_id: str | None = Field(
        None, min_length=1, max_length=64, description="Only in this upload; in all by default."
    )
    name: (
        Annotated[
            str,
            Field(min_length=1, max_length=MAX_NAME_CHARS),
            AfterValidator(_printable),
            AfterValidator(_name),
        ]
        | None
    ) = None
    role: Role | None = None

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if self.name is None and self.role is None:
            raise PydanticCustomError("speaker", "must have a name or a role")
        return self


class NameSpeakers(Wire):
    """Who the speakers are. Those that are not mentioned stay as they are."""

    speakers: list[NameSpeaker] = Field(min_length=1, max_length=MAX_SPEAKERS)

    def names(self) -> list[SpeakerName]:
        """What the use case is asked."""
        return [
            SpeakerName(speaker.label, speaker.name, speaker.role, speaker.upload_id)
            for speaker in self.speakers
        ]


class Speakers(Wire):
    """The speakers of all transcribed uploads, oldest first."""

    speakers: list[SpeakerView]


class SpeakersReply(SuccessReply):
    """The answer to naming speakers."""

    data: Speakers

    @classmethod
    def of(cls, uploads: Sequence[Upload]) -> Self:
        """The wire form of the uploads' speakers."""
        return cls(
            data=Speakers(speakers=[view for upload in uploads for view in speaker_views(upload)])
        )
