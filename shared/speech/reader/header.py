"""Header lines: `Session 1/24`, `Date: May 01, 2025`, `Client: Alex (Product Designer)`."""

from __future__ import annotations

import re
from datetime import datetime, time

from shared.domain.transcript import Role

from .labels import role_of_label
from .names import is_name_like, words_of
from .script import Header
from .stamps import DAY_MS, parse_stamp
from .vocabulary import GREETINGS, HEADER_FIELDS, LAST_FIELD_WORDS, MONTHS, TITLE_WORDS

_FIELD = re.compile(
    r"[\s>#*_\-]{0,12}+(?P<key>[^\W\d_][^:：\n*]{0,31}?)[*_]{0,3}\s?[:：][*_]{0,3}(?=\s|$)"
)
_NAMED_DATES = (
    re.compile(
        r"(?P<month>[^\W\d_]{3,9})\.?\s+(?P<day>\d{1,2})(?:st|nd|rd|th)?,?\s+(?P<year>\d{4})\b"
    ),
    re.compile(
        r"\b(?P<day>\d{1,2})(?:st|nd|rd|th|\.)?\s+(?:of\s+)?(?P<month>[^\W\d_]{3,9})\.?,?\s+(?P<year>\d{4})\b"
    ),
)
_ISO_DATE = re.compile(r"\b(?P<year>\d{4})[-/.](?P<month>\d{1,2})[-/.](?P<day>\d{1,2})(?!\d)")
_SHORT_DATE = re.compile(r"\b(?P<a>\d{1,2})(?P<sep>[./-])(?P<b>\d{1,2})(?P=sep)(?P<year>\d{4})\b")
_AMOUNT = re.compile(r"(\d{1,4}(?:[.,]\d{1,2})?)\s{0,3}(h|m|s)[^\W\d_]{0,6}", re.IGNORECASE)
_SECONDS = {"h": 3600.0, "m": 60.0, "s": 1.0}


def field_of(line: str) -> tuple[str, str] | None:
    """Key (as written) and value of a line `Key: value`; None for any other line."""
    match = _FIELD.match(line)
    return None if match is None else (match["key"].strip(), line[match.end() :].strip(" \t*_"))


def is_known_field(key: str) -> bool:
    """Whether `key` names a property of a session and never a speaker."""
    words = words_of(key)
    return bool(words) and (words[0] in HEADER_FIELDS or words[-1] in LAST_FIELD_WORDS)


def names_a_person(key: str, value: str) -> bool:
    """Whether `key: value` says who somebody is, not what a speaker called `key` says."""
    role, _ = role_of_label(key)
    name = name_in(value)
    words = words_of(name)
    return role is not Role.UNKNOWN and is_name_like(name) and not GREETINGS.intersection(words)


def looks_like_title(line: str) -> bool:
    """Whether a line without a label is a title: it speaks of a session and is no sentence."""
    line = line.strip()
    words = words_of(line)
    if not 0 < len(words) <= 14 or len(line) > 120 or line[-1] in ".!?,;:…":
        return False
    return bool(TITLE_WORDS.intersection(words[:4])) and not line[0].islower()


def read_field(header: Header, key: str, value: str) -> None:
    """Takes what `key: value` tells into `header`; the first of a kind counts."""
    role, _ = role_of_label(key)
    words = words_of(key) or [""]
    first = words[-1] if words[0] == "session" else words[0]
    if names_a_person(key, value):
        header.roles.setdefault(name_in(value), role)
    elif first in ("date", "recorded"):
        _read_date(header, value)
    elif first in ("time", "start", "started"):
        header.starts = header.starts or parse_stamp(value)
    elif first in ("duration", "length"):
        header.duration_s = header.duration_s or parse_duration(value)
    elif first in ("title", "session") and value:
        header.title = header.title or (value if first == "title" else f"{key}: {value}")


def _read_date(header: Header, value: str) -> None:
    header.date = header.date or parse_date(value)
    header.starts = header.starts or parse_stamp(value)


def name_in(value: str) -> str:
    """The name that a value begins with, without what is added to it (`(Product Designer)`)."""
    return re.split(r"[(\[,;/|]|\s[–—-]\s", value, maxsplit=1)[0].strip(" \t\u00a0*_.")


def finish(header: Header) -> None:
    """Joins date and time of day once all lines are read."""
    if header.date is None or "T" in header.date or header.starts is None:
        return
    seconds = header.starts.clock_ms % DAY_MS // 1000
    start = time(seconds // 3600, seconds // 60 % 60, seconds % 60)
    header.date = f"{header.date}T{start.isoformat()}"


def parse_date(value: str) -> str | None:
    """ISO 8601 of the date in `value`; None if there is none or it could be two.

    `03/04/2025` is the 3rd of April in one country and the 4th of March in another, so it is no
    date here; `13/04/2025` can only be one.
    """
    try:
        return _parse_date(value)
    except ValueError:
        return None


def _parse_date(value: str) -> str | None:
    iso = _ISO_DATE.search(value)
    if iso is not None:
        return _iso(int(iso["year"]), int(iso["month"]), int(iso["day"]))
    for pattern in _NAMED_DATES:
        match = pattern.search(value)
        if match is not None and match["month"][:3].casefold() in MONTHS:
            month = MONTHS.index(match["month"][:3].casefold()) + 1
            return _iso(int(match["year"]), month, int(match["day"]))
    short = _SHORT_DATE.search(value)
    return None if short is None else _unambiguous(short)


def _unambiguous(short: re.Match[str]) -> str | None:
    a, b, year = int(short["a"]), int(short["b"]), int(short["year"])
    # With dots the day comes first wherever dots are used.
    if short["sep"] == "." or a > 12 or a == b:
        return _iso(year, b, a)
    return _iso(year, a, b) if b > 12 else None


def _iso(year: int, month: int, day: int) -> str:
    return datetime(year, month, day).date().isoformat()


def parse_duration(value: str) -> float | None:
    """Seconds in `30 minutes`, `1 h 20 min`, `00:50:00`; None if it says none."""
    amounts = _AMOUNT.findall(value)
    if amounts:
        return sum(float(n.replace(",", ".")) * _SECONDS[unit.lower()] for n, unit in amounts)
    stamp = parse_stamp(value)
    return None if stamp is None else stamp.ms / 1000
