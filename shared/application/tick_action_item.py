"""Tick an action item off, or open it again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from shared.domain.errors import ElementNotFound, ResourceExhausted
from shared.domain.session import Session

from .access import load_owned, save
from .element_views import View, element_view, read_windows
from .ports import Document, Ports, Transaction
from .stream import append, news_of_element

MAX_TICKS = 2_000


def tick_action_item(
    ports: Ports, owner_id: str, session_id: str, action_item_id: str, status: str
) -> View:
    """Sets the item's status, which survives re-analysis, and tells the stream.

    Args:
        status: one of `ActionStatus.ALL`.

    Raises:
        SessionNotFound
        ElementNotFound: if the session has no such action item.
    """
    _, windows = read_windows(ports, owner_id, session_id)
    element = _find(windows, action_item_id)

    def work(transaction: Transaction) -> View:
        session = load_owned(transaction, owner_id, session_id)
        if session.ticks.get(action_item_id) == status:
            return element_view(element, session)
        return _tick(transaction, ports, session, element, status)

    return ports.documents.transact(work)


def _tick(
    transaction: Transaction, ports: Ports, session: Session, element: dict[str, Any], status: str
) -> View:
    now = ports.now()
    session = replace(session, ticks={**session.ticks, element["id"]: status})
    if len(session.ticks) > MAX_TICKS:
        raise ResourceExhausted(f"At most {MAX_TICKS} action items of a session can be ticked.")
    news = [news_of_element("action_items", element, session)]
    save(transaction, append(transaction, session, news, now), now)
    return element_view(element, session)


def _find(windows: Sequence[Document], action_item_id: str) -> dict[str, Any]:
    for window in windows:
        for element in window.data["elements"]["action_items"]:
            if element["id"] == action_item_id:
                return dict(element)
    raise ElementNotFound
