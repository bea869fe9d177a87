"""Lists of sessions on the wire, in the shapes of both generations."""

from __future__ import annotations

from enum import StrEnum
from math import ceil
from typing import Final, Self

from pydantic import Field

from shared.application.list_sessions import PageRequest, SessionPage
from shared.domain.session import Session, SessionStatus

from .session_views import SessionSummary
from .wire import Instant, SuccessReply, Wire

MAX_PAGE: Final = 1_000_000


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
