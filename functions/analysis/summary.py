"""Read what a session comes to."""

from __future__ import annotations

from shared.application.access import etag_of
from shared.application.read_summary import read_summary
from shared.bootstrap import function
from shared.contract.summary import SummaryQuery, SummaryReply
from shared.edge.call import Call, Reply


@function("get_summary")
def get_summary(call: Call) -> Reply:
    """GET /sessions/{session_id}/summary."""
    query: SummaryQuery = call.query
    report = read_summary(call.ports, call.user_id, call.session_id, query.sentences)
    return Reply(SummaryReply.of(report), etag=etag_of(report.session))
