from __future__ import annotations

from datetime import date

import pytest

from shared.analysis.tasks.actions.due import resolve_due

# A Thursday.
DAY = date(2025, 5, 1)


@pytest.mark.parametrize(
    ("text", "due"),
    [
        ("I'll call her tomorrow", "2025-05-02"),
        ("I'll write to him tonight", "2025-05-01"),
        ("I'll do it the day after tomorrow", "2025-05-03"),
        ("I'll have it done by Friday", "2025-05-02"),
        ("I'll call my sponsor on Thursday", "2025-05-08"),
        ("I'll finish it before Monday", "2025-05-04"),
        ("I'll see the doctor next Tuesday", "2025-05-06"),
        ("I'll see the doctor next Friday", "2025-05-09"),
        ("try journaling this week", "2025-05-08"),
        ("try that over the next week", "2025-05-08"),
        ("write in it three times this week", "2025-05-08"),
        ("I'll visit the grave this weekend", "2025-05-04"),
        ("I'll call the school next week", "2025-05-11"),
        ("I'll send it by the end of the month", "2025-05-31"),
        ("I'll talk to my wife in two weeks", "2025-05-15"),
        ("I'll stop in a month", "2025-06-01"),
        ("no drinks over the next 3 days", "2025-05-04"),
        ("I'll hand it in on May 9th", "2025-05-09"),
        ("I'll hand it in on the 2nd of January", "2026-01-02"),
        ("I'll hand it in by 12 June 2025", "2025-06-12"),
        ("the form is due 2025-05-20", "2025-05-20"),
    ],
)
def test_due_is_reckoned_from_the_session(text, due):
    assert resolve_due(text, DAY) == due


@pytest.mark.parametrize(
    "text",
    [
        "I'll try it before our next session",
        "I'll go for a walk every Friday",
        "I'll go running on Fridays",
        "I'll tell her about last Monday",
        "I'll meditate twice a week",
        "I'll call on Monday or Tuesday",
        "I'll do it on February 30",
        "I'll do it soon",
        "",
    ],
)
def test_due_is_none_when_not_plain(text):
    assert resolve_due(text, DAY) is None


def test_due_stays_within_short_months():
    assert resolve_due("in a month", date(2024, 1, 31)) == "2024-02-29"
    assert resolve_due("next month", date(2024, 12, 15)) == "2025-01-31"
