"""One session with everything found in it."""

from __future__ import annotations

from dataclasses import dataclass

from shared.domain.session import Session

from .element_views import View, read_windows, views_by_kind
from .ports import Ports


@dataclass(frozen=True, slots=True)
class SessionReport:
    """A session and its elements by kind, in transcript order."""

    session: Session
    elements: dict[str, list[View]]


def read_session(ports: Ports, owner_id: str, session_id: str) -> SessionReport:
    """Reads the session and the windows of its readable revision: one read each."""
    session, windows = read_windows(ports, owner_id, session_id)
    return SessionReport(session, views_by_kind(session, windows))
