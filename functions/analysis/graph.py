"""Show which element came with which topic."""

from __future__ import annotations

from shared.application.read_graph import read_graph
from shared.bootstrap import function
from shared.contract.graph import GraphFormat, GraphQuery, GraphReply, to_graphml
from shared.edge.call import Call, Reply


@function("get_graph")
def get_graph(call: Call) -> Reply:
    """GET /sessions/{session_id}/graph."""
    query: GraphQuery = call.query
    graph = read_graph(call.ports, call.user_id, call.session_id)
    if query.format is GraphFormat.GRAPHML:
        return Reply(to_graphml(graph), media_type="application/graphml+xml")
    return Reply(GraphReply.of(graph))
