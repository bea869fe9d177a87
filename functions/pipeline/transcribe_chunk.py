"""Transcribe one chunk of a recording."""

from __future__ import annotations

from shared.application.transcribe_chunk import transcribe_chunk as work
from shared.bootstrap import function
from shared.edge.call import Call, Reply


@function("transcribe_chunk")
def transcribe_chunk(call: Call) -> Reply:
    """One pushed task."""
    work(call.ports, call.message)
    return Reply()
