"""List the emotions found in a session."""

from __future__ import annotations

from shared.application.read_elements import read_elements
from shared.bootstrap import function
from shared.contract.element_lists import CategoryFilter, EmotionsReply
from shared.edge.call import Call, Reply


@function("list_emotions")
def list_emotions(call: Call) -> Reply:
    """GET /sessions/{session_id}/emotions."""
    query: CategoryFilter = call.query
    page = read_elements(call.ports, call.user_id, call.session_id, "emotions", query.wanted())
    return Reply(EmotionsReply.of("emotions", page))
