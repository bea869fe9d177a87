"""Document values: what may be stored, and its JSON form.

Limits are Firestore's (firebase.google.com/docs/firestore/quotas, "Collections, documents, and
fields"), so that whatever one platform takes the other takes too. Everything that cannot be stored
raises `ValueError`, and no message repeats a stored value.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

MAX_DOCUMENT_BYTES = 1_048_576
MAX_DEPTH = 20
MAX_NAME_BYTES = 1500
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
# Free for our own use: Firestore, and `check_name`, refuse field names of this form.
_TIME_KEY = "__time_us__"
_RESERVED = re.compile(r"__.*__", re.DOTALL)


def to_microseconds(moment: datetime) -> int:
    """Microseconds from 1970-01-01 UTC to `moment`, which must know its time zone."""
    if moment.tzinfo is None or moment.utcoffset() is None:
        raise ValueError("A time has no time zone.")
    return (moment - _EPOCH) // _MICROSECOND


def from_microseconds(microseconds: int) -> datetime:
    """The moment, in UTC, that `to_microseconds` was given."""
    return _EPOCH + timedelta(microseconds=microseconds)


def byte_length(text: str) -> int:
    """Length in UTF-8. Raises `ValueError` for lone surrogates, which UTF-8 cannot hold."""
    if text.isascii():
        return len(text)
    try:
        return len(text.encode())
    except UnicodeEncodeError:
        raise ValueError("A string holds a lone surrogate.") from None


def check_name(name: str) -> int:
    """Length in bytes of a document id or field name; raises `ValueError` if it is not allowed."""
    if not isinstance(name, str):
        raise ValueError("A name must be a string.")
    length = byte_length(name)
    if not 0 < length <= MAX_NAME_BYTES:
        raise ValueError(f"A name must have 1 to {MAX_NAME_BYTES} bytes.")
    if _RESERVED.fullmatch(name):
        raise ValueError("Names that begin and end with two underscores are reserved.")
    return length


def dump(data: Mapping[str, Any]) -> str:
    """Checks a document's data and returns its JSON form.

    Raises:
        ValueError: a value is of no type that a document can hold, a list stands directly in a
            list, or the document is over 1 MiB or 20 levels deep.
    """
    fields = dict(data)
    if _map_size(fields, 0) > MAX_DOCUMENT_BYTES:
        raise ValueError(f"A document may have at most {MAX_DOCUMENT_BYTES} bytes.")
    return json.dumps(fields, default=_tagged, ensure_ascii=False, separators=(",", ":"))


def load(text: str) -> dict[str, Any]:
    """The data that `dump` was given; times come back in UTC."""
    fields: dict[str, Any] = json.loads(text, object_hook=_untag_time)
    return fields


def check(value: Any) -> None:
    """Raises `ValueError` unless `value` may be a field of a document."""
    _size(value, 0)


def _tagged(value: Mapping[str, Any] | datetime) -> dict[str, Any]:
    if isinstance(value, datetime):
        return {_TIME_KEY: to_microseconds(value)}
    return dict(value)


def _untag_time(fields: dict[str, Any]) -> Any:
    if _TIME_KEY in fields:
        return from_microseconds(fields[_TIME_KEY])
    return fields


def _size(value: Any, depth: int) -> int:
    # The sizes are those of firebase.google.com/docs/firestore/storage-size.
    return _measure(value.__class__)(value, depth)


@cache
def _measure(kind: type) -> Callable[[Any, int], int]:
    for base, measure in _MEASURES:
        if issubclass(kind, base):
            return measure
    raise ValueError("A value is of a type that a document cannot hold.")


def _string_size(value: str, depth: int) -> int:
    return byte_length(value) + 1


def _constant_size(value: bool | None, depth: int) -> int:
    return 1


def _int_size(value: int, depth: int) -> int:
    if not -(2**63) <= value < 2**63:
        raise ValueError("A whole number does not fit in 64 bits.")
    return 8


def _float_size(value: float, depth: int) -> int:
    if not math.isfinite(value):
        raise ValueError("A number is not finite.")
    return 8


def _time_size(value: datetime, depth: int) -> int:
    # A local time at the edge of the calendar may have no UTC time that can be read back.
    try:
        from_microseconds(to_microseconds(value))
    except OverflowError:
        raise ValueError("A time is outside the years 1 to 9999.") from None
    return 8


def _list_size(value: list[Any] | tuple[Any, ...], depth: int) -> int:
    _check_depth(depth)
    if any(isinstance(item, (list, tuple)) for item in value):
        raise ValueError("A list stands directly in a list.")
    return sum(_size(item, depth + 1) for item in value)


def _map_size(value: Mapping[str, Any], depth: int) -> int:
    _check_depth(depth)
    return 32 + sum(check_name(key) + 1 + _size(item, depth + 1) for key, item in value.items())


def _check_depth(depth: int) -> None:
    if depth > MAX_DEPTH:
        raise ValueError(f"A value is nested deeper than {MAX_DEPTH} levels.")


# bool must stand before int, its base class.
_MEASURES: tuple[tuple[Any, Callable[[Any, int], int]], ...] = (
    (str, _string_size),
    ((bool, type(None)), _constant_size),
    (int, _int_size),
    (float, _float_size),
    ((dict, Mapping), _map_size),
    ((list, tuple), _list_size),
    (datetime, _time_size),
)
