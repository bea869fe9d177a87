"""Words and voices become segments that tile the text, in order, each with one speaker."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from shared.domain.recording import Turn, Word
from shared.domain.transcript import Role, Timing
from shared.speech.reliability import LEAST_CONFIDENCE, reliability_warning
from shared.speech.utterances import RecordedWord, assemble


def said(text: str, start_ms: int, confidence: float | None = 0.9, **rest) -> list[RecordedWord]:
    """Each word takes 300 ms, with 100 ms between."""
    return [
        RecordedWord(Word(word, start_ms + 400 * at, start_ms + 400 * at + 300, confidence), **rest)
        for at, word in enumerate(text.split())
    ]


def test_word_belongs_to_who_speaks_in_its_middle() -> None:
    words = said("how are you i am sad", 0)
    found = assemble(words, [Turn(0, 1_200, 0), Turn(1_200, 2_400, 1)], "u", 3_000)
    assert [(s.speaker, s.text) for s in found.segments] == [
        ("Speaker 1", "how are you"),
        ("Speaker 2", "i am sad"),
    ]
    assert [s.turn for s in found.segments] == [0, 1]


def test_word_outside_every_turn_belongs_to_the_nearest() -> None:
    found = assemble(said("well", 5_000), [Turn(0, 1_000, 0), Turn(5_600, 9_000, 1)], "u", 9_000)
    assert [s.speaker for s in found.segments] == ["Speaker 1"]
    assert len(found.speakers) == 1


def test_channel_decides_where_voices_were_recorded_apart() -> None:
    words = [*said("so what happened", 0, channel=0), *said("nothing much", 100, channel=1)]
    turns = [Turn(0, 3_000, 0, 0), Turn(0, 3_000, 1, 1)]
    found = assemble(words, turns, "u", 3_000)
    by_speaker = {s.speaker: [] for s in found.segments}
    for segment in found.segments:
        by_speaker[segment.speaker].append(segment.text)
    assert {name: " ".join(texts) for name, texts in by_speaker.items()} == {
        "Speaker 1": "so what happened",
        "Speaker 2": "nothing much",
    }


def test_nobody_is_invented_where_no_voice_is_known() -> None:
    found = assemble(said("i was sad", 0), [], "u", 2_000)
    assert [s.speaker for s in found.segments] == [None]
    assert [s.timing for s in found.segments] == [Timing.EXACT]


def test_pause_ends_a_segment_but_not_a_turn() -> None:
    words = [*said("i was sad", 0), *said("and then not", 4_000)]
    found = assemble(words, [Turn(0, 9_000, 0)], "u", 9_000)
    assert [s.text for s in found.segments] == ["i was sad", "and then not"]
    assert {s.turn for s in found.segments} == {0}
    assert [(s.start_ms, s.end_ms) for s in found.segments] == [(0, 1_100), (4_000, 5_100)]


def test_roles_are_told_only_from_what_was_heard_well() -> None:
    asked = "how do you feel about that and what would you like to do tell me how you are " * 3
    told = "i am so sad and i do not know what i should do with my life i think i am lost " * 3
    turns = [Turn(0, 24_000, 0), Turn(30_000, 60_000, 1)]
    words = [*said(asked, 0), *said(told, 30_000)]
    clear = assemble(words, turns, "u", 60_000)
    assert [s.role for s in clear.speakers] == [Role.THERAPIST, Role.CLIENT]
    poor = [RecordedWord(Word(w.word.text, w.word.start_ms, w.word.end_ms, 0.2)) for w in words]
    assert {s.role for s in assemble(poor, turns, "u", 60_000).speakers} == {Role.UNKNOWN}


def test_segment_is_as_reliable_as_its_words_are_on_average() -> None:
    words = [*said("i was sad", 0, LEAST_CONFIDENCE), *said("not at all", 9_000, 0.79)]
    found = assemble(words, [], "u", 12_000)
    assert [(s.confidence, s.reliable) for s in found.segments] == [(0.8, True), (0.79, False)]
    warning = reliability_warning(found.segments)
    assert warning is not None
    assert warning.message.startswith("50 % of the words")


def test_engine_that_tells_no_confidence_is_not_doubted() -> None:
    found = assemble(said("i was sad", 0, None), [], "u", 2_000)
    assert [(s.confidence, s.reliable) for s in found.segments] == [(None, True)]
    assert reliability_warning(found.segments) is None


WORDS = st.lists(
    st.tuples(
        st.text("abc.?", min_size=1, max_size=6), st.integers(0, 90_000), st.integers(0, 900)
    ),
    max_size=40,
)
TURNS = st.lists(st.tuples(st.integers(0, 90_000), st.integers(1, 9_000), st.integers(0, 5)))


@given(WORDS, TURNS)
def test_segments_and_passages_tile_the_text(words, turns) -> None:
    heard = [RecordedWord(Word(text, at, at + long, 0.9)) for text, at, long in words]
    spoken = [Turn(at, at + long, voice) for at, long, voice in sorted(turns)]
    found = assemble(heard, spoken, "u", 100_000)
    pieces = sorted([*found.segments, *found.passages], key=lambda each: each.start)
    assert "".join(found.text[each.start : each.end] for each in pieces) == found.text
    assert all(
        segment.text == found.text[segment.start : segment.end] for segment in found.segments
    )
    assert " ".join(s.text for s in found.segments).split() == [
        w.word.text for w in sorted(heard, key=lambda w: (w.word.start_ms, w.word.end_ms))
    ]
    assert all(s.start_ms <= s.end_ms for s in found.segments)
