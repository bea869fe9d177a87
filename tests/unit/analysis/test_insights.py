from __future__ import annotations

from datetime import UTC, datetime

import pytest

from shared.analysis.tasks.insights.patterns import MAX_QUOTES, find_patterns
from shared.domain.elements import (
    Belief,
    Elements,
    Emotion,
    Evidence,
    Provenance,
    Topic,
    element_id,
)

MAKER = Provenance("local", "test", "1")


def _evidence(number):
    return Evidence(f"u-{number}", 0, 4, "word")


def _emotion(number, name="anxiety", valence=-0.6):
    evidence = _evidence(number)
    return Emotion(
        id=element_id("emotion", name, evidence), evidence=(evidence,), provenance=MAKER, name=name,
        category="fear", valence=valence, intensity=0.5,
    )  # fmt: skip


def _topic(*numbers):
    evidence = tuple(map(_evidence, numbers))
    return Topic(
        id=element_id("topic", "work.career", *evidence), evidence=evidence, provenance=MAKER,
        topic_id="work.career", name="Career", category="Work",
    )  # fmt: skip


def _belief(number, category="Capability"):
    evidence = _evidence(number)
    return Belief(
        id=element_id("belief", category, evidence), evidence=(evidence,), provenance=MAKER,
        text="word", category=category, polarity="limiting", about="self",
    )  # fmt: skip


def _contents(*windows):
    return [insight.content for insight in find_patterns(windows, MAKER)]


def test_pattern_counts_the_feeling_that_comes_back():
    windows = [Elements(emotions=tuple(_emotion(n) for n in range(4))),
               Elements(emotions=(_emotion(9, "joy", 0.8),))]  # fmt: skip
    assert "Anxiety came up most often: 4 of the 5 feelings found in this session." in _contents(
        *windows
    )


def test_pattern_says_which_feeling_comes_with_which_topic():
    emotions = tuple(_emotion(n) for n in range(3)) + tuple(
        _emotion(n, "joy", 0.8) for n in (5, 6, 7)
    )
    (content,) = [
        c
        for c in _contents(Elements(emotions=emotions, topics=(_topic(0, 1, 2),)))
        if "Career" in c
    ]
    assert content == ("Anxiety came with Career 3 of 3 times; all feelings did so 3 of 6 times.")


def test_pattern_says_how_feelings_moved_from_start_to_end():
    emotions = tuple(_emotion(n) for n in range(3)) + tuple(
        _emotion(n, f"joy{n}", 0.8) for n in range(3, 9)
    )
    (content,) = [c for c in _contents(Elements(emotions=emotions)) if "start to end" in c]
    assert content == (
        "Feelings grew lighter from start to end: 3 of the first 3 found were unpleasant, 0 of the"
        " last 3."
    )


def test_pattern_gathers_limiting_beliefs_on_one_theme():
    windows = Elements(beliefs=tuple(_belief(n) for n in range(3)))
    assert _contents(windows) == [
        "3 of the 3 limiting beliefs stated in this session are about Capability."
    ]


def test_pattern_needs_more_than_a_coincidence():
    windows = Elements(emotions=(_emotion(0), _emotion(1)), topics=(_topic(0, 1),))
    assert _contents(windows) == []
    assert _contents() == []


def test_pattern_shows_bounded_words_and_no_element_counts_twice():
    window = Elements(emotions=tuple(_emotion(n) for n in range(20)))
    once, twice = find_patterns([window], MAKER), find_patterns([window, window], MAKER)
    assert once == twice
    assert all(1 <= len(insight.evidence) <= MAX_QUOTES for insight in once)


@pytest.mark.parametrize(
    "text",
    [
        "C: It makes me realize that I sometimes overgeneralize my mistakes.",
        "C: I didn’t realize how much I was holding in.",
        "C: I think I’m realizing that I don’t just need rest.",
    ],
)
def test_observation_is_what_the_client_newly_sees(analyze, text):
    (insight,) = analyze(text).insights
    assert (insight.type, insight.content) == ("observation", text[3:])


@pytest.mark.parametrize(
    "text",
    [
        "T: I noticed that you smiled when you said that.",
        "C: I want to notice that kind of thing more often.",
        "C: My wife said, “I noticed that you never listen to me.”",
        "C: I see.",
    ],
)
def test_observation_is_not_invented(analyze, text):
    assert analyze(text).insights == ()


def test_merge_gives_the_sessions_patterns(engine):
    windows = [Elements(emotions=tuple(_emotion(n) for n in range(5)))]
    merged = engine.merge(windows, datetime(2025, 5, 1, tzinfo=UTC))
    assert [insight.type for insight in merged.insights] == ["pattern"]
    assert merged.emotions == ()
