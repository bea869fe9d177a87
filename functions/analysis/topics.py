"""List the topics found in a session."""

from __future__ import annotations

from shared.application.read_elements import read_elements
from shared.bootstrap import function
from shared.contract.element_lists import CategoryFilter, TopicsReply
from shared.edge.call import Call, Reply


@function("list_topics")
def list_topics(call: Call) -> Reply:
    """GET /sessions/{session_id}/topics."""
    query: CategoryFilter = call.query
    page = read_elements(call.ports, call.user_id, call.session_id, "topics", query.wanted())
    return Reply(TopicsReply.of("topics", page))
