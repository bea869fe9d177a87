"""Time stamps as sources write them: `0:06`, `[10:05]`, `1:02:03.5`, `10:05 AM`."""

from __future__ import annotations

import re
from dataclasses import dataclass

HOUR_MS = 3_600_000
DAY_MS = 24 * HOUR_MS

# Every quantifier is bounded or possessive: matching costs the same on any input.
CLOCK = (
    r"(?<![\d:])(\d{1,3}):([0-5]\d)(?::([0-5]\d))?(?:[.,](\d{1,3}))?(?![\d:])"
    r"(?:\s?([AaPp])\.?[Mm]\b\.?)?"
)
_CLOCK = re.compile(CLOCK)
_BARE_HOUR = re.compile(r"(?<![\d:])(\d{1,2})\s?([AaPp])\.?[Mm]\b")


@dataclass(frozen=True, slots=True)
class Stamp:
    """A time as written, before it is known what it counts from.

    Attributes:
        ms: read as a running time; two fields are minutes and seconds.
        clock_ms: read as a time of day (ms since midnight); two fields are hours and minutes.
        fields: how many numbers it had, 2 or 3.
        of_day: it says AM or PM, so it cannot be a running time.
    """

    ms: int
    clock_ms: int
    fields: int = 3
    of_day: bool = False


def running(ms: int) -> Stamp:
    """A stamp that is known to be a running time."""
    return Stamp(ms, ms)


def stamp_of(match: re.Match[str], first_group: int = 1) -> Stamp:
    """The stamp in five consecutive groups of a match of `CLOCK`."""
    groups = [match.group(first_group + index) for index in range(5)]
    return _stamp(*groups)


def parse_stamp(text: str) -> Stamp | None:
    """The first stamp in `text`; None if there is none."""
    match = _CLOCK.search(text)
    if match is not None:
        return stamp_of(match)
    hour = _BARE_HOUR.search(text)
    return None if hour is None else _stamp(hour.group(1), "00", None, None, hour.group(2))


def _stamp(
    first: str, second: str, third: str | None, fraction: str | None, meridiem: str | None
) -> Stamp:
    rest_ms = int((fraction or "").ljust(3, "0"))
    if third is None:
        hours_ms = _hour(int(first), meridiem) * HOUR_MS
        running_ms = int(first) * 60_000 + int(second) * 1_000 + rest_ms
        return Stamp(running_ms, hours_ms + int(second) * 60_000, 2, meridiem is not None)
    minutes_ms = int(second) * 60_000 + int(third) * 1_000 + rest_ms
    clock_ms = _hour(int(first), meridiem) * HOUR_MS + minutes_ms
    return Stamp(int(first) * HOUR_MS + minutes_ms, clock_ms, 3, meridiem is not None)


def _hour(hour: int, meridiem: str | None) -> int:
    if meridiem is None or not 1 <= hour <= 12:
        return hour
    return hour % 12 + (12 if meridiem in "Pp" else 0)
