"""Say who the speakers of the transcript are."""

from __future__ import annotations

from shared.application.identify_speakers import identify_speakers
from shared.bootstrap import function
from shared.contract.corrections import NameSpeakers, SpeakersReply
from shared.edge.call import Call, Reply


@function("name_speakers")
def name_speakers(call: Call) -> Reply:
    """PUT /sessions/{session_id}/speakers."""
    body: NameSpeakers = call.body
    uploads = identify_speakers(call.ports, call.user_id, call.session_id, body.names())
    return Reply(SpeakersReply.of(uploads))
