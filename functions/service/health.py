"""Tell that the service answers."""

from __future__ import annotations

from shared.bootstrap import function
from shared.contract.service import HealthReply
from shared.edge.call import Call, Reply


@function("get_health")
def get_health(call: Call) -> Reply:
    """GET /health: of this process only, so that a store's trouble does not restart it."""
    return Reply(HealthReply(), headers={"Cache-Control": "no-store"})
