"""Read one session with everything found in it."""

from __future__ import annotations

from shared.application.access import etag_of
from shared.application.read_session import read_session
from shared.bootstrap import function
from shared.contract.session_report import SessionReply
from shared.edge.call import Call, Reply


@function("get_session")
def get_session(call: Call) -> Reply:
    """GET /sessions/{session_id}."""
    report = read_session(call.ports, call.user_id, call.session_id)
    return Reply(SessionReply.of_report(report), etag=etag_of(report.session))
