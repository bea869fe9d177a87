from __future__ import annotations

from itertools import groupby

from hypothesis import given
from hypothesis import strategies as st

from shared.domain.transcript import Role, Segment, count_words
from shared.domain.window import (
    CONTEXT_SEGMENTS,
    MAX_WINDOW_CHARS,
    WINDOW_WORDS,
    Window,
    cut_windows,
)


def segments_of(turns: list[list[int]]) -> list[Segment]:
    """Segments with these numbers of words, by turn."""
    flat = [(turn, words) for turn, parts in enumerate(turns) for words in parts]
    return [
        Segment(f"u1-{i}", turn, None, Role.UNKNOWN, "word " * words, 0, 5 * words)
        for i, (turn, words) in enumerate(flat)
    ]


PARTS = st.lists(st.integers(0, 700), min_size=1, max_size=5)
TURNS = st.lists(PARTS, max_size=60).map(segments_of)


def target(window: Window) -> int:
    return WINDOW_WORDS[min(window.number, len(WINDOW_WORDS) - 1)]


@given(TURNS)
def test_each_segment_is_in_one_window_in_order(segments: list[Segment]) -> None:
    windows = cut_windows(segments)
    assert [s for window in windows for s in window.segments] == segments
    assert [window.number for window in windows] == list(range(len(windows)))
    assert all(window.segments for window in windows)


@given(TURNS)
def test_windows_but_the_last_reach_their_target(segments: list[Segment]) -> None:
    for window in cut_windows(segments)[:-1]:
        assert count_words(window.segments) >= target(window)


@given(TURNS)
def test_windows_close_at_the_first_turn_boundary_past_their_target(
    segments: list[Segment],
) -> None:
    for window in cut_windows(segments):
        words = 0
        for turn, parts in groupby(window.segments, key=lambda s: s.turn):
            assert words < target(window), f"turn {turn} belongs to the next window"
            words += sum(count_words([part]) for part in parts)


@given(TURNS)
def test_windows_are_bounded(segments: list[Segment]) -> None:
    longest = max((count_words([s]) for s in segments), default=0)
    for window in cut_windows(segments):
        assert count_words(window.segments) < 2 * target(window) + longest


@given(TURNS)
def test_context_is_what_stands_around(segments: list[Segment]) -> None:
    position = 0
    for window in cut_windows(segments):
        end = position + len(window.segments)
        assert list(window.before) == segments[max(0, position - CONTEXT_SEGMENTS) : position]
        assert list(window.after) == segments[end : end + CONTEXT_SEGMENTS]
        position = end


def test_no_segments_make_no_windows() -> None:
    assert cut_windows([]) == []


def test_turn_of_many_segments_is_cut_only_past_twice_the_target() -> None:
    windows = cut_windows(segments_of([[50] * 40]))
    assert [count_words(w.segments) for w in windows] == [300, 600, 1_100]


def test_first_window_is_small_and_an_hour_is_nine_documents() -> None:
    windows = cut_windows(segments_of([[20]] * 400))
    assert count_words(windows[0].segments) <= 170
    assert len(windows) <= 9


def test_text_without_spaces_is_cut_by_its_length() -> None:
    text = "我" * 4_000
    segments = [
        Segment(f"u1-{i}", 0, None, Role.UNKNOWN, text, 4_000 * i, 4_000 * (i + 1))
        for i in range(100)
    ]
    windows = cut_windows(segments)
    assert [s for window in windows for s in window.segments] == segments
    for window in windows:
        assert sum(len(s.text) for s in window.segments) <= MAX_WINDOW_CHARS


def test_tiny_turns_without_a_word_are_cut_by_their_number() -> None:
    windows = cut_windows(segments_of([[0]] * 10_000))
    assert max(len(window.segments) for window in windows) <= 250


def test_two_hundred_thousand_tiny_turns_are_cut() -> None:
    segments = segments_of([[3]] * 200_000)
    assert sum(len(window.segments) for window in cut_windows(segments)) == 200_000
