from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.adapters.google.gemini.places import MAX_QUOTE_CHARS, Ground
from shared.domain.transcript import Role, Segment


def ground(text: str, *, role: Role = Role.CLIENT) -> Ground:
    segment = Segment("u-0", 0, None, role, text, 0, len(text))
    return Ground({"s0": segment}, frozenset({"s0"}))


@pytest.mark.parametrize(
    ("text", "quote", "start"),
    [
        ("I hate it. I hate it.", "I hate it", 0),
        ("The garage. My rage.", "rage", 15),
        ("So sad.", "  So sad.\n", 0),
        ("Ich fühle Ärger", "Ärger", 10),
        ("我很难过。我很难过。", "很难过", 1),
        ("It’s over", "It’s over", 0),
    ],
)
def test_find_takes_the_first_whole_place(text: str, quote: str, start: int) -> None:
    place = ground(text).find("s0", quote)
    assert place is not None
    assert (place.start, place.quote) == (start, quote.strip())


@pytest.mark.parametrize(
    ("text", "quote"),
    [
        ("The garage.", "rage"),
        ("It’s over", "It's over"),
        ("It is over", "it is over"),
        ("one two", "one  two"),
        ("Room 101", "Room 10"),
        ("!!!", "!!!"),
        ("a " * MAX_QUOTE_CHARS, "a " * MAX_QUOTE_CHARS),
        ("text", "\ud800"),
    ],
)
def test_find_takes_nothing_that_does_not_stand_there(text: str, quote: str) -> None:
    assert ground(text).find("s0", quote) is None


@given(st.text(), st.text(max_size=30))
def test_find_returns_only_what_stands_there(text: str, quote: str) -> None:
    place = ground(text).find("s0", quote)
    assert place is None or text[place.start : place.end] == quote.strip() == place.quote


@given(st.text(), st.integers(0, 50), st.integers(0, 50))
def test_find_finds_every_stretch_between_spaces(text: str, start: int, length: int) -> None:
    quote = " ".join(text.split()[start : start + length])
    spaced = " ".join(text.split())
    place = ground(spaced).find("s0", quote)
    wanted = any(character.isalnum() for character in quote) and len(quote) <= MAX_QUOTE_CHARS
    assert (place is not None) == wanted


def test_find_client_takes_no_question_and_no_therapist() -> None:
    assert ground("Am I a failure? I am.").find_client("s0", "Am I a failure") is None
    assert ground("I am a failure.", role=Role.THERAPIST).find_client("s0", "I am a") is None
    assert ground("I am a failure.", role=Role.UNKNOWN).find_client("s0", "I am a failure")


def test_find_client_takes_no_words_of_others() -> None:
    text = "My mother said “you ruin everything” and I went quiet."
    assert ground(text).find_client("s0", "you ruin everything") is None
    assert ground(text).find_client("s0", "and I went quiet")


def test_find_client_takes_the_clients_own_thought_in_quotation_marks() -> None:
    text = "I keep thinking “I ruin everything for them”."
    assert ground(text).find_client("s0", "I ruin everything for them")


def test_find_takes_no_stage_direction() -> None:
    text = "I am [laughs loudly] fine."
    segment = Segment("u-0", 0, None, Role.CLIENT, text, 0, len(text), asides=((5, 20),))
    known = Ground({"s0": segment}, frozenset({"s0"}))
    assert known.find("s0", "laughs loudly") is None
    assert known.find("s0", "I am [laughs loudly] fine") is None
    assert known.find("s0", "fine")
