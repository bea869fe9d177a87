"""One session on the wire, without what was found in it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self

from pydantic import Field

from shared.application.unread_languages import warnings_of
from shared.domain.retention import RecordingRetention
from shared.domain.session import AnalysisStatus, Session, SessionStatus

from .analysis import AnalysisWarning
from .wire import DurationS, Instant, Wire


class RetentionView(Wire):
    """How long the session is kept."""

    recording: RecordingRetention
    days: int | None
    delete_at: Instant | None = Field(description="When it is deleted; null: never.")

    @classmethod
    def of(cls, session: Session) -> Self:
        """The wire form of the retention of `session`."""
        retention = session.retention
        return cls(
            recording=retention.recording,
            days=retention.days,
            delete_at=retention.delete_at(session.created_at),
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
    warnings: list[AnalysisWarning]
    settings: dict[str, Any]
    retention: RetentionView
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
        "retention": RetentionView.of(session),
        "graph_id": session.graph_id,
        "created_at": session.created_at,
        "updated_at": session.updated_at,
    }
