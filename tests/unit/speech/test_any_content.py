"""What holds for whatever is read: arbitrary bytes, arbitrary text, hostile text."""

from __future__ import annotations

import random

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from shared.domain.errors import TranscriptUnreadable
from shared.domain.transcript import MAX_SEGMENT_CHARS, MAX_SPEAKERS, Transcript
from shared.speech.reader import TextTranscriptReader
from tests.unit.speech.reading import RECORDED, assert_holds_together, read

PIECES = [
    *"\n\n\n  ::[]()<>*_#-—–>|&{}\"“”’'.,?!…0123456789\t\u00a0\u2028\ufeff\ud800\x00\x85",
    "Alex", "T", "A", "Dr. Harper Torres", "Therapist: ", "Client: ", "[10:05] ", "00:06 — ",
    "**[10:00]**\n", "(T)", "(laughs)", "(End of session)", "Date: May 1, 2025", "Session 1/24",
    "00:00:01,000 --> 00:00:02,000\n", "WEBVTT\n\n", "NOTE ", "<v Alex>", "</v>", "&amp;", "# ",
    '{"text": "', '[{"', "hello there", "How are you?", "I am sad. ", "10:05 AM", "Speaker 1  0:06",
    "T: ", "A: ", "23:59", "-->", "1\n", "• ", "---\n", "```",
]  # fmt: skip
SOUP = st.lists(st.sampled_from(PIECES), max_size=60).map("".join)


REASONS = {"binary", "encoding", "empty", "malformed", "encrypted", "too_long", "too_many_speakers"}


def read_if_readable(content: bytes) -> Transcript | None:
    try:
        return TextTranscriptReader().read(content, filename="x", upload_id="u1")
    except TranscriptUnreadable as unreadable:
        if unreadable.reason in REASONS:
            return None
        raise


def check(content: bytes) -> None:
    transcript = read_if_readable(content)
    if transcript is not None:
        assert_holds_together(transcript)
        assert read_if_readable(content) == transcript


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=400))
@example(b"PK\x03\x04" + b"\0" * 40)
@example(b"%PDF-1.7\n%%EOF")
@example(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")
@example(b"\xff\xfe\x00\xd8A\x00")
def test_bytes_give_a_transcript_or_say_why_not(content: bytes) -> None:
    check(content)


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=300))
def test_text_is_tiled(text: str) -> None:
    check(text.encode("utf-8", "surrogatepass"))


@settings(max_examples=600, deadline=None)
@given(SOUP)
@example("T: " + " " * 5_000 + "a")
@example("T: hi " + "(laughs) " * 1_000 + "ok")
def test_soup_of_all_formats_is_tiled(text: str) -> None:
    check(text.encode("utf-8", "surrogatepass"))


@settings(max_examples=100, deadline=None)
@given(SOUP, st.sampled_from(["utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-8-sig"]))
def test_wide_encodings_are_tiled(text: str, encoding: str) -> None:
    check(text.encode(encoding, "surrogatepass"))


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4)
    | st.dictionaries(
        st.sampled_from(
            ["text", "speaker", "start", "end", "segments", "words", "word", "type", "role",
             "alternatives", "timestamp", "start_ms", "duration", "results", "items", "date"]
        ),
        inner,
        max_size=6,
    ),
    max_leaves=20,
)  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(JSON)
def test_any_json_is_tiled_or_refused(value: object) -> None:
    import json

    check(json.dumps(value).encode())


def test_recorded_transcripts_survive_damage() -> None:
    rng = random.Random(7)
    for path in sorted(RECORDED.iterdir()):
        content = bytearray(path.read_bytes())
        for _ in range(12):
            damaged = bytearray(content)
            for _ in range(rng.randint(1, 8)):
                damaged[rng.randrange(len(damaged))] = rng.randrange(256)
            check(bytes(damaged[: rng.randint(1, len(damaged))]))


HOSTILE = {
    "parentheses": "(" * 300_000,
    "nested": "(a [b " * 50_000,
    "stars": "*a " * 100_000,
    "voices": "WEBVTT\n\n00:01.000 --> 00:02.000\n" + "<v A>a" * 10_000,
    "open voices": "WEBVTT\n\n00:01.000 --> 00:02.000\n" + "<v " * 100_000,
    "entities": "WEBVTT\n\n00:01.000 --> 00:02.000\n" + "&" * 300_000,
    "brackets": "[" * 300_000,
    "objects": '{"a":' * 60_000,
    "colons": "a:" * 150_000,
    "stamps": "10:05 " * 50_000,
    "stamp lines": "[10:05]\n" * 20_000,
    "directions": "T: hi\n" + "(pause)\n" * 20_000 + "ok",
    "inline directions": "T: hi " + "(laughs) " * 30_000 + "ok",
    "spaces": "T: " + " " * 300_000 + "a",
    "prefixes": "> - " * 75_000,
    "headings": "#\n" * 20_000,
    "names": "".join(f"[00:01] Name{i}: hi\n" for i in range(5_000)),
    "longer names": "".join(f"Name{i} Name{i + 1}: hi\n" for i in range(5_000)),
    "words": "hello there. " * 25_000,
    "letters": "a" * 300_000,
    "digits": "1:11" * 75_000,
    "emphasis": "**" * 150_000,
    "arrows": "00:01 --> " * 30_000,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_text_is_read_like_any_other(name: str) -> None:
    # 300 kB take a second; what grows with the square of the length would never end.
    check(HOSTILE[name].encode())


def test_a_hundred_thousand_turns_are_read() -> None:
    transcript = read("T: how?\nC: so\n" * 50_000)
    assert len(transcript.segments) == 100_000
    assert transcript.segments[-1].turn == 99_999


def test_one_line_of_a_megabyte_is_cut_at_sentence_ends() -> None:
    transcript = read("I was there. Then I left. " * 40_000)
    assert len(transcript.segments) >= 1_040_000 // MAX_SEGMENT_CHARS
    assert all(s.text.endswith(".") for s in transcript.segments)
    assert {s.turn for s in transcript.segments} == {0}


def test_text_beyond_any_session_is_refused() -> None:
    with pytest.raises(TranscriptUnreadable) as caught:
        read("word " * 1_200_000)
    assert caught.value.reason == "too_long"


def test_more_speakers_than_an_upload_can_hold_are_refused() -> None:
    times = [f"00:{n // 60:02}:{n % 60:02}" for n in range(MAX_SPEAKERS)]
    cues = [f"{at}.000 --> {at}.900\n<v Voice {n}>Hello.\n\n" for n, at in enumerate(times)]
    spoken = "".join(["WEBVTT\n\n", *cues])
    assert len(read(spoken).speakers) == MAX_SPEAKERS
    with pytest.raises(TranscriptUnreadable) as caught:
        read(f"{spoken}00:59:00.000 --> 00:59:01.000\n<v One More>Hello.\n")
    assert caught.value.reason == "too_many_speakers"
