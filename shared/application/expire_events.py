"""Forget the events of the live stream that have expired.

On Google Cloud a TTL policy does so by itself, and this finds nothing left to do.
"""

from __future__ import annotations

from datetime import datetime
from itertools import takewhile
from typing import Any

from .access import SESSIONS, is_tombstone
from .ports import Ports, Query, Transaction

_BATCH = 200
_DUE = "events_expire_at"


def expire_events(ports: Ports, now: datetime) -> None:
    """One round, at most `_BATCH` events each of `_BATCH` sessions; the next round goes on."""
    due = ports.documents.query(Query(SESSIONS, order_by=_DUE, at_most=now, limit=_BATCH))
    for document in due:
        path = document.path
        ports.documents.transact(lambda tx, path=path: _expire(tx, path, now))  # type: ignore[misc]


def _expire(transaction: Transaction, path: str, now: datetime) -> None:
    session = transaction.get(path)
    if session is None or is_tombstone(session):
        return
    oldest = transaction.query(Query(f"{path}/events", order_by="seq", limit=_BATCH + 1))
    expired = list(takewhile(lambda event: event.data["expires_at"] <= now, oldest))
    for event in expired:
        transaction.delete(event.path)
    record: dict[str, Any] = {key: value for key, value in session.data.items() if key != _DUE}
    if len(expired) < len(oldest):
        record[_DUE] = oldest[len(expired)].data["expires_at"]
    elif len(expired) > _BATCH:
        record[_DUE] = now
    # Not a new version: what is read of the session has not changed.
    transaction.set(path, record)
