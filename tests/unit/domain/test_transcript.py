from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from shared.domain.transcript import Role, Segment, count_words


def segment(text: str, asides: tuple[tuple[int, int], ...] = ()) -> Segment:
    return Segment("u1-0", 0, "Alex", Role.CLIENT, text, 0, len(text), asides=asides)


@st.composite
def texts_with_asides(draw: st.DrawFn) -> tuple[str, tuple[tuple[int, int], ...]]:
    text = draw(st.text(max_size=80))
    cuts = sorted(draw(st.sets(st.integers(0, len(text)), max_size=8)))
    return text, tuple(zip(cuts[::2], cuts[1::2], strict=False))


@given(texts_with_asides())
def test_spoken_keeps_length_and_blanks_exactly_the_asides(
    drawn: tuple[str, tuple[tuple[int, int], ...]],
) -> None:
    text, asides = drawn
    spoken = segment(text, asides).spoken
    assert len(spoken) == len(text)
    for index, character in enumerate(text):
        inside = any(start <= index < end for start, end in asides)
        assert spoken[index] == (" " if inside else character)


def test_spoken_without_asides_is_the_text() -> None:
    assert segment("I left.").spoken == "I left."


def test_words_of_asides_are_not_counted() -> None:
    assert count_words([segment("I (sighs deeply) left.", ((2, 16),)), segment(" ")]) == 2


def test_no_segments_have_no_words() -> None:
    assert count_words([]) == 0
