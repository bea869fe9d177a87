"""Times of JSON records: seconds, milliseconds or clock strings, under many names."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from .record_fields import END_KEYS, LASTING_KEYS, START_KEYS, Record
from .stamps import Stamp, parse_stamp, running

# An int is a whole number whose unit is not known; a float is seconds.
_Value = int | float | Stamp | datetime | None

_NUMBER = re.compile(r"(?:PT)?(\d{1,9})(\.\d{1,9})?\s?(s|sec|ms)?", re.IGNORECASE)
# A spoken word takes about 0.4 s, with pauses seldom over 8 s: whole numbers that make more units
# per word than this are milliseconds.
_MAX_SECONDS_PER_WORD = 30
_MAX_S = 10**8


@dataclass(slots=True)
class RecordTimes:
    """Start and end stamps by record; `running` if none of them can be a time of day."""

    stamps: list[tuple[Stamp | None, Stamp | None]]
    running: bool


def stamps_of(records: Sequence[Record]) -> RecordTimes:
    """When each of `records` is said."""
    found = [(_value(r.times, START_KEYS), _end(r.times)) for r in records]
    values = [value for pair in found for value in pair]
    unit_ms = _unit_ms(records, values)
    dates = [value.timestamp() for value in values if isinstance(value, datetime)]
    origin_s = min(dates, default=0.0)
    return RecordTimes(
        [(_stamp(at, unit_ms, origin_s), _stamp(until, unit_ms, origin_s)) for at, until in found],
        not any(isinstance(value, Stamp) for value in values),
    )


def _unit_ms(records: Sequence[Record], values: Sequence[_Value]) -> int:
    whole = [value for value in values if isinstance(value, int)]
    if not whole or any(isinstance(value, float) for value in values):
        return 1_000
    words = sum(len(record.text.split()) for record in records)
    return 1 if max(whole) - min(whole) > _MAX_SECONDS_PER_WORD * words else 1_000


def _stamp(value: _Value, unit_ms: int, origin_s: float) -> Stamp | None:
    if isinstance(value, datetime):
        return running(round((value.timestamp() - origin_s) * 1_000))
    if isinstance(value, int):
        return running(value * unit_ms)
    return running(round(value * 1_000)) if isinstance(value, float) else value


def _end(item: Mapping[str, Any]) -> _Value:
    end = _value(item, END_KEYS)
    pair = item.get("timestamp")
    if end is None and isinstance(pair, list) and len(pair) == 2:
        return _parsed(pair[1], "timestamp")
    start, lasting = _value(item, START_KEYS), _value(item, LASTING_KEYS)
    if end is None and isinstance(start, (int, float)) and type(start) is type(lasting):
        return start + lasting
    return end


def _value(item: Mapping[str, Any], keys: Sequence[str]) -> _Value:
    for key in keys:
        value = item.get(key)
        first = value[0] if isinstance(value, list) and value else value
        parsed = _parsed(first, key)
        if parsed is not None:
            return parsed
    return None


def _parsed(value: Any, key: str) -> _Value:
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return _number(value, key)
    if isinstance(value, Mapping):
        return _seconds_and_nanos(value)
    return _text(value, key) if isinstance(value, str) and len(value) <= 40 else None


def _number(value: float, key: str) -> int | float | None:
    if key.lower().endswith("ms"):
        value = value / 1_000
    return value if 0 <= value < _MAX_S else None


def _seconds_and_nanos(value: Mapping[str, Any]) -> float | None:
    if not value.keys() & {"seconds", "nanos"}:
        return None
    try:
        seconds = float(value.get("seconds", 0)) + float(value.get("nanos", 0)) / 1e9
    except (TypeError, ValueError, OverflowError):
        return None
    return seconds if 0 <= seconds < _MAX_S else None


def _text(value: str, key: str) -> _Value:
    number = _NUMBER.fullmatch(value.strip())
    if number is not None:
        whole, fraction, unit = number.groups()
        if unit is None and fraction is None:
            return _number(int(whole), key)
        return _number(float(whole + (fraction or "")), unit or key)
    if len(value) > 12 and value[4:5] == "-":
        return _date(value)
    return parse_stamp(value)


def _date(value: str) -> datetime | None:
    try:
        return datetime.fromisoformat(value.strip())
    except ValueError:
        return None
