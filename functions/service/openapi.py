"""Describe the API."""

from __future__ import annotations

from shared.bootstrap import function
from shared.edge.call import Call, Reply
from shared.edge.docs import openapi


@function("get_openapi")
def get_openapi(call: Call) -> Reply:
    """GET /openapi.json."""
    return openapi()
