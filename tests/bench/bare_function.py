"""The least that an authenticated read can do: verify the token, read the document, render it."""

from __future__ import annotations

import json
import os
from typing import Any

from flask import Request

from shared.bootstrap import services_for
from shared.config import Config

_services = services_for(Config.from_environment(os.environ))


def bare(request: Request) -> tuple[str, int, dict[str, str]]:
    """Answers with the session that the path names."""
    token = request.headers["Authorization"].removeprefix("Bearer ")
    principal = _services.identity.verify(token)
    session_id = request.path.split("/")[4]
    document = _services.documents.get(f"sessions/{session_id}")
    if document is None or document.data["owner_id"] != principal.user_id:
        return "", 404, {}
    body: dict[str, Any] = {"status": "success", "data": {"analysis": document.data["analysis"]}}
    return json.dumps(body, default=str), 200, {"Content-Type": "application/json"}
