"""The six kinds of element on the wire, each with the words it came from."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from shared.domain.transcript import Role, Timing

from .wire import Stamp, Wire

Share = Annotated[float, Field(ge=0, le=1)]


class Evidence(Wire):
    """The words that an element came from: `quote` is `segment.text[start:end]`."""

    segment_id: str
    start: int = Field(description="Offset in characters into the segment's text.")
    end: int
    quote: str
    start_ms: int | None = None
    end_ms: int | None = None
    timing: Timing = Timing.NONE


class Element(Wire):
    """What all kinds share."""

    id: str
    timestamp: Stamp = Field(
        description="The session's date plus the offset of the first evidence; the date alone "
        "where `timing` is `none`."
    )
    start_ms: int | None
    end_ms: int | None
    timing: Timing
    speaker: str | None
    role: Role
    confidence: Share | None = Field(
        description="Calibrated probability that a careful reader would agree; null where the "
        "engine has none."
    )
    evidence: list[Evidence]
    engine: str
    model: str
    version: str


class Emotion(Element):
    """A feeling."""

    name: str
    intensity: Share
    category: str
    valence: float = Field(ge=-1, le=1)


class Topic(Element):
    """What was talked about."""

    topic_id: str
    name: str
    category: str


class Insight(Element):
    """An observation, a pattern or a recommendation."""

    content: str
    type: str


class Belief(Element):
    """What a person holds to be true."""

    text: str
    category: str
    polarity: str
    about: str
    thinking_trap: str | None


class Challenge(Element):
    """What makes it hard now."""

    text: str
    severity: Share
    topic_id: str | None


class ActionItem(Element):
    """What was agreed to do."""

    text: str
    assignee: Role
    due: str | None
    status: Literal["open", "done"]
