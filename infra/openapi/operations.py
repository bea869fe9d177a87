"""One endpoint of the table as an OpenAPI operation."""

from __future__ import annotations

import re
from typing import Any

from shared.edge.validation import model
from shared.endpoints import Caller, Endpoint

from .examples import REPLIES, REQUESTS
from .schemas import Schemas

_ID = {"type": "string", "pattern": "^[A-Za-z0-9_-]{1,64}$"}
_ASSET = {"type": "string", "pattern": "^[a-z0-9-]{1,48}\\.[a-z0-9]{1,8}$"}
_TEXT = {"schema": {"type": "string"}}
# What an endpoint answers beside JSON, or instead of it.
_OTHER_MEDIA: dict[str, dict[str, Any]] = {
    "get_transcript": {"application/x-subrip": _TEXT, "text/vtt": _TEXT, "text/plain": _TEXT},
    "get_graph": {"application/graphml+xml": _TEXT},
    "get_openapi": {"application/json": {"schema": {"type": "object"}}},
    "get_docs": {"text/html": _TEXT},
    "get_docs_asset": {"text/css": _TEXT, "text/javascript": _TEXT, "image/png": {}},
}
_HEADERS = {
    "X-Request-Id": {"type": "string", "description": "Comes back; made where it is left out."},
    "Idempotency-Key": {
        "type": "string",
        "pattern": "^[!-~]{1,255}$",
        "description": "A repetition with the same key and content gets the stored answer.",
    },
    "Content-Digest": {
        "type": "string",
        "description": "RFC 9530; of SHA-256, the body is refused unless it has it.",
    },
    "If-None-Match": {"type": "string", "description": "Entity tags that the client has."},
    "If-Match": {"type": "string", "description": "The entity tag that the change is made to."},
}
_READ_WITH_ETAG = ("get_session", "get_summary", "get_transcript")
_CONFLICTING = ("update_session", "get_transcript", "name_speakers", "cancel_upload")
_BOUNDED = ("upload_content", "begin_upload", "update_action_item", "correct_segment")
_CHANGED_IF_MATCH = ("update_session", "delete_session")


def operation(endpoint: Endpoint, schemas: Schemas) -> dict[str, Any]:
    """The operation object of `endpoint`."""
    described: dict[str, Any] = {
        "operationId": endpoint.name,
        "summary": endpoint.summary,
        "tags": [endpoint.tag],
        "parameters": _parameters(endpoint, schemas),
        "responses": _responses(endpoint, schemas),
    }
    if endpoint.caller is Caller.ANYONE:
        described["security"] = []
    if endpoint.body is not None:
        content = {"schema": schemas.request(model(endpoint.body)), **_examples(endpoint.name)}
        described["requestBody"] = {"required": True, "content": {"application/json": content}}
    if endpoint.multipart:
        described["requestBody"] = _multipart()
    return described


def problem_name(status: int) -> str:
    """Name of the shared response for an HTTP status."""
    return f"Problem{status}"


def _examples(name: str) -> dict[str, Any]:
    given = REQUESTS.get(name, {})
    return {"examples": {key: {"value": value} for key, value in given.items()}} if given else {}


def _multipart() -> dict[str, Any]:
    schema = {
        "type": "object",
        "required": ["file"],
        "properties": {
            "file": {
                "description": "At most 30 MiB; text at most 5 MiB.",
                "contentMediaType": "application/octet-stream",
            },
            "type": {
                "type": "string",
                "enum": ["audio", "video", "text"],
                "description": "What it is; found from the bytes where it is left out.",
            },
            "checksum": {"type": "string", "pattern": "^sha256:[0-9a-fA-F]{64}$"},
        },
    }
    return {"required": True, "content": {"multipart/form-data": {"schema": schema}}}


def _parameters(endpoint: Endpoint, schemas: Schemas) -> list[dict[str, Any]]:
    found = [
        _parameter(name, "path", _ASSET if name == "asset" else _ID)
        for name in re.findall(r"\{(\w+)\}", endpoint.path)
    ]
    if endpoint.query is not None:
        for name, schema in schemas.properties(model(endpoint.query)).items():
            found.append(_parameter(name, "query", schema))
    return found + [_parameter(name, "header", _HEADERS[name]) for name in _headers(endpoint)]


def _headers(endpoint: Endpoint) -> list[str]:
    headers = ["X-Request-Id"] if endpoint.caller is Caller.USER else []
    if endpoint.idempotent_by_key:
        headers.append("Idempotency-Key")
    if endpoint.multipart:
        headers.append("Content-Digest")
    if endpoint.name in _READ_WITH_ETAG:
        headers.append("If-None-Match")
    if endpoint.name in _CHANGED_IF_MATCH:
        headers.append("If-Match")
    return headers


def _parameter(name: str, place: str, schema: dict[str, Any]) -> dict[str, Any]:
    schema = dict(schema)
    parameter: dict[str, Any] = {"name": name, "in": place, "required": place == "path"}
    if description := schema.pop("description", None):
        parameter["description"] = description
    return {**parameter, "schema": schema}


def _responses(endpoint: Endpoint, schemas: Schemas) -> dict[str, Any]:
    responses: dict[str, Any] = {str(endpoint.success): _success(endpoint, schemas)}
    if endpoint.name in _READ_WITH_ETAG:
        responses["304"] = {"description": "The client has just that already."}
    for status in _problems(endpoint):
        responses[str(status)] = {"$ref": f"#/components/responses/{problem_name(status)}"}
    return responses


def _success(endpoint: Endpoint, schemas: Schemas) -> dict[str, Any]:
    content: dict[str, Any] = {}
    if endpoint.reply is not None:
        content["application/json"] = {"schema": schemas.reply(model(endpoint.reply))}
        if endpoint.name in REPLIES:
            content["application/json"]["example"] = REPLIES[endpoint.name]
    content.update(_OTHER_MEDIA.get(endpoint.name, {}))
    headers = {"X-Request-Id": _response_header("Id of this request.")}
    if endpoint.name in (*_READ_WITH_ETAG, "update_session"):
        headers["ETag"] = _response_header("Entity tag of the session.")
    if endpoint.name == "create_session":
        headers["Location"] = _response_header("Path of the new session.")
    if endpoint.idempotent_by_key:
        headers["Idempotency-Replayed"] = _response_header("`true` if this is a stored answer.")
    return {"description": endpoint.summary, "headers": headers, "content": content}


def _response_header(description: str) -> dict[str, Any]:
    return {"description": description, "schema": {"type": "string"}}


def _problems(endpoint: Endpoint) -> list[int]:
    statuses = {405, 500}
    if endpoint.caller is Caller.USER:
        statuses |= {401, 503}
    if "{" in endpoint.path:
        statuses.add(404)
    if endpoint.query is not None:
        statuses.add(422)
    if endpoint.body is not None or endpoint.multipart:
        statuses |= {400, 413, 415, 422}
    if endpoint.idempotent_by_key or endpoint.name in _CONFLICTING:
        statuses |= {409, 422}
    if endpoint.name in _CHANGED_IF_MATCH:
        statuses.add(412)
    if endpoint.name in _BOUNDED:
        statuses.add(429)
    return sorted(statuses)
