"""Ask for a new analysis."""

from __future__ import annotations

from shared.application.request_analysis import request_analysis
from shared.bootstrap import function
from shared.contract.analysis import AnalysisStatusReply
from shared.edge.call import Call, Reply


@function("analyze_session")
def analyze_session(call: Call) -> Reply:
    """POST /sessions/{session_id}/analyze."""
    session = request_analysis(call.ports, call.user_id, call.session_id)
    return Reply(AnalysisStatusReply.of(session))
