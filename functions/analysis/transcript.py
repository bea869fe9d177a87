"""Read the transcript of a session."""

from __future__ import annotations

from shared.application.read_transcript import read_transcript
from shared.bootstrap import function
from shared.contract.transcript import TranscriptReply
from shared.edge.call import Call, Reply


@function("get_transcript")
def get_transcript(call: Call) -> Reply:
    """GET /sessions/{session_id}/transcript."""
    view = read_transcript(call.ports, call.user_id, call.session_id)
    return Reply(TranscriptReply.of(view))
