"""The caller's sessions, a page at a time."""

from __future__ import annotations

import base64
import binascii
import json
from dataclasses import dataclass
from datetime import datetime

from shared.domain.errors import InvalidArgument
from shared.domain.session import Session

from .access import SESSIONS
from .ports import Document, Ports, Query
from .session_records import session_from_record


@dataclass(frozen=True, slots=True)
class PageRequest:
    """Which page: by number from 1, or after `cursor`, which costs no skipped reads."""

    page: int = 1
    per_page: int = 10
    sort: str = "created_at"
    descending: bool = True
    cursor: str | None = None


@dataclass(frozen=True, slots=True)
class SessionPage:
    """A page, the number of all sessions, and where the next page begins (None at the end)."""

    sessions: list[Session]
    total: int
    next_cursor: str | None


def list_sessions(ports: Ports, owner_id: str, request: PageRequest) -> SessionPage:
    """One page of the owner's sessions: a count, and one read more than the page is long.

    Raises:
        InvalidArgument: for a cursor that no page gave out.
    """
    query = Query(
        SESSIONS,
        where={"owner_id": owner_id},
        order_by=request.sort,
        descending=request.descending,
        after=_opened(request.cursor) if request.cursor else None,
        offset=0 if request.cursor else (request.page - 1) * request.per_page,
        limit=request.per_page + 1,
    )
    found = ports.documents.query(query)
    page, more = found[: request.per_page], len(found) > request.per_page
    return SessionPage(
        sessions=[session_from_record(document.id, document.data) for document in page],
        total=ports.documents.count(Query(SESSIONS, where={"owner_id": owner_id})),
        next_cursor=_sealed(page[-1], request.sort) if more else None,
    )


def _sealed(document: Document, sort: str) -> str:
    place = [document.data[sort].isoformat(), document.id]
    return base64.urlsafe_b64encode(json.dumps(place).encode()).decode().rstrip("=")


def _opened(cursor: str) -> tuple[datetime, str]:
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        moment, session_id = json.loads(base64.urlsafe_b64decode(padded))
        parsed = datetime.fromisoformat(moment)
        if parsed.tzinfo is None or not isinstance(session_id, str) or not session_id:
            raise ValueError
    except (ValueError, TypeError, binascii.Error) as error:
        raise InvalidArgument("This cursor was not given out by a page.", field="cursor") from error
    return parsed, session_id
