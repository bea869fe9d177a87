"""The OpenAPI 3.1 description, made from the table of endpoints and the wire models."""

from __future__ import annotations

import json
from typing import Any

from shared.contract.problems import Problem
from shared.edge.problems import STATUSES
from shared.endpoints import API, ENDPOINTS, Caller

from .operations import operation, problem_name
from .schemas import Schemas

_DESCRIPTION = """\
Sessions of therapy: their content, what was said in it, and what was found in it, each finding
with the words it came from.

All times are ISO 8601 in UTC. Errors are problem details (RFC 9457) with `status: "error"`;
`code` is stable. A session of somebody else's answers like one that does not exist. Unknown fields
of a request are ignored. POST calls that take an `Idempotency-Key` answer a repetition with the
stored answer for 24 hours.

Live events come over a WebSocket at `/sessions/{session_id}/events`; the same stream can be read
by polling that path.
"""
_TAGS = {
    "sessions": "Sessions",
    "content": "Files and what became of them",
    "analysis": "What was found",
    "service": "The service itself",
}


def build() -> dict[str, Any]:
    """The document."""
    schemas = Schemas()
    public = [e for e in ENDPOINTS if e.caller is not Caller.PLATFORM]
    paths: dict[str, dict[str, Any]] = {}
    for endpoint in public:
        place = paths.setdefault(endpoint.path.removeprefix(API), {})
        place[endpoint.method.lower()] = operation(endpoint, schemas)
    problems = {problem_name(s): _problem_response(s, schemas) for s in _problem_statuses()}
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Insight Journey API",
            "version": "1",
            "description": _DESCRIPTION,
        },
        "servers": [
            {"url": API, "description": "Where this description is served."},
            {"url": f"http://localhost:5000{API}", "description": "The local platform."},
        ],
        "tags": [{"name": name, "description": text} for name, text in _TAGS.items()],
        "security": [{"bearer": []}],
        "paths": paths,
        "components": {
            "schemas": schemas.definitions(),
            "responses": problems,
            "securitySchemes": {
                "bearer": {
                    "type": "http",
                    "scheme": "bearer",
                    "bearerFormat": "JWT",
                    "description": "An ID token of Firebase Auth, or of the local sign-in.",
                }
            },
        },
    }


def render() -> str:
    """The document as it is committed."""
    return json.dumps(build(), indent=1, ensure_ascii=False) + "\n"


def _problem_statuses() -> list[int]:
    return sorted({status for status, _ in STATUSES.values()})


def _problem_response(status: int, schemas: Schemas) -> dict[str, Any]:
    code, title = next((c, t) for c, (s, t) in STATUSES.items() if s == status)
    example = {
        "type": f"urn:insight-journey:problem:{code}",
        "title": title,
        "status": "error",
        "http_status": status,
        "code": code,
        "detail": "A sentence that says what is wrong.",
        "message": "A sentence that says what is wrong.",
        "instance": "9b2f6c1e4d8a4f0e9b2f6c1e4d8a4f0e",
    }
    content = {"schema": schemas.reply(Problem), "example": example}
    return {"description": title, "content": {"application/problem+json": content}}
