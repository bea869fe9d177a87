"""The elements of one kind, filtered and a page at a time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from shared.domain.errors import InvalidArgument

from .element_views import View
from .ports import Ports
from .read_session import read_session


@dataclass(frozen=True, slots=True)
class ElementFilter:
    """What to keep. Times are half-open: start <= timestamp < end. None keeps everything.

    Attributes:
        cursor: id of the last element of the page before.
    """

    start: datetime | None = None
    end: datetime | None = None
    category: str | None = None
    type: str | None = None
    status: str | None = None
    limit: int | None = None
    cursor: str | None = None


@dataclass(frozen=True, slots=True)
class ElementPage:
    """Elements as clients see them, and the cursor of the next page (None at the end)."""

    elements: list[View]
    next_cursor: str | None


def read_elements(
    ports: Ports, owner_id: str, session_id: str, kind: str, wanted: ElementFilter
) -> ElementPage:
    """Elements of `kind` (a key of `KINDS`) that `wanted` keeps, in transcript order.

    Raises:
        InvalidArgument: for a cursor that names no element of the list.
    """
    found = read_session(ports, owner_id, session_id).elements[kind]
    kept = [element for element in found if _is_wanted(element, wanted)]
    if wanted.cursor is not None:
        kept = _after(kept, wanted.cursor)
    page = kept[: wanted.limit]
    return ElementPage(page, page[-1]["id"] if len(page) < len(kept) else None)


def _is_wanted(element: View, wanted: ElementFilter) -> bool:
    return _is_within(element, wanted) and all(
        value is None or str(element.get(name)).casefold() == value.casefold()
        for name, value in (
            ("category", wanted.category),
            ("type", wanted.type),
            ("status", wanted.status),
        )
    )


def _is_within(element: View, wanted: ElementFilter) -> bool:
    moment = datetime.fromisoformat(element["timestamp"])
    return (wanted.start is None or wanted.start <= moment) and (
        wanted.end is None or moment < wanted.end
    )


def _after(elements: list[View], cursor: str) -> list[View]:
    for index, element in enumerate(elements):
        if element["id"] == cursor:
            return elements[index + 1 :]
    raise InvalidArgument("This cursor was not given out by a page.", field="cursor")
