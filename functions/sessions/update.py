"""Change a session."""

from __future__ import annotations

from shared.application.access import etag_of
from shared.application.update_session import update_session as update
from shared.bootstrap import function
from shared.contract.session_changes import SessionUpdated, UpdateSession
from shared.edge.call import Call, Reply


@function("update_session")
def update_session(call: Call) -> Reply:
    """PUT /sessions/{session_id}."""
    body: UpdateSession = call.body
    session = update(call.ports, call.user_id, call.session_id, body.changes(), call.if_match)
    return Reply(SessionUpdated.of(session), etag=etag_of(session))
