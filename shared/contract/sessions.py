"""Sessions on the wire, both generations of the API in one reply."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from math import ceil
from typing import Annotated, Any, Final, Literal, Self

from pydantic import AfterValidator, Field, ValidationInfo, field_validator
from pydantic_core import PydanticCustomError

from shared.application.create_session import NewSession
from shared.application.list_sessions import PageRequest, SessionPage
from shared.application.read_session import SessionReport
from shared.application.update_session import SessionChanges
from shared.domain.session import (
    MAX_DESCRIPTION_CHARS,
    MAX_TITLE_CHARS,
    AnalysisStatus,
    Session,
    SessionStatus,
)

from .elements import ActionItem, Belief, Challenge, Emotion, Insight, Topic
from .wire import DurationS, Instant, SessionDate, Settings, SuccessReply, Wire

MAX_TEXT_BYTES: Final = 2 * 1024 * 1024
MAX_PAGE: Final = 1_000_000


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


class SortKey(StrEnum):
    """What a list can be sorted by."""

    CREATED_AT = "created_at"
    UPDATED_AT = "updated_at"


class Order(StrEnum):
    """Directions of a list."""

    ASC = "asc"
    DESC = "desc"


class ListSessions(Wire):
    """Which page of the caller's sessions."""

    page: int = Field(1, ge=1, le=MAX_PAGE)
    per_page: int = Field(10, ge=1, le=100)
    sort: SortKey = SortKey.CREATED_AT
    order: Order = Order.DESC
    cursor: str | None = Field(
        None,
        min_length=1,
        max_length=512,
        description="`next_cursor` of the page before; takes the place of `page` in deep lists.",
    )

    def request(self) -> PageRequest:
        """What the use case is asked."""
        return PageRequest(
            page=self.page,
            per_page=self.per_page,
            sort=self.sort.value,
            descending=self.order is Order.DESC,
            cursor=self.cursor,
        )


class SessionSummary(Wire):
    """A session without what was found in it."""

    id: str
    session_id: str
    title: str
    description: str
    date: Instant
    duration: DurationS | None
    status: SessionStatus
    analysis_status: AnalysisStatus
    settings: dict[str, Any]
    graph_id: str = Field(alias="graphId")
    created_at: Instant
    updated_at: Instant

    @classmethod
    def of(cls, session: Session) -> Self:
        """The wire form of `session`."""
        return cls.model_validate(_fields(session))


def _fields(session: Session) -> Mapping[str, Any]:
    return {
        "id": session.id,
        "session_id": session.id,
        "title": session.title,
        "description": session.description,
        "date": session.date,
        "duration": session.duration_s,
        "status": session.status,
        "analysis_status": session.analysis.status,
        "settings": dict(session.settings),
        "graph_id": session.graph_id,
        "created_at": session.created_at,
        "updated_at": session.updated_at,
    }


class ListedSession(Wire):
    """A session in the older shape of the list."""

    id: str
    title: str
    date: Instant
    status: SessionStatus


class Pagination(Wire):
    """Where a page stands among all."""

    page: int
    per_page: int
    total: int
    pages: int
    next_cursor: str | None


class SessionList(Wire):
    """The newer shape of the list."""

    sessions: list[SessionSummary]
    pagination: Pagination


class SessionListReply(SuccessReply):
    """The list in both shapes."""

    data: SessionList
    sessions: list[ListedSession]

    @classmethod
    def of(cls, page: SessionPage, query: ListSessions) -> Self:
        """The wire form of `page`, which answers `query`."""
        pagination = Pagination(
            page=query.page,
            per_page=query.per_page,
            total=page.total,
            pages=ceil(page.total / query.per_page),
            next_cursor=page.next_cursor,
        )
        summaries = [SessionSummary.of(session) for session in page.sessions]
        return cls(
            data=SessionList(sessions=summaries, pagination=pagination),
            sessions=[_listed(session) for session in page.sessions],
        )


def _listed(session: Session) -> ListedSession:
    return ListedSession(
        id=session.id, title=session.title, date=session.date, status=session.status
    )


class SessionReply(SessionSummary):
    """A session with everything found in it."""

    emotions: list[Emotion]
    topics: list[Topic]
    insights: list[Insight]
    beliefs: list[Belief]
    challenges: list[Challenge]
    action_items: list[ActionItem]

    @classmethod
    def of_report(cls, report: SessionReport) -> Self:
        """The wire form of `report`."""
        return cls.model_validate({**_fields(report.session), **report.elements})


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
