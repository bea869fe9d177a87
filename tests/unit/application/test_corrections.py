"""Words and speakers set right: what is shown, what is analysed anew, what survives."""

from __future__ import annotations

import pytest

from shared.application.correct_words import MAX_CORRECTED_CHARS, correct_words
from shared.application.delete_session import delete_session
from shared.application.identify_speakers import SpeakerName, identify_speakers
from shared.application.read_session import read_session
from shared.application.read_transcript import read_transcript
from shared.application.request_analysis import request_analysis
from shared.domain.errors import (
    Conflict,
    InvalidArgument,
    ResourceExhausted,
    SegmentNotFound,
    SessionNotFound,
)
from shared.domain.session import SessionStatus
from shared.domain.transcript import MAX_SEGMENT_CHARS, Role
from tests.unit.application.story import OWNER, assert_stream_is_whole, create, long_text


def segments_of(world):
    ((_, segments),) = read_transcript(world, OWNER, "s1").parts
    return segments


def emotions_of(world):
    return read_session(world, OWNER, "s1").elements["emotions"]


@pytest.fixture
def analyzed(world):
    create(world, long_text())
    world.drain()
    world.analyzer.calls = 0
    return world


def test_corrected_words_are_read_and_analyzed_in_place_of_the_old(analyzed):
    segment = segments_of(analyzed)[0]
    before = len(emotions_of(analyzed))
    told = correct_words(analyzed, OWNER, "s1", segment.id, "I am glad, and sad, too").segment
    assert (told.text, told.corrected) == ("I am glad, and sad, too", True)
    assert read_session(analyzed, OWNER, "s1").session.status is SessionStatus.PROCESSING
    analyzed.drain()
    assert segments_of(analyzed)[0] == told
    first = emotions_of(analyzed)[0]["evidence"][0]
    assert (first["segment_id"], first["start"], first["quote"]) == (segment.id, 15, "sad")
    assert len(emotions_of(analyzed)) == before
    assert_stream_is_whole(analyzed)


def test_correction_analyzes_only_the_windows_that_hold_the_segment(analyzed):
    windows = read_session(analyzed, OWNER, "s1").session.analysis.windows_total
    assert windows > 2
    correct_words(analyzed, OWNER, "s1", segments_of(analyzed)[0].id, "C: I am fine")
    analyzed.drain()
    assert analyzed.analyzer.calls == 1
    assert read_session(analyzed, OWNER, "s1").session.analysis.windows_done == windows


def test_correction_next_to_a_window_analyzes_what_it_is_context_of(analyzed):
    analysis = read_session(analyzed, OWNER, "s1").session.analysis
    first = analyzed.documents.get(
        f"sessions/s1/windows/{analysis.published}-{_upload(analyzed)}-0"
    )
    last = first.data["segments"][-1]["id"]
    correct_words(analyzed, OWNER, "s1", last, "T: And what will you do?")
    analyzed.drain()
    assert analyzed.analyzer.calls == 2


def _upload(world):
    return next(iter(read_session(world, OWNER, "s1").session.analysis.parts))


def test_asked_for_analysis_reads_every_window_and_keeps_the_corrections(analyzed):
    segment = segments_of(analyzed)[0]
    correct_words(analyzed, OWNER, "s1", segment.id, "C: fine")
    analyzed.drain()
    analyzed.analyzer.calls = 0
    request_analysis(analyzed, OWNER, "s1")
    analyzed.drain()
    windows = read_session(analyzed, OWNER, "s1").session.analysis.windows_total
    assert analyzed.analyzer.calls == windows
    assert segments_of(analyzed)[0].text == "C: fine"


def test_correction_taken_back_shows_the_words_as_they_were_read(analyzed):
    segment = segments_of(analyzed)[0]
    whole = emotions_of(analyzed)
    correct_words(analyzed, OWNER, "s1", segment.id, "")
    analyzed.drain()
    assert len(emotions_of(analyzed)) == len(whole) - 1
    told = correct_words(analyzed, OWNER, "s1", segment.id, None).segment
    analyzed.drain()
    assert segments_of(analyzed)[0] == told == segment
    assert emotions_of(analyzed) == whole


def test_the_same_correction_twice_changes_nothing(analyzed):
    segment = segments_of(analyzed)[0]
    first = correct_words(analyzed, OWNER, "s1", segment.id, "C: fine")
    analyzed.drain()
    again = correct_words(analyzed, OWNER, "s1", segment.id, "C: fine")
    assert (again.segment, again.session) == (first.segment, None)
    assert correct_words(analyzed, OWNER, "s1", segments_of(analyzed)[1].id, None).session is None
    assert analyzed.queue == []


def test_what_a_person_ticked_survives_a_correction(analyzed):
    item = read_session(analyzed, OWNER, "s1").elements["action_items"][-1]
    correct_words(analyzed, OWNER, "s1", segments_of(analyzed)[0].id, "C: fine")
    analyzed.drain()
    assert item in read_session(analyzed, OWNER, "s1").elements["action_items"]


def test_correction_during_an_analysis_supersedes_it(world):
    create(world, long_text())
    world.deliver(world.queue.pop(0))
    segment = segments_of(world)[0]
    world.deliver(world.queue.pop(0))
    correct_words(world, OWNER, "s1", segment.id, "C: fine")
    world.drain()
    assert segment.id not in {e["evidence"][0]["segment_id"] for e in emotions_of(world)}
    assert len(emotions_of(world)) == 59
    assert_stream_is_whole(world)


@pytest.mark.parametrize("segment_id", ["nothing", "id0-1", "", "-", "x-0", "__x__-0", "/-0"])
def test_segment_that_is_not_there_is_not_found(analyzed, segment_id):
    with pytest.raises(SegmentNotFound):
        correct_words(analyzed, OWNER, "s1", segment_id, "words")


def test_segment_past_the_end_is_not_found(analyzed):
    beyond = segments_of(analyzed)[-1].id.rpartition("-")[0] + "-120"
    with pytest.raises(SegmentNotFound):
        correct_words(analyzed, OWNER, "s1", beyond, "words")


def test_corrections_of_one_window_are_bounded(world):
    # With quotes and context a character stands up to three times in its window's document.
    assert 3 * 4 * MAX_CORRECTED_CHARS < 2**20
    lines = MAX_CORRECTED_CHARS // MAX_SEGMENT_CHARS + 1
    create(world, "".join(f"C: {n}\n" for n in range(lines)))
    world.drain()
    segments = segments_of(world)
    for segment in segments[:-2]:
        correct_words(world, OWNER, "s1", segment.id, "x" * MAX_SEGMENT_CHARS)
    with pytest.raises(ResourceExhausted):
        correct_words(world, OWNER, "s1", segments[-2].id, "x" * MAX_SEGMENT_CHARS)
    assert [s.corrected for s in segments_of(world)] == [True] * (lines - 2) + [False] * 2


def test_words_that_nobody_corrected_count_for_the_bound_of_their_window(world):
    create(world, f"C: {'x' * 3_900}\n" * 12)
    world.drain()
    segments = segments_of(world)
    room = MAX_CORRECTED_CHARS - sum(len(segment.text) for segment in segments)
    first = len(segments[0].text)
    correct_words(world, OWNER, "s1", segments[0].id, "x" * (first + room))
    with pytest.raises(ResourceExhausted):
        correct_words(world, OWNER, "s1", segments[1].id, "x" * MAX_SEGMENT_CHARS)
    correct_words(world, OWNER, "s1", segments[0].id, None)


def test_strangers_correct_nothing(analyzed):
    with pytest.raises(SessionNotFound):
        correct_words(analyzed, "bob", "s1", segments_of(analyzed)[0].id, "words")
    with pytest.raises(SessionNotFound):
        identify_speakers(analyzed, "bob", "s1", [SpeakerName("C", "Bob")])


def test_deleted_session_keeps_no_correction(analyzed):
    upload = _upload(analyzed)
    correct_words(analyzed, OWNER, "s1", segments_of(analyzed)[0].id, "C: fine")
    delete_session(analyzed, OWNER, "s1")
    analyzed.drain()
    assert analyzed.documents.get(f"sessions/s1/corrections/{upload}-0") is None


def test_named_speaker_stands_in_transcript_and_elements(analyzed):
    (upload,) = identify_speakers(analyzed, OWNER, "s1", [SpeakerName("C", "Alex", Role.THERAPIST)])
    assert [(c.label, c.name, c.role) for c in upload.speaker_changes] == [
        ("C", "Alex", Role.THERAPIST)
    ]
    analyzed.drain()
    first = segments_of(analyzed)[0]
    assert (first.speaker, first.role) == ("Alex", Role.THERAPIST)
    assert "C" not in {segment.speaker for segment in segments_of(analyzed)}


def test_speakers_name_taken_back_is_no_change_any_more(analyzed):
    identify_speakers(analyzed, OWNER, "s1", [SpeakerName("C", "Alex")])
    (upload,) = identify_speakers(analyzed, OWNER, "s1", [SpeakerName("C", "C")])
    assert upload.speaker_changes == ()
    analyzed.drain()
    assert identify_speakers(analyzed, OWNER, "s1", [SpeakerName("C", "C")]) == [upload]
    assert analyzed.queue == []


def test_name_and_role_given_apart_both_stay(analyzed):
    identify_speakers(analyzed, OWNER, "s1", [SpeakerName("C", "Alex")])
    (upload,) = identify_speakers(analyzed, OWNER, "s1", [SpeakerName("C", role=Role.UNKNOWN)])
    assert [(c.name, c.role) for c in upload.speaker_changes] == [("Alex", Role.UNKNOWN)]


def test_speaker_that_nobody_is_is_refused(analyzed):
    names = [SpeakerName("C", "Alex"), SpeakerName("Zoe", "Zoe")]
    with pytest.raises(InvalidArgument) as caught:
        identify_speakers(analyzed, OWNER, "s1", names)
    assert caught.value.field == "speakers.1.label"
    assert segments_of(analyzed)[0].speaker == "C"


def test_speakers_before_any_transcript_are_refused(world):
    create(world, None)
    with pytest.raises(Conflict):
        identify_speakers(world, OWNER, "s1", [SpeakerName("C", "Alex")])
