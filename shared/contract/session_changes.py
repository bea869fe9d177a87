"""Creating, changing and deleting a session, both generations of the API in one model each."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Final, Literal, Self

from pydantic import AfterValidator, Field, ValidationInfo, field_validator
from pydantic_core import PydanticCustomError

from shared.application.create_session import NewSession
from shared.application.update_session import SessionChanges
from shared.domain.session import (
    MAX_DESCRIPTION_CHARS,
    MAX_TITLE_CHARS,
    AnalysisStatus,
    Session,
    SessionStatus,
)

from .session_views import SessionSummary
from .settings import Settings
from .wire import DurationS, SessionDate, SuccessReply, Wire

MAX_TEXT_BYTES: Final = 2 * 1024 * 1024


def _not_blank(title: str) -> str:
    if not title.strip():
        raise PydanticCustomError("blank", "must not be blank")
    return title


def _without_nul(value: str) -> str:
    if "\0" in value:
        raise PydanticCustomError("nul", "must not hold a NUL character")
    return value


def _within_limit(text: str) -> str:
    if len(text.encode()) > MAX_TEXT_BYTES:
        raise PydanticCustomError("too_large", "is over 2 MB; send it as a file instead")
    return text


Title = Annotated[
    str,
    Field(min_length=1, max_length=MAX_TITLE_CHARS, examples=["Therapy Session 1"]),
    AfterValidator(_without_nul),
    AfterValidator(_not_blank),
]
Description = Annotated[str, Field(max_length=MAX_DESCRIPTION_CHARS), AfterValidator(_without_nul)]
Text = Annotated[
    str,
    Field(description="The transcript, at most 2 MB; its analysis starts at once."),
    AfterValidator(_within_limit),
]


class InputMethod(StrEnum):
    """How the content of a session comes; a hint of the client's."""

    TEXT = "text"
    AUDIO = "audio"
    VIDEO = "video"


class CreateSession(Wire):
    """Either generation's request, or both at once."""

    title: Title
    input_method: InputMethod | None = Field(None, alias="inputMethod")
    text: Text | None = None
    description: Description | None = None
    date: SessionDate | None = Field(None, description="When it took place; now by default.")
    duration: DurationS | None = None
    settings: Settings | None = None
    status: SessionStatus | None = Field(None, description="Only `created` or `archived`.")
    analysis_status: AnalysisStatus | None = Field(None, description="Only `pending`.")

    @field_validator("text")
    @classmethod
    def _belongs_to_method(cls, text: str | None, info: ValidationInfo) -> str | None:
        method = info.data.get("input_method")
        if text is None or method in (None, InputMethod.TEXT):
            return None if text is None else _not_blank(text)
        if text.strip():
            raise PydanticCustomError("method", "can only be sent with inputMethod text")
        # A form that was left empty says nothing.
        return None

    def draft(self) -> NewSession:
        """What the use case is asked."""
        return NewSession(
            title=self.title,
            description=self.description or "",
            date=self.date,
            duration_s=self.duration,
            status=self.status,
            analysis_status=self.analysis_status,
            settings=self.settings or {},
            text=self.text,
        )


class SessionCreated(Wire):
    """The union of both generations' answers."""

    session_id: str
    session_id_camel: str = Field(alias="sessionId")
    graph_id: str = Field(alias="graphId")
    status: Literal["created"] = "created"

    @classmethod
    def of(cls, session: Session) -> Self:
        """The answer for a new session."""
        return cls(session_id=session.id, session_id_camel=session.id, graph_id=session.graph_id)


class UpdateSession(Wire):
    """What to change; a field that is left out, or null, stays as it is."""

    title: Title | None = None
    description: Description | None = None
    date: SessionDate | None = None
    duration: DurationS | None = None
    settings: Settings | None = None
    status: SessionStatus | None = Field(None, description="`archived`, or back from it.")
    analysis_status: AnalysisStatus | None = Field(
        None, description="`pending` asks for a new analysis."
    )

    def changes(self) -> SessionChanges:
        """What the use case is asked."""
        return SessionChanges(
            title=self.title,
            description=self.description,
            date=self.date,
            duration_s=self.duration,
            settings=self.settings,
            status=self.status,
            analysis_status=self.analysis_status,
        )


class ChangedSession(Wire):
    """The session as it is after the change."""

    session: SessionSummary


class SessionUpdated(SuccessReply):
    """The answer to an update."""

    message: str
    data: ChangedSession

    @classmethod
    def of(cls, session: Session) -> Self:
        """The answer with `session` as it is now."""
        data = ChangedSession(session=SessionSummary.of(session))
        return cls(message="The session was updated.", data=data)


class SessionDeleted(SuccessReply):
    """The answer to a deletion."""

    message: str = "The session was deleted."
