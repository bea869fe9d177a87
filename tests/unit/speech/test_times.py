from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.transcript import Timing
from tests.unit.speech.reading import read, starts

MINUTE = 60_000


def test_large_first_stamp_is_a_time_of_day() -> None:
    assert starts(read("[10:00] T: Hi.\n[10:05] C: Hello.")) == [0, 5 * MINUTE]


def test_small_stamps_are_running_times() -> None:
    assert starts(read("[0:00] T: Hi.\n[10:05] C: Hello.")) == [0, 605_000]


def test_header_time_makes_its_stamps_times_of_day() -> None:
    text = "Date: May 1, 2025\nTime: 1:00 PM\n\n[13:00] T: Hi.\n[13:02] C: Hello."
    assert starts(read(text)) == [0, 2 * MINUTE]


def test_meridiem_makes_a_time_of_day() -> None:
    assert starts(read("[11:59 AM] T: Hi.\n[12:01 PM] C: Hello.\n[1:00 PM] T: So.")) == [
        0,
        2 * MINUTE,
        61 * MINUTE,
    ]


def test_clock_wraps_at_midnight() -> None:
    assert starts(read("[23:58] T: a\n[00:03] C: b")) == [0, 5 * MINUTE]


def test_twelve_hour_clock_wraps_at_one() -> None:
    assert starts(read("[12:55] T: a\n[1:05] C: b")) == [0, 10 * MINUTE]


def test_stamps_that_nobody_could_speak_between_are_hours_and_minutes() -> None:
    words = "word " * 60
    text = f"[00:00] T: {words}\n[00:05] C: {words}\n[00:10] T: {words}"
    assert starts(read(text)) == [0, 5 * MINUTE, 10 * MINUTE]


def test_minutes_beyond_a_day_are_running_times() -> None:
    assert starts(read("[10:00] T: a\n[42:10] C: b")) == [600_000, 2_530_000]


def test_three_fields_and_fractions_are_read() -> None:
    assert starts(read("[00:00:01.5] T: a\n[01:02:03,250] C: b")) == [1_500, 3_723_250]


def test_backward_stamp_leaves_no_negative_time() -> None:
    transcript = read("[00:00] T: a\n[00:09] C: b\n[00:03] T: c\n[00:12] C: d")
    assert starts(transcript) == [0, 9_000, 3_000, 12_000]
    assert [s.end_ms for s in transcript.segments] == [9_000, None, 12_000, None]


def test_range_gives_the_end_too() -> None:
    transcript = read("[00:01 - 00:04] T: a\n[00:05 - 00:09] C: b")
    assert [(s.start_ms, s.end_ms) for s in transcript.segments] == [(1_000, 4_000), (5_000, 9_000)]


def test_parts_of_a_long_turn_are_estimated_between_its_stamps() -> None:
    transcript = read("[00:00] T: " + "This is said. " * 600 + "\n[10:00] C: ok")
    exact, *estimated, last = transcript.segments
    assert exact.timing is last.timing is Timing.EXACT
    assert {s.timing for s in estimated} == {Timing.ESTIMATED}
    times = starts(transcript)
    assert times == sorted(t for t in times if t is not None)
    assert all(a.end_ms == b.start_ms for a, b in zip(transcript.segments, estimated, strict=False))


def test_turns_before_the_first_stamp_have_no_time() -> None:
    transcript = read("T: a\nC: b\n[00:05] T: c\nC: d\n[00:10] T: e\nC: f")
    assert [s.timing.value for s in transcript.segments] == [
        "none",
        "none",
        "exact",
        "estimated",
        "exact",
        "none",
    ]


def test_time_in_a_sentence_is_no_stamp() -> None:
    transcript = read("T: hi\nC: At 10:05 I left.\n10:30 was when I came back.\nT: ok")
    assert {s.timing for s in transcript.segments} == {Timing.NONE}
    assert "10:30 was" in transcript.segments[1].text


STAMPS = st.lists(
    st.tuples(st.integers(0, 120), st.integers(0, 59), st.sampled_from(["", " AM", " pm"])),
    min_size=1,
    max_size=12,
)


@given(STAMPS)
def test_no_stamps_make_negative_times(stamps: list[tuple[int, int, str]]) -> None:
    lines = [f"[{a}:{b:02}{m}] {'TC'[i % 2]}: hm" for i, (a, b, m) in enumerate(stamps)]
    transcript = read("\n".join(lines))
    assert all(t is not None and t >= 0 for t in starts(transcript))


@given(st.integers(6, 23), st.lists(st.integers(0, 40), min_size=1, max_size=30))
def test_clock_times_keep_their_distances(hour: int, steps: list[int]) -> None:
    now, lines, expected = hour * 60, [], []
    for index, step in enumerate(steps):
        now += step if index else 0
        expected.append((now - hour * 60) * MINUTE)
        lines.append(f"[{now // 60 % 24:02}:{now % 60:02}] {'TC'[index % 2]}: hm")
    if hour > 12 or now < 24 * 60 or max(steps[1:], default=0) < 12 * 60:
        assert starts(read("\n".join(lines))) == expected


@pytest.mark.parametrize(
    ("written", "seconds"),
    [("30 minutes", 1_800), ("1 h 20 min", 4_800), ("00:50:00", 3_000), ("45 min", 2_700)],
)
def test_duration_is_parsed(written: str, seconds: float) -> None:
    assert read(f"Session 1\nDuration: {written}\n\nT: hi\nC: ho").duration_s == seconds


@pytest.mark.parametrize(
    ("written", "date"),
    [
        ("May 01, 2025", "2025-05-01"),
        ("1 May 2025", "2025-05-01"),
        ("Thursday, May 1st, 2025", "2025-05-01"),
        ("2025-05-01", "2025-05-01"),
        ("13/05/2025", "2025-05-13"),
        ("05/13/2025", "2025-05-13"),
        ("1.5.2025", "2025-05-01"),
        ("04/05/2025", None),
        ("31 February 2025", None),
        ("soon", None),
    ],
)
def test_date_is_iso_or_nothing(written: str, date: str | None) -> None:
    assert read(f"Session 1\nDate: {written}\n\nT: hi\nC: ho").date == date
