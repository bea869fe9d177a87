"""Find the elements of one window."""

from __future__ import annotations

from shared.application.analyze_window import analyze_window as work
from shared.bootstrap import function
from shared.edge.call import Call, Reply


@function("analyze_window")
def analyze_window(call: Call) -> Reply:
    """One pushed task."""
    work(call.ports, call.message)
    return Reply()
