"""What lists of elements can be narrowed down by.

Times are ISO 8601 and compare with an element's `timestamp`, from `start_time` on and before
`end_time`. `limit` is the size of a page.
"""

from __future__ import annotations

from typing import Literal, TypedDict


class TimeFilter(TypedDict, total=False):
    """Of any kind."""

    start_time: str
    end_time: str
    limit: int


class CategoryFilter(TimeFilter, total=False):
    """Of emotions, topics and beliefs."""

    category: str


class TypeFilter(TimeFilter, total=False):
    """Of insights."""

    type: Literal["observation", "pattern", "recommendation"]


class StatusFilter(TimeFilter, total=False):
    """Of action items."""

    status: Literal["open", "done"]
