"""Publish again whatever has stood still; forget what has expired."""

from __future__ import annotations

from shared.application.sweep import sweep as work
from shared.bootstrap import function
from shared.edge.call import Call, Reply


@function("sweep")
def sweep(call: Call) -> Reply:
    """One round, called by the scheduler."""
    work(call.ports, call.ports.config.stalled_after_s)
    return Reply()
