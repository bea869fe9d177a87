"""How far the analysis of a session is."""

from __future__ import annotations

from shared.domain.session import Session

from .access import load_owned
from .ports import Ports


def read_analysis(ports: Ports, owner_id: str, session_id: str) -> Session:
    """The session whose `analysis` is asked for: one read."""
    return load_owned(ports.documents, owner_id, session_id)
