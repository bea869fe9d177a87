"""Events as bytes on the wire, built once however many sockets they go to."""

from __future__ import annotations

import json
import struct
from typing import Final

from shared.domain.events import Event, EventType

_FINAL_TEXT: Final = 0x81
PING: Final = b"\x89\x00"


def message_of(event: Event) -> bytes:
    """The envelope: `type` and `data` of API.md, with the event's number and session beside."""
    envelope = {
        "id": event.seq,
        "session_id": event.session_id,
        "type": str(event.type),
        "data": event.data,
    }
    return json.dumps(envelope, separators=(",", ":"), ensure_ascii=False, default=dict).encode()


def text_frame(message: bytes) -> bytes:
    """One unfragmented text frame as a server sends it, unmasked (RFC 6455, section 5.2)."""
    size = len(message)
    if size < 126:
        return bytes((_FINAL_TEXT, size)) + message
    if size < 1 << 16:
        return struct.pack("!BBH", _FINAL_TEXT, 126, size) + message
    return struct.pack("!BBQ", _FINAL_TEXT, 127, size) + message


def frame_of(event: Event) -> bytes:
    """The frame that tells `event`."""
    return text_frame(message_of(event))


def reset_message(session_id: str, seq: int) -> bytes:
    """What tells that history up to `seq` is gone: the client reads afresh and goes on from it."""
    envelope = {
        "id": seq,
        "session_id": session_id,
        "type": str(EventType.RESET),
        "data": {"reason": "expired"},
    }
    return json.dumps(envelope, separators=(",", ":")).encode()
