"""Put a recording's words and voices together."""

from __future__ import annotations

from shared.application.assemble_transcript import assemble_transcript as work
from shared.bootstrap import function
from shared.edge.call import Call, Reply


@function("assemble_transcript")
def assemble_transcript(call: Call) -> Reply:
    """One pushed task."""
    work(call.ports, call.message)
    return Reply()
