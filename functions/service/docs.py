"""Show the description of the API, to browse."""

from __future__ import annotations

from shared.bootstrap import function
from shared.edge.call import Call, Reply
from shared.edge.docs import page


@function("get_docs")
def get_docs(call: Call) -> Reply:
    """GET /docs."""
    return page()
