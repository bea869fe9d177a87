from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.domain.errors import Conflict
from shared.domain.transcript import Role, Segment, Timing
from shared.speech.rendering import render_records, render_srt, render_text, render_vtt
from tests.unit.speech.reading import RECORDED, read, read_recorded

SAID = "I you left went home today & < > “so” it’s – é 42 why? yes. no, ok!"
WORDS = st.lists(st.sampled_from(SAID.split()), min_size=1, max_size=30).map(" ".join)
CASTS = [["Therapist", "Client"], ["Dr. Lee", "Sam Oak", "Ada"], ["T", "C"]]
NAMES = sorted(p.name for p in RECORDED.iterdir() if p.suffix != ".ogg" and p.name != "README.md")


def segment(
    text: str, speaker: str | None = "Sam", start: int | None = 0, end: int | None = 900
) -> Segment:
    timing = Timing.NONE if start is None else Timing.EXACT
    return Segment("u1-0", 0, speaker, Role.UNKNOWN, text, 0, len(text), start, end, timing)


@st.composite
def dialogues(draw: st.DrawFn) -> list[Segment]:
    speakers = draw(
        st.sampled_from([["Therapist", "Client"], ["Dr. Lee", "Sam Oak", "Ada"], ["T", "C"]])
    )
    said = draw(st.lists(st.tuples(st.sampled_from(speakers), WORDS), min_size=1, max_size=12))
    segments, now = [], draw(st.integers(0, 60_000))
    for speaker, words in said:
        text = f"I said {words}"
        end = now + draw(st.integers(len(text) * 60 + 1, 60_000))
        segments.append(segment(text, speaker, now, end))
        now = end + draw(st.integers(0, 5_000))
    return segments


def facts(segments: list[Segment] | tuple[Segment, ...]) -> list[tuple[object, ...]]:
    return [(s.speaker, " ".join(s.text.split()), s.start_ms, s.end_ms) for s in segments]


@settings(deadline=None, max_examples=50)
@given(dialogues())
def test_srt_reads_back(segments: list[Segment]) -> None:
    assert facts(read(render_srt(segments)).segments) == facts(segments)


@settings(deadline=None, max_examples=50)
@given(dialogues())
def test_vtt_reads_back(segments: list[Segment]) -> None:
    assert facts(read(render_vtt(segments)).segments) == facts(segments)


@settings(deadline=None, max_examples=50)
@given(dialogues())
def test_records_read_back(segments: list[Segment]) -> None:
    assert facts(read(json.dumps(render_records(segments))).segments) == facts(segments)


@settings(deadline=None, max_examples=50)
@given(dialogues())
def test_text_reads_back_with_its_starts(segments: list[Segment]) -> None:
    again = read(render_text(segments)).segments
    assert [f[:3] for f in facts(again)] == [f[:3] for f in facts(segments)]


@pytest.mark.parametrize(
    "name",
    sorted(p.name for p in RECORDED.iterdir() if p.suffix != ".ogg" and p.name != "README.md"),
)
def test_recorded_transcripts_read_back_from_captions(name: str) -> None:
    segments = read_recorded(name).segments
    timed = [i for i, s in enumerate(segments) if s.start_ms is not None]
    for render in (render_srt, render_vtt):
        again = read(render(segments)).segments
        assert [(s.speaker, s.spoken.split()) for s in again] == [
            (s.speaker, s.spoken.split()) for s in segments
        ]
        assert [again[i].start_ms for i in timed] == [segments[i].start_ms for i in timed]


def test_srt_is_numbered_and_uses_commas() -> None:
    assert render_srt([segment("Hi.\n\nThere.", end=3_661_001)]) == (
        "1\n00:00:00,000 --> 01:01:01,001\nSam: Hi.\nThere.\n\n"
    )


def test_vtt_escapes_what_would_be_markup_or_times() -> None:
    rendered = render_vtt([segment("<b>1 & 2</b> --> 3", speaker="A<B")])
    assert rendered == (
        "WEBVTT\n\n00:00:00.000 --> 00:00:00.900\n"
        "<v A&lt;B>&lt;b&gt;1 &amp; 2&lt;/b&gt; --&gt; 3\n\n"
    )
    assert read(rendered).segments[0].text == "<b>1 & 2</b> --> 3"


@pytest.mark.parametrize("render", [render_srt, render_vtt])
def test_captions_of_a_transcript_without_times_are_a_conflict(render) -> None:
    with pytest.raises(Conflict, match="has no times"):
        render([segment("Hi.", start=None, end=None)])


def test_segment_without_a_time_is_shown_behind_the_one_before() -> None:
    rendered = render_srt([segment("Hi."), segment("Ho.", start=None, end=None)])
    assert "00:00:00,900 --> 00:00:01,900\nSam: Ho." in rendered


def test_segment_without_an_end_is_shown_until_it_is_read_or_the_next_begins() -> None:
    rendered = render_srt([segment("Hi.", end=None), segment("Ho.", start=400, end=None)])
    assert "00:00:00,000 --> 00:00:00,400" in rendered
    assert "00:00:00,400 --> 00:00:01,400" in rendered


def test_text_has_no_stamp_where_there_is_no_time() -> None:
    assert render_text([segment("Hi."), segment("Ho.", None, None, None)]) == (
        "[00:00:00] Sam: Hi.\n\nHo.\n\n"
    )


@pytest.mark.parametrize("render", [render_srt, render_vtt, render_text])
def test_words_that_were_heard_poorly_are_marked_in_every_form(render) -> None:
    clear = segment("I was sad")
    poor = replace(clear, text="I was glad", reliable=False, confidence=0.3)
    found = render([clear, poor])
    assert "[unreliable] I was glad" in found
    assert "[unreliable] I was sad" not in found
