"""Create a session."""

from __future__ import annotations

from shared.application.create_session import create_session as create
from shared.bootstrap import function
from shared.contract.session_changes import CreateSession, SessionCreated
from shared.edge.call import Call, Reply


@function("create_session")
def create_session(call: Call) -> Reply:
    """POST /sessions."""
    body: CreateSession = call.body
    session = create(call.ports, call.user_id, body.draft(), call.new_id())
    return Reply(SessionCreated.of(session), location=f"{call.request.path}/{session.id}")
