from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.analysis.summary import (
    MAX_SENTENCES,
    choose_sentences,
    find_lexical_highlights,
)
from shared.domain.elements import Elements, is_evident
from shared.domain.window import Window

SESSION_DATE = datetime(2025, 5, 1, 16, tzinfo=UTC)
TALK = (
    "T: How was your week at work?",
    "C: We talked about the weather on Monday. I feel anxious before every meeting with my boss.",
    "T: I'd like you to try writing your thoughts down before each meeting.",
    "C: Okay, I will write my thoughts down every evening. It never stops, though, as you know.",
    "C: I feel anxious before each and every meeting with my boss. I keep thinking I'm not good"
    " enough. I realized that I always say yes because I'm afraid to disappoint people.",
)


@pytest.fixture(scope="module")
def found(analyze) -> Elements:
    return analyze(*TALK)


def texts(found: Elements) -> list[str]:
    return [sentence.words.evidence[0].quote for sentence in choose_sentences([found])]


def test_summary_takes_whole_sentences_of_the_client_with_their_elements(found, segments):
    spoken = {segment.id: segment for segment in segments(*TALK)}
    ids = {element.id for element in found}
    chosen = choose_sentences([found])
    assert chosen
    for sentence in chosen:
        assert is_evident(sentence.words, spoken)
        assert sentence.words.role == "client"
        assert set(sentence.elements) <= ids
    assert sum(bool(sentence.elements) for sentence in chosen) >= 3


def test_summary_begins_with_what_tells_most(found):
    assert texts(found)[0].startswith("I realized that I always say yes")


def test_summary_says_nothing_twice_while_there_is_something_else_to_say(found):
    anxious = [text for text in texts(found)[:3] if text.startswith("I feel anxious before")]
    assert len(anxious) <= 1


def test_summary_of_fewer_sentences_is_the_beginning_of_one_of_more(analyze):
    long = [f"C: I feel anxious when thing number {n} at work goes wrong again." for n in range(40)]
    chosen = choose_sentences([analyze(*long[:20]), analyze(*long[20:])])
    assert 3 < len(chosen) <= MAX_SENTENCES
    assert len({sentence.place for sentence in chosen}) == len(chosen)


def test_summary_asks_no_question_and_repeats_nobody(analyze):
    found = analyze(
        "C: Do you think that I will ever be good enough for her?",
        "C: My boss said, “you are useless and you will never learn it”.",
    )
    assert found.highlights == ()


def test_summary_takes_the_therapists_words_where_the_client_says_nothing(analyze):
    found = analyze("T: I'd like you to try writing your thoughts down every evening.", "C: Hm.")
    assert [sentence.words.role for sentence in choose_sentences([found])] == ["therapist"]


def test_words_alone_find_the_same_kind_of_summary(found, segments):
    spoken = segments(*TALK)
    highlights = find_lexical_highlights(spoken, found)
    chosen = choose_sentences([replace(found, highlights=highlights)])
    assert chosen[0].elements
    assert {sentence.words.provenance.model for sentence in chosen} == {"words"}


@given(st.lists(st.text(max_size=60), max_size=6))
def test_words_alone_summarise_any_text_and_always_alike(texts):
    from shared.domain.transcript import Role, Segment

    spoken = tuple(
        Segment(f"u-{n}", n, None, Role.UNKNOWN, text, 0, len(text)) for n, text in enumerate(texts)
    )
    known = {segment.id: segment for segment in spoken}
    highlights = find_lexical_highlights(spoken, Elements())
    assert highlights == find_lexical_highlights(spoken, Elements())
    assert all(is_evident(highlight, known) for highlight in highlights)
    assert len(choose_sentences([Elements(highlights=highlights)])) <= MAX_SENTENCES


def test_highlights_of_a_window_are_few_and_in_order(engine, segments):
    spoken = segments(
        *[f"C: On day {n} I went to the lake and swam for an hour." for n in range(99)]
    )
    found = engine.analyze(Window(0, spoken), SESSION_DATE)
    numbers = [int(highlight.evidence[0].segment_id[2:]) for highlight in found.highlights]
    assert 3 <= len(numbers) <= 8
    assert numbers == sorted(numbers)
