"""Find the speech in a recording and cut it into chunks."""

from __future__ import annotations

from shared.application.prepare_recording import prepare_recording as work
from shared.bootstrap import function
from shared.edge.call import Call, Reply


@function("prepare_recording")
def prepare_recording(call: Call) -> Reply:
    """One pushed task."""
    work(call.ports, call.message)
    return Reply()
