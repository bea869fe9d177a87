"""Tell the voices of a recording apart."""

from __future__ import annotations

from shared.application.tell_voices import tell_voices as work
from shared.bootstrap import function
from shared.edge.call import Call, Reply


@function("tell_voices")
def tell_voices(call: Call) -> Reply:
    """One pushed task."""
    work(call.ports, call.message)
    return Reply()
