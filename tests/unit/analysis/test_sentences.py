from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.analysis.sentences import MAX_SENTENCE_CHARS, split_sentences
from shared.domain.transcript import Role, Segment

SPOKEN = st.text(alphabet=st.sampled_from('ab I.!?…"“”‘’\n -—,Dr'), max_size=300)


def _segment(text: str) -> Segment:
    return Segment("u-0", 0, None, Role.CLIENT, text, 0, len(text))


def _texts(text: str) -> list[str]:
    return [sentence.text for sentence in split_sentences([_segment(text)])]


def test_sentences_end_at_full_stops_and_questions():
    assert _texts("I'm tired. Are you? Yes! Fine.") == ["I'm tired.", "Are you?", "Yes!", "Fine."]


def test_sentences_keep_titles_and_trailing_thoughts_together():
    assert _texts("I saw Dr. Torres. Um… honestly, it was… rough.") == [
        "I saw Dr. Torres.",
        "Um… honestly, it was… rough.",
    ]


def test_sentences_end_at_blank_lines_but_not_at_wrapped_lines():
    assert _texts("one line\nwrapped\n\nanother") == ["one line\nwrapped", "another"]


def test_sentences_without_full_stops_are_cut_between_words():
    pieces = _texts("word " * 1000)
    assert all(len(piece) <= MAX_SENTENCE_CHARS for piece in pieces)
    assert sum(piece.count("word") for piece in pieces) == 1000


def test_sentences_blank_other_peoples_words_and_asides():
    text = 'My boss said, "You are useless." (sighs) I was upset.'
    start = text.index("(")
    segment = Segment("u-0", 0, None, Role.CLIENT, text, 0, len(text), asides=((start, start + 7),))
    heard = " ".join(sentence.own for sentence in split_sentences([segment]))
    assert "useless" not in heard
    assert "sighs" not in heard
    assert "I was upset." in heard


def test_sentences_mark_the_speakers_own_thoughts():
    (sentence,) = split_sentences([_segment("I keep thinking, “I am not good enough.”")])
    ((start, end),) = sentence.thoughts
    assert sentence.text[start:end] == "I am not good enough."


@given(SPOKEN)
def test_sentences_stand_in_their_segment_in_order(text):
    place = 0
    for sentence in split_sentences([_segment(text)]):
        assert text[sentence.start : sentence.end] == sentence.text
        assert len(sentence.own) == len(sentence.text)
        assert place <= sentence.start < sentence.end
        place = sentence.end


@given(SPOKEN)
def test_sentences_lose_no_word(text):
    kept = "".join(sentence.text for sentence in split_sentences([_segment(text)]))
    assert sum(map(str.isalnum, kept)) == sum(map(str.isalnum, text))


def test_sentences_of_nothing_but_marks_take_linear_time():
    for text in ("." * 200_000, '"' * 200_000, "“" * 200_000, "? " * 100_000, "a\n " * 60_000):
        split_sentences([_segment(text)])


@pytest.mark.parametrize(
    ("text", "asks"),
    [("Why?", True), ("Why?.", True), ("You did what?!", True), ("“Why?”", True), ("Why.", False)],
)
def test_sentence_asks_where_a_question_mark_is_in_its_end(sentences, text, asks):
    assert [said.is_question for said in sentences(f"C: {text}")] == [asks]
