"""One session on the wire, without what was found in it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self

from pydantic import Field

from shared.application.unread_languages import warnings_of
from shared.domain.session import AnalysisStatus, Session, SessionStatus

from .analysis import AnalysisWarning
from .wire import DurationS, Instant, Wire


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
    warnings: list[AnalysisWarning]
    settings: dict[str, Any]
    graph_id: str = Field(alias="graphId")
    created_at: Instant
    updated_at: Instant

    @classmethod
    def of(cls, session: Session) -> Self:
        """The wire form of `session`."""
        return cls.model_validate(session_fields(session))


def session_fields(session: Session) -> Mapping[str, Any]:
    """What `SessionSummary` is made of."""
    return {
        "id": session.id,
        "session_id": session.id,
        "title": session.title,
        "description": session.description,
        "date": session.date,
        "duration": session.duration_s,
        "status": session.status,
        "analysis_status": session.analysis.status,
        "warnings": warnings_of(session),
        "settings": dict(session.settings),
        "graph_id": session.graph_id,
        "created_at": session.created_at,
        "updated_at": session.updated_at,
    }
