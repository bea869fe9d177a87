"""The state of an analysis on the wire."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Final, Literal, Self

from pydantic import Field

from shared.application.unread_languages import warnings_of
from shared.domain.session import AnalysisStatus, Session, Stage

from .wire import Instant, SuccessReply, Wire

Status = Literal["pending", "processing", "completed", "failed"]
_STATUSES: Final[Mapping[AnalysisStatus, Status]] = {
    AnalysisStatus.PENDING: "pending",
    AnalysisStatus.PROCESSING: "processing",
    AnalysisStatus.SUCCESS: "completed",
    AnalysisStatus.FAILED: "failed",
}


class AnalysisWarning(Wire):
    """What a reader of the results should know, though the analysis went well."""

    code: Literal["language_unsupported", "language_unknown", "speech_unreliable", "recording_cut"]
    message: str = Field(description="A sentence for people.")
    language: str | None = Field(
        None,
        description="BCP 47 tag; `und` where it could not be told; null if it is not for that.",
    )
    windows: int | None = Field(
        None, description="Parts of the transcript that were not analysed for their language."
    )
    windows_total: int | None = None


class AnalysisState(Wire):
    """How far the analysis is. `status` reads `completed` where the session's reads `success`."""

    status: Status
    progress: Annotated[float, Field(ge=0, le=1)]
    error: str | None = Field(description="A sentence for people; null unless it failed.")
    error_code: str | None
    stage: Stage | None = Field(description="What it is busy with; null unless it is processing.")
    revision: int = Field(description="Grows with every new analysis; 0 before the first.")
    warnings: list[AnalysisWarning]
    settings: dict[str, Any] = Field(
        description="`settings.analysis` of the session as it was when this revision began."
    )
    updated_at: Instant

    @classmethod
    def of(cls, session: Session) -> Self:
        """The wire form of the session's analysis."""
        analysis, fault = session.analysis, session.analysis.fault
        return cls(
            status=_STATUSES[analysis.status],
            progress=analysis.progress,
            error=fault.message if fault else None,
            error_code=fault.code if fault else None,
            stage=analysis.stage,
            revision=analysis.revision,
            warnings=[AnalysisWarning(**warning) for warning in warnings_of(session)],
            settings=dict(analysis.settings),
            updated_at=analysis.updated_at,
        )


class OneAnalysis(Wire):
    """The analysis."""

    analysis: AnalysisState


class AnalysisStatusReply(SuccessReply):
    """The state of a session's analysis."""

    data: OneAnalysis

    @classmethod
    def of(cls, session: Session) -> Self:
        """The wire form of the session's analysis."""
        data = OneAnalysis(analysis=AnalysisState.of(session))
        return cls(data=data)
