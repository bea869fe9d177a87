"""Elements as clients see them: out of the windows' documents, dated, with what people ticked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from shared.domain.element_kinds import ELEMENT_KINDS
from shared.domain.errors import Unavailable
from shared.domain.session import Session

from .access import load_owned, session_path
from .ports import Document, Documents, Ports, Query

View = dict[str, Any]


# Sorts after every window, whose positions begin with a date.
MERGE_POSITION = "~merge"
_READ_ATTEMPTS = 5


def read_windows(ports: Ports, owner_id: str, session_id: str) -> tuple[Session, list[Document]]:
    """The caller's session and the windows that are read of it, both of one moment.

    A re-analysis that completes between the two reads takes the windows away, its merge first: so
    a complete revision without one was read too late, and is read again.

    Raises:
        SessionNotFound
        Unavailable: if that happens again and again.
    """
    for _ in range(_READ_ATTEMPTS):
        session = load_owned(ports.documents, owner_id, session_id)
        if not session.analysis.readable:
            return session, []
        windows = windows_of(ports.documents, session, session.analysis.readable)
        if not session.analysis.published or _is_merged(windows):
            return session, windows
    raise Unavailable("The session's results are being replaced just now.")


def _is_merged(windows: Sequence[Document]) -> bool:
    return bool(windows) and windows[-1].data["position"] == MERGE_POSITION


def windows_of(documents: Documents, session: Session, revision: int) -> list[Document]:
    """The written windows of a revision in transcript order, its merge last."""
    found = documents.query(
        Query(f"{session_path(session.id)}/windows", where={"revision": revision})
    )
    return sorted(found, key=lambda document: document.data["position"])


def merge_path(session_id: str, revision: int) -> str:
    """Path of the document that holds a revision's merge and summary."""
    return f"{session_path(session_id)}/windows/{revision}-merge"


def views_by_kind(session: Session, windows: Sequence[Document]) -> dict[str, list[View]]:
    """All elements in `windows`, by kind."""
    return {
        kind: [element_view(element, session) for element in _of_kind(windows, kind)]
        for kind in ELEMENT_KINDS
    }


def _of_kind(windows: Sequence[Document], kind: str) -> Iterator[Mapping[str, Any]]:
    for window in windows:
        yield from window.data["elements"][kind]


def element_view(element: Mapping[str, Any], session: Session) -> View:
    """One element with its time.

    `timestamp` is the session's date plus the offset of the first evidence; where `timing` is
    `none` the offset is not known and it is the session's date alone.
    """
    first = element["evidence"][0]
    view = {
        **element,
        "start_ms": first["start_ms"],
        "end_ms": first["end_ms"],
        "timing": first["timing"],
        "timestamp": timestamp_of(session.date, first["start_ms"]),
    }
    if element["id"] in session.ticks:
        view["status"] = session.ticks[element["id"]]
    return view


def timestamp_of(date: datetime, offset_ms: int | None) -> str:
    """ISO 8601 in UTC, with milliseconds only where there are any."""
    moment = date + timedelta(milliseconds=offset_ms or 0)
    precision = "milliseconds" if moment.microsecond else "seconds"
    return moment.isoformat(timespec=precision).replace("+00:00", "Z")
