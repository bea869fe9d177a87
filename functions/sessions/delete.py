"""Delete a session and everything of it."""

from __future__ import annotations

from shared.application.delete_session import delete_session as delete
from shared.bootstrap import function
from shared.contract.session_changes import SessionDeleted
from shared.edge.call import Call, Reply


@function("delete_session")
def delete_session(call: Call) -> Reply:
    """DELETE /sessions/{session_id}."""
    delete(call.ports, call.user_id, call.session_id, call.if_match)
    return Reply(SessionDeleted())
