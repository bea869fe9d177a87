"""The AsyncAPI 3.0 description of the socket, made from the wire models and the close codes."""

from __future__ import annotations

import json
import re
from typing import Any, Final

from pydantic import BaseModel

from infra.openapi.schemas import Schemas
from shared.contract.events import MAX_SEQ
from shared.contract.live import MESSAGES, Greeting
from shared.endpoints import BY_NAME
from shared.live.closing import MEANINGS

_DESCRIPTION: Final = """\
The live stream of one session: what was written to it, in order, each event once.

Every message has an `id`, which grows by one. A client that reconnects sends the last one that it
saw, as `after` in the address or in its first frame, and gets everything behind it. Where history
is gone, or what was told no longer stands, a `reset` says so: read the session again over HTTP and
go on from the reset's id.

A client shows who it is by the header `Authorization: Bearer <token>`; or by a ticket, which is
good for one connection within 30 seconds (`POST /sessions/{session_id}/events/ticket`); or in its
first frame, within 5 seconds. A browser's origin must be one that the service knows. Tokens never
stand in the address.
"""
_EVENTS: Final = BY_NAME["list_events"]
_CHANNEL: Final = {"$ref": "#/channels/events"}


def build() -> dict[str, Any]:
    """The document."""
    schemas = Schemas()
    told = {_name(model): _message(model, schemas.reply(model)) for model in MESSAGES}
    heard = {_name(Greeting): _message(Greeting, schemas.request(Greeting))}
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Insight Journey: live events",
            "version": "1.0.0",
            "description": _DESCRIPTION,
        },
        "defaultContentType": "application/json",
        "servers": {"local": {"host": "localhost:5000", "protocol": "ws"}},
        "channels": {"events": _channel({**told, **heard})},
        "operations": {
            "tell": _operation("send", "What the service tells.", told),
            "greet": _operation("receive", "What a client says of itself.", heard),
        },
        "components": {"schemas": schemas.definitions(), "messages": {**told, **heard}},
    }


def render() -> str:
    """The document as it is committed."""
    return json.dumps(build(), indent=1, ensure_ascii=False) + "\n"


def _channel(messages: dict[str, Any]) -> dict[str, Any]:
    query = {
        "type": "object",
        "properties": {
            "after": {"type": "integer", "minimum": 0, "maximum": MAX_SEQ},
            "ticket": {"type": "string"},
        },
    }
    return {
        "address": _EVENTS.path,
        "parameters": {"session_id": {"description": "Id of the session."}},
        "messages": {name: {"$ref": f"#/components/messages/{name}"} for name in messages},
        "bindings": {"ws": {"method": "GET", "query": query, "bindingVersion": "0.1.0"}},
        "x-close-codes": [
            {"code": int(code), "reason": told.reason, "meaning": told.meaning, "then": told.then}
            for code, told in MEANINGS.items()
        ],
    }


def _operation(action: str, summary: str, messages: dict[str, Any]) -> dict[str, Any]:
    return {
        "action": action,
        "summary": summary,
        "channel": _CHANNEL,
        "messages": [{"$ref": f"#/channels/events/messages/{name}"} for name in messages],
    }


def _message(model: type[BaseModel], payload: dict[str, Any]) -> dict[str, Any]:
    name = _name(model)
    return {"name": name, "summary": (model.__doc__ or "").strip(), "payload": payload}


def _name(model: type[BaseModel]) -> str:
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", model.__name__).lower()
