"""A session with everything found in it, on the wire."""

from __future__ import annotations

from typing import Self

from shared.application.read_session import SessionReport

from .elements import ActionItem, Belief, Challenge, Emotion, Insight, Topic
from .session_views import SessionSummary, session_fields


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
        return cls.model_validate({**session_fields(report.session), **report.elements})
