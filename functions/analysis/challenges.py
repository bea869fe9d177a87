"""List the challenges found in a session."""

from __future__ import annotations

from shared.application.read_elements import read_elements
from shared.bootstrap import function
from shared.contract.element_lists import ChallengesReply, TimeFilter
from shared.edge.call import Call, Reply


@function("list_challenges")
def list_challenges(call: Call) -> Reply:
    """GET /sessions/{session_id}/challenges."""
    query: TimeFilter = call.query
    page = read_elements(call.ports, call.user_id, call.session_id, "challenges", query.wanted())
    return Reply(ChallengesReply.of("challenges", page))
