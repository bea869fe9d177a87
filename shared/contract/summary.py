"""The summary of a session on the wire: sentences that were said, and the emotional arc."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import Field

from shared.application.read_summary import SummaryReport
from shared.domain.transcript import Role, Timing

from .elements import Evidence, Share
from .wire import Stamp, SuccessReply, Wire

MAX_SENTENCES = 10
Level = Annotated[float, Field(ge=-1, le=1)]


class SummaryQuery(Wire):
    """How much is wanted."""

    sentences: int = Field(5, ge=1, le=MAX_SENTENCES)


class SummarySentence(Wire):
    """A sentence that somebody said, whole and unchanged."""

    id: str
    text: str
    rank: int = Field(description="1 for the sentence that tells most.")
    timestamp: Stamp
    start_ms: int | None
    end_ms: int | None
    timing: Timing
    speaker: str | None
    role: Role
    elements: list[str] = Field(description="Ids of the elements that quote from it.")
    evidence: list[Evidence]
    engine: str
    model: str
    version: str


class ArcPoint(Wire):
    """One feeling of the session, for a plot over `position` or `start_ms`."""

    element_id: str
    name: str
    category: str
    valence: Level
    intensity: Share
    position: Share = Field(description="The share of the session's words said before it.")
    tone: Level = Field(description="`valence` times `intensity`.")
    mood: Level = Field(
        description="The tones around it, smoothed: their mean, weighted by a Gaussian over "
        "`position` with a standard deviation of 0.05."
    )
    timestamp: Stamp
    start_ms: int | None
    timing: Timing


class SummaryBody(Wire):
    """What the session comes to, in its own words."""

    session_id: str
    complete: bool = Field(description="False while the analysis that it is made from goes on.")
    sentences: list[SummarySentence] = Field(description="In the order of the transcript.")
    arc: list[ArcPoint] = Field(
        description="The client's feelings in the order of the transcript, at most 500: of more, "
        "the strongest of every stretch. Between two points nothing is known."
    )


class OneSummary(Wire):
    """The summary."""

    summary: SummaryBody


class SummaryReply(SuccessReply):
    """The summary of a session."""

    data: OneSummary

    @classmethod
    def of(cls, report: SummaryReport) -> Self:
        """The wire form of `report`."""
        summary = {
            "session_id": report.session.id,
            "complete": report.complete,
            "sentences": report.sentences,
            "arc": report.arc,
        }
        return cls.model_validate({"data": {"summary": summary}})
