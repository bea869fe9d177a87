"""Tell the session that a task of its has failed for good."""

from __future__ import annotations

from shared.application.record_dead_letter import record_dead_letter as work
from shared.bootstrap import function
from shared.edge.call import Call, Reply


@function("record_dead_letter")
def record_dead_letter(call: Call) -> Reply:
    """One pushed task."""
    work(call.ports, call.message)
    return Reply()
