from __future__ import annotations

from shared.domain.transcript import Timing
from tests.unit.speech.reading import read, starts, turns

SRT = """1
00:00:01,000 --> 00:00:02,500
Alex: I was <i>there</i>

2
00:00:02,500 --> 00:00:04,000
all day. [sighs]

3
00:00:05,000 --> 00:00:06,000
Dr. Lee: And
then?
"""
VTT = """WEBVTT - A session
Kind: captions

NOTE a comment
on two lines

STYLE
::cue { color: red }

first
00:01.000 --> 00:02.500 align:start position:10%
<v Alex>Rock &amp; <b>roll</b></v>

NOTE another

01:00:02.500 --> 01:00:04.000
<v.loud Dr. Lee>1 &lt; 2?
<v Alex>Yes.
"""


def test_srt_cues_have_times_and_speakers() -> None:
    transcript = read(SRT, "a.srt")
    assert transcript.format == "srt"
    assert [(s.speaker, s.start_ms, s.end_ms, s.turn) for s in transcript.segments] == [
        ("Alex", 1_000, 2_500, 0),
        ("Alex", 2_500, 4_000, 0),
        ("Dr. Lee", 5_000, 6_000, 1),
    ]
    assert transcript.segments[0].spoken.split() == ["I", "was", "there"]
    assert transcript.segments[1].spoken.split() == ["all", "day."]
    assert transcript.segments[2].text == "And\nthen?"


def test_srt_without_numbers_or_blank_lines_is_read() -> None:
    text = "00:00:01,000 --> 00:00:02,000\nHello.\n00:00:02,000 --> 00:00:03,000\nHi.\n"
    assert turns(read(text)) == [(None, "Hello."), (None, "Hi.")]


def test_srt_with_blank_lines_within_a_cue_keeps_its_words() -> None:
    text = (
        "1\n00:00:01,000 --> 00:00:02,000\nHello.\n\nAgain.\n\n"
        "2\n00:00:02,000 --> 00:00:03,000\nHi."
    )
    assert turns(read(text)) == [(None, "Hello. Again."), (None, "Hi.")]


def test_number_said_in_a_cue_is_speech() -> None:
    text = (
        "1\n00:00:01,000 --> 00:00:02,000\nHow many?\n42\n\n2\n00:00:02,000 --> 00:00:03,000\nHi."
    )
    assert turns(read(text))[0] == (None, "How many? 42")


def test_dash_marks_a_change_of_speaker() -> None:
    text = "1\n00:00:01,000 --> 00:00:03,000\n- How are you?\n- Fine.\n"
    transcript = read(text)
    assert turns(transcript) == [(None, "How are you?"), (None, "Fine.")]
    assert [s.turn for s in transcript.segments] == [0, 1]
    assert [s.timing for s in transcript.segments] == [Timing.EXACT, Timing.ESTIMATED]


def test_vtt_voices_notes_styles_and_settings_are_told_apart() -> None:
    transcript = read(VTT, "a.vtt")
    assert transcript.format == "vtt"
    assert [(s.speaker, s.start_ms, s.end_ms) for s in transcript.segments] == [
        ("Alex", 1_000, 2_500),
        ("Dr. Lee", 3_602_500, transcript.segments[2].start_ms),
        ("Alex", transcript.segments[2].start_ms, 3_604_000),
    ]
    assert transcript.segments[0].spoken.split() == ["Rock", "&", "roll"]
    assert transcript.segments[1].text == "1 < 2?"


def test_voice_does_not_outlast_its_cue() -> None:
    text = (
        "WEBVTT\n\n00:01.000 --> 00:02.000\n<v Alex>Hi.\n\n00:02.000 --> 00:03.000\nSomebody.\n\n"
        "00:03.000 --> 00:04.000\n<v Bo>Ho."
    )
    assert [s for s, _ in turns(read(text))] == ["Alex", None, "Bo"]


def test_music_and_gestures_are_no_speech() -> None:
    text = "1\n00:00:01,000 --> 00:00:02,000\n[Music]\n\n2\n00:00:02,000 --> 00:00:03,000\nHi."
    assert turns(read(text)) == [(None, "Hi.")]


def test_rolling_captions_say_everything_once() -> None:
    text = (
        "WEBVTT\n\n00:01.000 --> 00:02.000\nhello<00:01.500><c> there</c>\n\n"
        "00:02.000 --> 00:03.000\nhello there\nhow<00:02.500><c> are you</c>\n"
    )
    assert [" ".join(s.spoken.split()) for s in read(text).segments] == [
        "hello there",
        "how are you",
    ]


def test_times_of_captions_are_never_times_of_day() -> None:
    text = "1\n10:00:00,000 --> 10:00:02,000\nHi.\n"
    assert starts(read(text)) == [36_000_000]


def test_overlapping_cues_keep_their_own_times() -> None:
    text = "00:00:01,000 --> 00:00:05,000\nOne.\n\n00:00:02,000 --> 00:00:03,000\nTwo.\n"
    assert [(s.start_ms, s.end_ms) for s in read(text).segments] == [(1_000, 5_000), (2_000, 3_000)]
