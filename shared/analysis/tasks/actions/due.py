"""Until when something is to be done: dates in words, reckoned from the session's date."""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable
from datetime import date, timedelta

_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_MONTHS = tuple(name.lower() for name in calendar.month_name)
_NUMBERS = {
    "a": 1, "an": 1, "one": 1, "two": 2, "couple of": 2, "a couple of": 2, "three": 3, "four": 4,
    "five": 5, "six": 6, "seven": 7, "eight": 8, "ten": 10,
}  # fmt: skip
_COUNT = r"(?P<count>\d{1,2}|(?:a\s+)?couple\s+of|an?|one|two|three|four|five|six|seven|eight|ten)"
_UNIT = r"(?P<unit>day|week|month)s?"
_DAY = rf"(?P<day>{'|'.join(_DAYS)})"
_MONTH = r"(?P<month>" + "|".join(_MONTHS[1:]) + ")"
_YEAR = r"(?:,?\s+(?P<year>20\d\d))?"
_WEEK = 7

Reckon = Callable[[re.Match[str], date], date | None]


def resolve_due(text: str, session_day: date) -> str | None:
    """Return the ISO date that `text` sets, None where it sets none or not plainly one.

    "This week" ends seven days after the session, as people mean it there; "next Tuesday" is the
    Tuesday of the calendar week after. What comes back ("every Friday") has no date.
    """
    found, rest = set[date](), text
    for pattern, reckon in _FORMS:
        for match in pattern.finditer(rest):
            due = reckon(match, session_day)
            if due:
                found.add(due)
        rest = pattern.sub(lambda match: " " * len(match[0]), rest)
    return found.pop().isoformat() if len(found) == 1 else None


def _nothing(found: re.Match[str], day: date) -> None:
    return None


def _iso(found: re.Match[str], day: date) -> date | None:
    return _day_of(int(found["year"]), int(found["month"]), int(found["number"]))


def _month_day(found: re.Match[str], day: date) -> date | None:
    """A date without a year is the next such day."""
    month, number = _MONTHS.index(found["month"].lower()), int(found["number"])
    if found["year"]:
        return _day_of(int(found["year"]), month, number)
    due = _day_of(day.year, month, number)
    return _day_of(day.year + 1, month, number) if due and due < day else due


def _day_of(year: int, month: int, number: int) -> date | None:
    try:
        return date(year, month, number)
    except ValueError:
        return None


def _later(days: int) -> Reckon:
    return lambda found, day: day + timedelta(days)


def _counted(found: re.Match[str], day: date) -> date | None:
    word = " ".join(found["count"].lower().split())
    count = _NUMBERS.get(word) or (int(word) if word.isdigit() else 0)
    if found["unit"].lower() == "month":
        return _months_later(day, count)
    return day + timedelta(count * (_WEEK if found["unit"].lower() == "week" else 1))


def _months_later(day: date, months: int) -> date:
    year, month = divmod(day.month - 1 + months, 12)
    last = calendar.monthrange(day.year + year, month + 1)[1]
    return date(day.year + year, month + 1, min(day.day, last))


def _month_end(months: int) -> Reckon:
    def reckon(found: re.Match[str], day: date) -> date:
        due = _months_later(day.replace(day=1), months)
        return due.replace(day=calendar.monthrange(due.year, due.month)[1])

    return reckon


def _weekday(found: re.Match[str], day: date) -> date:
    """The next such day after the session; "before Friday" leaves the day before it."""
    ahead = (_DAYS.index(found["day"].lower()) - day.weekday() - 1) % _WEEK + 1
    before = (found["lead"] or "").lower().startswith("before") and ahead > 1
    return day + timedelta(ahead - before)


def _next_weekday(found: re.Match[str], day: date) -> date:
    monday = day + timedelta(_WEEK - day.weekday())
    return monday + timedelta(_DAYS.index(found["day"].lower()))


def _week_end(weeks: int) -> Reckon:
    return lambda found, day: day + timedelta(6 - day.weekday() + _WEEK * weeks)


# In this order; what one form has read, a later one does not see.
_FORMS: tuple[tuple[re.Pattern[str], Reckon], ...] = tuple(
    (re.compile(rf"\b(?:{form})\b", re.IGNORECASE), reckon)
    for form, reckon in (
        (rf"(?:every|each|most|last|since|about|from|of|other)\s+(?:\w+\s+)?{_DAY}s?", _nothing),
        (rf"{_DAY}s|next\s+(?:session|time|appointment|meeting)", _nothing),
        (r"(?:times?|once|twice|minutes|hours)\s+(?:an?|per)\s+(?:day|week|month)", _nothing),
        (r"(?P<year>20\d\d)-(?P<month>[01]\d)-(?P<number>[0-3]\d)", _iso),
        (rf"{_MONTH}\s+(?P<number>[0-3]?\d)(?:st|nd|rd|th)?{_YEAR}", _month_day),
        (rf"(?:the\s+)?(?P<number>[0-3]?\d)(?:st|nd|rd|th)?\s+(?:of\s+)?{_MONTH}{_YEAR}",
         _month_day),
        (r"(?:the\s+)?day\s+after\s+tomorrow", _later(2)),
        (r"tomorrow", _later(1)),
        (r"today|tonight|this\s+(?:morning|afternoon|evening)", _later(0)),
        (rf"(?:in|within)\s+{_COUNT}\s+{_UNIT}", _counted),
        (rf"{_COUNT}\s+{_UNIT}\s+from\s+(?:now|today)", _counted),
        (rf"(?:in|over|for|during|within)\s+the\s+(?:next|coming)\s+{_COUNT}\s+{_UNIT}", _counted),
        (rf"next\s+{_DAY}", _next_weekday),
        (rf"{_DAY}\s+next\s+week", _next_weekday),
        (rf"(?:(?P<lead>before|by|on|until|till|this|this\s+coming|come|for)\s+)?{_DAY}", _weekday),
        (r"(?:by\s+)?(?:the\s+)?end\s+of\s+(?:the|this)\s+week|(?:this|the|at\s+the)\s+weekend",
         _week_end(0)),
        (r"(?:by|for|over|during|in)\s+(?:the\s+)?(?:next|coming|following)\s+week"
         r"|(?:the\s+)?coming\s+week|this\s+(?:coming\s+|next\s+|whole\s+)?week", _later(_WEEK)),
        (r"next\s+week", _week_end(1)),
        (r"next\s+month", _month_end(1)),
        (r"this\s+month|(?:the\s+)?end\s+of\s+(?:the|this)\s+month", _month_end(0)),
    )
)  # fmt: skip
