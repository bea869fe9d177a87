"""Tell how far the analysis is."""

from __future__ import annotations

from shared.application.analysis_status import read_analysis
from shared.bootstrap import function
from shared.contract.analysis import AnalysisStatusReply
from shared.edge.call import Call, Reply


@function("get_analysis_status")
def get_analysis_status(call: Call) -> Reply:
    """GET /sessions/{session_id}/analysis/status."""
    session = read_analysis(call.ports, call.user_id, call.session_id)
    return Reply(AnalysisStatusReply.of(session))
