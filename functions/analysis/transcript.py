"""Read the transcript of a session."""

from __future__ import annotations

from shared.application.access import etag_of
from shared.application.read_transcript import read_transcript
from shared.bootstrap import function
from shared.contract.transcript import (
    TranscriptFormat,
    TranscriptQuery,
    TranscriptReply,
    render_as,
)
from shared.edge.call import Call, Reply


@function("get_transcript")
def get_transcript(call: Call) -> Reply:
    """GET /sessions/{session_id}/transcript."""
    query: TranscriptQuery = call.query
    view = read_transcript(call.ports, call.user_id, call.session_id)
    etag = etag_of(view.session)
    if query.format is TranscriptFormat.JSON:
        return Reply(TranscriptReply.of(view, query), etag=etag)
    text, media_type = render_as(view, query)
    return Reply(text, media_type=media_type, etag=etag)
