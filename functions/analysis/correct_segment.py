"""Set the words of one segment of the transcript right."""

from __future__ import annotations

from shared.application.correct_words import correct_words
from shared.bootstrap import function
from shared.contract.corrections import CorrectSegment, SegmentReply
from shared.edge.call import Call, Reply


@function("correct_segment")
def correct_segment(call: Call) -> Reply:
    """PUT /sessions/{session_id}/transcript/segments/{segment_id}."""
    body: CorrectSegment = call.body
    segment_id = call.parameters["segment_id"]
    corrected = correct_words(call.ports, call.user_id, call.session_id, segment_id, body.text)
    return Reply(SegmentReply.of(corrected))
