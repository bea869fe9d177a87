"""Lists of elements on the wire, and their filters."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field

from shared.application.read_elements import ElementFilter, ElementPage

from .elements import ActionItem, Belief, Challenge, Emotion, Insight, Topic
from .wire import Instant, SuccessReply, Wire

MAX_ELEMENTS = 1_000


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
