"""Serve the files of the page that shows the API."""

from __future__ import annotations

from shared.bootstrap import function
from shared.edge.call import Call, Reply
from shared.edge.docs import asset


@function("get_docs_asset")
def get_docs_asset(call: Call) -> Reply:
    """GET /docs/{asset}."""
    return asset(call.parameters["asset"])
