"""Check what was stored, read its transcript and cut it into windows."""

from __future__ import annotations

from shared.application.receive_upload import receive_upload as work
from shared.bootstrap import function
from shared.edge.call import Call, Reply


@function("receive_upload")
def receive_upload(call: Call) -> Reply:
    """One pushed task."""
    work(call.ports, call.message)
    return Reply()
