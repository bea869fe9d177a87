"""Values as bytes whose order is the order of the values.

The order is Firestore's (firebase.google.com/docs/firestore/manage-data/data-types, "Value type
ordering"): null < bool < number < time < string < list < map; whole and fractional numbers by
value, strings by their UTF-8 bytes, lists element by element, maps key by key and then value.
No encoding is the beginning of another, so encodings may be joined.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import cache
from typing import Any

from .values import check, to_microseconds

# Firestore indexes no more of a value (docs/firestore/quotas, "Indexes"): long values that begin
# alike are sorted as equal ones.
MAX_KEY_BYTES = 1500

_NULL, _BOOL, _NUMBER, _TIME, _STRING, _LIST, _MAP = (bytes([tag]) for tag in range(16, 128, 16))
# Below every tag, so that the shorter list or map comes first.
_END = b"\x00"
_SIGN = 1 << 63


def encode(value: Any) -> bytes:
    """The ordered form of a value that `values.check` lets pass, cut at `MAX_KEY_BYTES`."""
    out = bytearray()
    _append(out, value)
    return bytes(out[:MAX_KEY_BYTES])


def encode_whole(value: Any) -> bytes:
    """The same for a value that documents are compared with.

    Raises:
        ValueError: the value is too long to be compared with, for Firestore too.
    """
    check(value)
    out = bytearray()
    _append(out, value)
    if len(out) > MAX_KEY_BYTES:
        raise ValueError("A value is too long to be used in a query.")
    return bytes(out)


def type_range(encoded: bytes) -> tuple[bytes, bytes]:
    """Bounds [low, high) of everything that is of the same type as an encoded value."""
    return encoded[:1], bytes([encoded[0] + 1])


def _append(out: bytearray, value: Any) -> None:
    _appender(value.__class__)(out, value)


@cache
def _appender(kind: type) -> Callable[[bytearray, Any], None]:
    for base, append in _APPENDERS:
        if issubclass(kind, base):
            return append
    raise ValueError("A value is of a type that a document cannot hold.")


def _append_null(out: bytearray, value: None) -> None:
    out += _NULL


def _append_bool(out: bytearray, value: bool) -> None:
    out += _BOOL + bytes([value])


def _append_number(out: bytearray, value: float) -> None:
    # A 64-bit whole number may lie between two floats. The nearest float comes first, then the
    # distance to it, at most 512. Adding 0.0 makes -0.0 equal to 0.
    nearest = float(value) + 0.0
    distance = value - int(nearest) if isinstance(value, int) else 0
    (bits,) = struct.unpack(">Q", struct.pack(">d", nearest))
    ordered = bits ^ (2**64 - 1) if bits & _SIGN else bits | _SIGN
    out += _NUMBER + struct.pack(">QH", ordered, distance + 0x8000)


def _append_time(out: bytearray, value: datetime) -> None:
    out += _TIME + struct.pack(">Q", to_microseconds(value) + _SIGN)


def _append_string(out: bytearray, value: str) -> None:
    # More characters than the key has bytes cannot change it.
    raw = value[: MAX_KEY_BYTES + 1].encode()
    out += _STRING + raw.replace(b"\x00", b"\x00\xff") + b"\x00\x01"


def _append_list(out: bytearray, value: list[Any]) -> None:
    out += _LIST
    for item in value:
        _append(out, item)
        if len(out) > MAX_KEY_BYTES:
            return
    out += _END


def _append_map(out: bytearray, value: Mapping[str, Any]) -> None:
    out += _MAP
    for key in sorted(value, key=str.encode):
        _append_string(out, key)
        _append(out, value[key])
        if len(out) > MAX_KEY_BYTES:
            return
    out += _END


# bool must stand before int, its base class.
_APPENDERS: tuple[tuple[Any, Callable[[bytearray, Any], None]], ...] = (
    (str, _append_string),
    (bool, _append_bool),
    ((int, float), _append_number),
    (datetime, _append_time),
    (type(None), _append_null),
    ((dict, Mapping), _append_map),
    ((list, tuple), _append_list),
)
