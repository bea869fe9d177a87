"""What all wire models share: how times, numbers and free JSON are written and checked."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Annotated, Final

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    WithJsonSchema,
)
from pydantic_core import PydanticCustomError

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
