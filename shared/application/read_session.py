"""One session with everything found in it."""

from __future__ import annotations

from dataclasses import dataclass

from shared.domain.session import Session

from .access import load_owned
from .element_views import View, views_by_kind, windows_of
from .ports import Ports


@dataclass(frozen=True, slots=True)
class SessionReport:
    """A session and its elements by kind, in transcript order."""

    session: Session
    elements: dict[str, list[View]]


def read_session(ports: Ports, owner_id: str, session_id: str) -> SessionReport:
    """Reads the session and the windows of its readable revision: one read each."""
    session = load_owned(ports.documents, owner_id, session_id)
    return SessionReport(session, read_all_elements(ports, session))


def read_all_elements(ports: Ports, session: Session) -> dict[str, list[View]]:
    """The elements of the revision that clients read, by kind."""
    windows = []
    if session.analysis.readable:
        windows = windows_of(ports.documents, session, session.analysis.readable)
    return views_by_kind(session, windows)
