"""What all wire models share: how times, numbers and free JSON are written and checked."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Annotated, Any, Final

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    WithJsonSchema,
)
from pydantic_core import PydanticCustomError, to_json

MAX_SETTINGS_BYTES: Final = 16 * 1024
MAX_SETTINGS_DEPTH: Final = 10
# Firestore's limit of a field name (firebase.google.com/docs/firestore/quotas).
MAX_SETTINGS_KEY_BYTES: Final = 1_500
_INT64: Final = 2**63
_FIRST_YEAR, _LAST_YEAR = 1900, 2200
# A plus sign that was not percent-encoded in a query arrives as a space (WHATWG URL, section 5.1).
_LOST_PLUS: Final = re.compile(r"(?<=\d) (?=\d\d:?\d\d$)")


class Wire(BaseModel):
    """Base of all requests and replies. Unknown fields of a request are ignored."""

    model_config = ConfigDict(
        extra="ignore",
        frozen=True,
        populate_by_name=True,
        use_enum_values=False,
        # Schemas are built when first needed: a cold start pays for none.
        defer_build=True,
        hide_input_in_errors=True,
        ser_json_inf_nan="constants",
    )


class SuccessReply(Wire):
    """A reply of API.md's second generation."""

    status: Annotated[str, Field(pattern="^success$", examples=["success"])] = "success"


def instant(moment: datetime) -> str:
    """ISO 8601 in UTC with a Z, with milliseconds only where there are any."""
    utc = moment.astimezone(UTC)
    precision = "milliseconds" if utc.microsecond >= 1_000 else "seconds"
    return utc.replace(tzinfo=None).isoformat(timespec=precision) + "Z"


def parse_instant(value: object) -> datetime:
    """Reads ISO 8601, with or without time and zone (UTC), as a UTC time."""
    if isinstance(value, datetime):
        return value
    try:
        if not isinstance(value, str):
            raise TypeError
        moment = datetime.fromisoformat(_LOST_PLUS.sub("+", value.strip()))
        return moment.replace(tzinfo=moment.tzinfo or UTC).astimezone(UTC)
    except (TypeError, ValueError, OverflowError) as error:
        raise PydanticCustomError(
            "instant", "must be an ISO 8601 date and time, such as 2024-03-20T14:30:00Z"
        ) from error


def _is_plausible(moment: datetime) -> datetime:
    if not _FIRST_YEAR <= moment.year < _LAST_YEAR:
        raise PydanticCustomError(
            "instant",
            "must lie between the years {first} and {last}",
            {"first": _FIRST_YEAR, "last": _LAST_YEAR},
        )
    return moment


_INSTANT_SCHEMA = WithJsonSchema(
    {"type": "string", "format": "date-time", "examples": ["2024-03-20T14:30:00Z"]}
)
Instant = Annotated[
    datetime, BeforeValidator(parse_instant), PlainSerializer(instant), _INSTANT_SCHEMA
]
SessionDate = Annotated[Instant, AfterValidator(_is_plausible), _INSTANT_SCHEMA]
# A time that was written in wire form where it was computed.
Stamp = Annotated[str, _INSTANT_SCHEMA]


def _whole(seconds: float | None) -> float | int | None:
    return int(seconds) if seconds is not None and seconds.is_integer() else seconds


# Strings are not numbers here: "3600" is a mistake worth telling.
DurationS = Annotated[
    float,
    Field(strict=True, ge=0, le=31_536_000, allow_inf_nan=False, description="Seconds."),
    PlainSerializer(_whole, return_type=float | int),
]


def _check_settings(settings: Mapping[str, Any]) -> Mapping[str, Any]:
    _check_value(settings, 1)
    if len(to_json(settings)) > MAX_SETTINGS_BYTES:
        raise PydanticCustomError("settings", "must be at most 16 KiB of JSON")
    return settings


def _check_value(value: Any, depth: int, in_list: bool = False) -> None:
    if depth > MAX_SETTINGS_DEPTH:
        raise PydanticCustomError("settings", "must be nested at most 10 levels deep")
    if isinstance(value, dict):
        for key, member in value.items():
            _check_key(key)
            _check_value(member, depth + 1)
    elif isinstance(value, list):
        if in_list:
            raise PydanticCustomError("settings", "must not hold a list directly in a list")
        for member in value:
            _check_value(member, depth + 1, in_list=True)
    else:
        _check_scalar(value)


def _check_key(key: str) -> None:
    if not key or (key.startswith("__") and key.endswith("__")) or not _is_text(key):
        raise PydanticCustomError("settings", "must have no empty keys and none like __this__")
    if len(key.encode()) > MAX_SETTINGS_KEY_BYTES:
        raise PydanticCustomError("settings", "must have keys of at most 1,500 bytes")


def _check_scalar(value: Any) -> None:
    if isinstance(value, int) and not -_INT64 <= value < _INT64:
        raise PydanticCustomError("settings", "must hold whole numbers of at most 64 bits")
    if isinstance(value, float) and not math.isfinite(value):
        raise PydanticCustomError("settings", "must hold finite numbers")
    if isinstance(value, str) and not _is_text(value):
        raise PydanticCustomError("settings", "must hold valid Unicode text")


def _is_text(value: str) -> bool:
    # JSON can spell half of a surrogate pair, which no encoding can carry on.
    return not any("\ud800" <= character <= "\udfff" for character in value)


Settings = Annotated[
    dict[str, Any],
    AfterValidator(_check_settings),
    WithJsonSchema(
        {
            "type": "object",
            "additionalProperties": True,
            "description": "JSON of the client's own: at most 16 KiB, 10 levels, no list directly "
            "in a list, no empty keys and none like `__this__`, keys of at most 1,500 bytes, whole "
            "numbers of 64 bits.",
        }
    ),
]
