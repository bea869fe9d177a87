"""The six kinds of element on the wire, their filters, and the ticking of an action item."""

from __future__ import annotations

from typing import Annotated, Any, Literal, Self

from pydantic import Field

from shared.application.read_elements import ElementFilter, ElementPage
from shared.domain.transcript import Role, Timing

from .wire import Instant, Stamp, SuccessReply, Wire

MAX_ELEMENTS = 1_000
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


class TimeFilter(Wire):
    """Elements whose `timestamp` lies in [start_time, end_time), a page at a time."""

    start_time: Instant | None = None
    end_time: Instant | None = None
    limit: int = Field(MAX_ELEMENTS, ge=1, le=MAX_ELEMENTS)
    cursor: str | None = Field(
        None, min_length=1, max_length=64, description="`next_cursor` of the page before."
    )

    def wanted(self) -> ElementFilter:
        """What the use case is asked."""
        named = self.model_dump(exclude={"start_time", "end_time", "limit", "cursor"})
        return ElementFilter(
            start=self.start_time,
            end=self.end_time,
            limit=self.limit,
            cursor=self.cursor,
            **named,
        )


Name = Annotated[str, Field(min_length=1, max_length=100)]


class CategoryFilter(TimeFilter):
    """A time filter that can also keep one category."""

    category: Name | None = None


class TypeFilter(TimeFilter):
    """A time filter that can also keep one type."""

    type: Literal["observation", "pattern", "recommendation"] | None = None


class StatusFilter(TimeFilter):
    """A time filter that can also keep one status."""

    status: Literal["open", "done"] | None = None


class UpdateActionItem(Wire):
    """Tick an action item off, or open it again."""

    status: Literal["open", "done"]


class _Page(Wire):
    next_cursor: str | None = Field(
        None, description="Where the next page begins; null at the end."
    )


class EmotionList(_Page):
    """A page of emotions."""

    emotions: list[Emotion]


class TopicList(_Page):
    """A page of topics."""

    topics: list[Topic]


class InsightList(_Page):
    """A page of insights."""

    insights: list[Insight]


class BeliefList(_Page):
    """A page of beliefs."""

    beliefs: list[Belief]


class ChallengeList(_Page):
    """A page of challenges."""

    challenges: list[Challenge]


class ActionItemList(_Page):
    """A page of action items."""

    action_items: list[ActionItem]


class _ListReply(SuccessReply):
    @classmethod
    def of(cls, kind: str, page: ElementPage) -> Self:
        """The wire form of a page of `kind`."""
        data = {kind: page.elements, "next_cursor": page.next_cursor}
        return cls.model_validate({"data": data})


class EmotionsReply(_ListReply):
    """Emotions."""

    data: EmotionList


class TopicsReply(_ListReply):
    """Topics."""

    data: TopicList


class InsightsReply(_ListReply):
    """Insights."""

    data: InsightList


class BeliefsReply(_ListReply):
    """Beliefs."""

    data: BeliefList


class ChallengesReply(_ListReply):
    """Challenges."""

    data: ChallengeList


class ActionItemsReply(_ListReply):
    """Action items."""

    data: ActionItemList


class OneActionItem(Wire):
    """The action item as it is now."""

    action_item: ActionItem


class ActionItemReply(SuccessReply):
    """The answer to ticking."""

    data: OneActionItem

    @classmethod
    def of(cls, view: dict[str, Any]) -> Self:
        """The wire form of one action item."""
        return cls.model_validate({"data": {"action_item": view}})
