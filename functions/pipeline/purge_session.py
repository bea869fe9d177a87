"""Erase everything of a deleted session."""

from __future__ import annotations

from shared.application.purge_session import purge_session as work
from shared.bootstrap import function
from shared.edge.call import Call, Reply


@function("purge_session")
def purge_session(call: Call) -> Reply:
    """One pushed task."""
    work(call.ports, call.message)
    return Reply()
