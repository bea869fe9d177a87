"""A recording becomes a transcript exactly once, whatever dies, and leaves nothing in between."""

from __future__ import annotations

import random

import pytest

from shared.application.analysis_status import read_analysis
from shared.application.correct_words import correct_words
from shared.application.create_session import NewSession, create_session
from shared.application.delete_session import delete_session
from shared.application.list_uploads import list_uploads
from shared.application.ports import PushMessage, Query
from shared.application.read_session import read_session
from shared.application.read_summary import read_summary
from shared.application.read_transcript import read_transcript
from shared.application.request_analysis import request_analysis
from shared.application.sweep import sweep
from shared.application.transcription import find_ongoing
from shared.application.transcription_tasks import publish_missing
from shared.application.update_session import SessionChanges, update_session
from shared.domain.errors import NotReady, TranscriptionFailed, TranscriptionLost, Unavailable
from shared.domain.session import AnalysisStatus, SessionStatus, Stage
from shared.domain.transcript import Role, Timing
from shared.domain.upload import Upload, UploadState
from tests.unit.application.scripted_speech import LineSound, LineSpeech, LineTranscriber
from tests.unit.application.story import (
    OWNER,
    Crash,
    Crashing,
    add_recording,
    assert_stream_is_whole,
    events_of,
)
from tests.world import HANDLERS

SPOKEN = [
    "0|how was your week and how did you sleep",
    "1|i was so sad about work all week",
    "1|and i WAS SAD AGAIN ON SUNDAY ALL DAY",
    "0|what would you like to do",
    "1|i will talk to my boss i will",
]


@pytest.fixture
def hearing(world):
    world.sound = LineSound()
    world.transcriber = LineTranscriber(world.transcripts)
    return world


def record(world, lines=SPOKEN, upload_id="up1") -> Upload:
    """A session with one recording, registered and not transcribed yet."""
    content = "\n".join(lines).encode()
    if world.documents.get("sessions/s1") is None:
        create_session(world, OWNER, NewSession(title="One"), "s1")
    return add_recording(world, upload_id, content)


def deliver_all(world, chance=None) -> int:
    """Delivers until nothing is left; what is not ready comes again. Returns how often it was."""
    again = 0
    while world.queue:
        at = chance.randrange(len(world.queue)) if chance else 0
        message = world.queue.pop(at)
        try:
            world.deliver(message)
        except NotReady:
            again += 1
            world.queue.append(message)
    return again


def leftovers(world) -> list[str]:
    """Blobs and documents that lie between a recording and its transcript."""
    blobs = [path for path in world.transcripts.blobs if "/speech/" in path]
    return blobs + [d.path for d in world.documents.query(Query("sessions/s1/transcriptions"))]


def test_recording_goes_all_the_way_to_elements(hearing):
    record(hearing)
    hearing.drain()
    report = read_session(hearing, OWNER, "s1")
    assert report.session.status is SessionStatus.COMPLETED
    assert [e["evidence"][0]["start_ms"] for e in report.elements["emotions"]] == [10_000]
    (upload,) = list_uploads(hearing, OWNER, "s1")
    assert upload.state is UploadState.TRANSCRIBED
    assert leftovers(hearing) == []


def test_transcript_says_who_spoke_and_when(hearing):
    record(hearing)
    hearing.drain()
    ((_, segments),) = read_transcript(hearing, OWNER, "s1").parts
    assert [s.speaker for s in segments] == [
        "Speaker 1",
        *["Speaker 2"] * 2,
        "Speaker 1",
        "Speaker 2",
    ]
    assert [s.start_ms for s in segments] == [0, 10_000, 20_000, 30_000, 40_000]
    assert {s.timing for s in segments} == {Timing.EXACT}
    assert segments[0].text == "how was your week and how did you sleep"
    assert {s.role for s in segments if s.speaker == "Speaker 1"} <= {Role.THERAPIST, Role.UNKNOWN}


def test_poorly_heard_speech_is_marked_warned_of_and_not_built_upon(hearing):
    record(hearing)
    hearing.drain()
    ((_, segments),) = read_transcript(hearing, OWNER, "s1").parts
    assert [s.reliable for s in segments] == [True, True, False, True, True]
    assert segments[2].confidence < 0.5
    quoted = [
        evidence["segment_id"]
        for found in read_session(hearing, OWNER, "s1").elements.values()
        for element in found
        for evidence in element["evidence"]
    ]
    assert quoted
    assert segments[2].id not in quoted
    (warning,) = read_analysis(hearing, OWNER, "s1").analysis.warnings
    assert warning.code == "speech_unreliable"
    assert "22 %" in warning.message


def test_summary_quotes_nothing_that_was_heard_poorly(hearing):
    record(hearing, [*SPOKEN, "1|" + SPOKEN[1].partition("|")[2].upper()])
    hearing.drain()
    ((_, segments),) = read_transcript(hearing, OWNER, "s1").parts
    poor = {segment.id for segment in segments if not segment.reliable}
    assert len(poor) == 2
    sentences = read_summary(hearing, OWNER, "s1", 10).sentences
    assert sentences
    assert not poor & {e["segment_id"] for sentence in sentences for e in sentence["evidence"]}


def test_session_of_which_nothing_was_heard_well_completes_without_elements(hearing):
    record(hearing, ["0|SAD SAD", "1|WORK WORK"])
    hearing.drain()
    report = read_session(hearing, OWNER, "s1")
    assert report.session.status is SessionStatus.COMPLETED
    assert not any(report.elements.values())
    assert len(report.session.analysis.warnings) == 1


def test_progress_tells_the_stage_and_never_falls(hearing):
    record(hearing, SPOKEN * 3)
    hearing.drain()
    told = [e.data for e in events_of(hearing) if e.type == "analysis_progress"]
    assert [each["progress"] for each in told] == sorted(each["progress"] for each in told)
    stages = list(dict.fromkeys(each["stage"] for each in told))
    assert stages == [Stage.READING, Stage.TRANSCRIBING, Stage.ANALYZING, None]
    assert len({each["progress"] for each in told}) > 8


def test_engine_elsewhere_is_asked_again_until_it_has_the_words(hearing):
    hearing.transcriber.polls = 3
    record(hearing)
    assert deliver_all(hearing) == 3 * len(hearing.transcriber.submitted)
    assert read_session(hearing, OWNER, "s1").session.status is SessionStatus.COMPLETED


def test_chunk_that_the_engine_has_lost_is_submitted_anew(hearing):
    hearing.transcriber.forgets = 1
    record(hearing)
    deliver_all(hearing)
    assert len(hearing.transcriber.submitted) == 4
    assert read_session(hearing, OWNER, "s1").session.status is SessionStatus.COMPLETED


@pytest.mark.parametrize(("done", "status"), [(True, "success"), (False, "failed")])
def test_chunks_dead_letter_fails_the_session_only_while_it_is_not_heard(hearing, done, status):
    record(hearing)
    while hearing.queue[0].topic != "chunks":
        hearing.deliver(hearing.queue.pop(0))
    # Another delivery of the same task was given up.
    letter = PushMessage("dead-letters", hearing.queue[0].data, {}, "m1", hearing.now())
    if done:
        hearing.deliver(hearing.queue.pop(0))
    hearing.deliver(letter)
    hearing.drain()
    assert read_analysis(hearing, OWNER, "s1").analysis.status == status


def test_chunk_that_is_lost_between_its_end_and_its_words_is_submitted_anew(hearing):
    def lost(handle, chunk):
        hearing.transcriber.result = result
        raise TranscriptionLost("It is gone.")

    record(hearing)
    result, hearing.transcriber.result = hearing.transcriber.result, lost
    deliver_all(hearing)
    assert len(hearing.transcriber.submitted) == 4
    assert read_session(hearing, OWNER, "s1").session.status is SessionStatus.COMPLETED


@pytest.mark.parametrize(
    ("lines", "code"),
    [(["noise"], "transcription_failed"), ([], "no_speech"), (["0|?"], "transcription_failed")],
)
def test_what_can_never_be_transcribed_fails_with_a_sentence(hearing, lines, code):
    record(hearing, lines)
    hearing.drain()
    (upload,) = list_uploads(hearing, OWNER, "s1")
    session = read_analysis(hearing, OWNER, "s1")
    assert (upload.state, upload.fault.code) == (UploadState.FAILED, code)
    assert session.analysis.status is AnalysisStatus.FAILED
    assert session.analysis.fault.code == code
    assert leftovers(hearing) == []


def test_speech_without_a_single_word_fails_with_a_sentence(hearing):
    record(hearing, ["0|", "1|"])
    hearing.drain()
    assert read_analysis(hearing, OWNER, "s1").analysis.fault.code == "no_speech"
    assert leftovers(hearing) == []


def test_transient_error_of_the_engine_is_delivered_again(hearing):
    def unavailable(handle):
        raise Unavailable("Too many requests.")

    record(hearing)
    engine, hearing.transcriber.poll = hearing.transcriber, unavailable
    with pytest.raises(Unavailable):
        hearing.drain()
    del engine.poll
    hearing.pass_time(minutes=10)
    sweep(hearing, 120)
    hearing.drain()
    assert read_session(hearing, OWNER, "s1").session.status is SessionStatus.COMPLETED


def test_chunk_that_kills_its_worker_every_time_is_given_up(hearing):
    record(hearing)
    for _ in range(2):
        hearing.deliver(hearing.queue.pop(0))
    chunk = next(message for message in hearing.queue if message.topic == "chunks")
    hearing.queue = [PushMessage(chunk.topic, chunk.data, {}, "m", hearing.now(), attempt=9)]
    hearing.drain()
    assert read_analysis(hearing, OWNER, "s1").analysis.fault.code == "transcription_incomplete"
    assert leftovers(hearing) == []


@pytest.mark.parametrize("seed", range(10))
def test_redelivery_in_any_order_changes_nothing(hearing, seed):
    record(hearing, SPOKEN * 2)
    hearing.transcriber.polls = seed % 3
    chance = random.Random(seed)
    seen = []
    while hearing.queue:
        message = hearing.queue.pop(chance.randrange(len(hearing.queue)))
        seen.append(message)
        for each in [message, *([chance.choice(seen)] if chance.random() < 0.5 else [])]:
            try:
                hearing.deliver(each)
            except NotReady:
                hearing.queue.append(each)
    assert_complete(hearing, 2)


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("seed", range(15))
def test_crash_at_any_effect_loses_and_doubles_nothing(hearing, seed, after):
    record(hearing, SPOKEN * 2)
    chance = random.Random(seed)
    while hearing.queue:
        message = hearing.queue.pop(0)
        ports = Crashing(hearing, chance.randrange(1, 12), after)
        try:
            HANDLERS[message.topic](ports, message)
        except Crash:
            hearing.queue.append(message)
    assert_complete(hearing, 2)


def assert_complete(world, times: int) -> None:
    report = read_session(world, OWNER, "s1")
    assert report.session.status is SessionStatus.COMPLETED
    assert len(report.elements["emotions"]) == times
    assert_stream_is_whole(world)
    assert leftovers(world) == []


@pytest.mark.parametrize("step", range(9))
def test_lost_tasks_are_published_again_by_the_sweep(hearing, step):
    record(hearing)
    for _ in range(min(step, 9)):
        if hearing.queue:
            hearing.deliver(hearing.queue.pop(0))
    hearing.queue.clear()
    for _ in range(8):
        hearing.pass_time(minutes=5)
        sweep(hearing, 120)
        hearing.drain()
    assert_complete(hearing, 1)


@pytest.mark.parametrize("step", range(9))
def test_deletion_at_any_step_leaves_nothing(hearing, step):
    hearing.transcriber.polls = 1
    record(hearing)
    late = []
    for _ in range(step):
        if hearing.queue:
            message = hearing.queue.pop(0)
            late.append(message)
            try:
                hearing.deliver(message)
            except NotReady:
                hearing.queue.append(message)
    open_handles = set(hearing.transcriber.submitted)
    delete_session(hearing, OWNER, "s1")
    deliver_all(hearing)
    for message in late:
        hearing.deliver(message)
    assert hearing.uploads.blobs == {}
    assert hearing.transcripts.blobs == {}
    assert leftovers(hearing) == []
    done = {handle for handle, asked in hearing.transcriber.asked.items() if asked > 1}
    assert set(hearing.transcriber.cancelled) >= open_handles - done


def test_reanalysis_during_the_transcription_goes_on_with_it(hearing):
    hearing.transcriber.polls = 1
    record(hearing, SPOKEN * 2)
    for _ in range(6):
        message = hearing.queue.pop(0)
        try:
            hearing.deliver(message)
        except NotReady:
            hearing.queue.append(message)
    submitted = len(hearing.transcriber.submitted)
    assert submitted
    request_analysis(hearing, OWNER, "s1")
    deliver_all(hearing)
    assert_complete(hearing, 2)
    assert len(hearing.transcriber.submitted) == 5


def test_reanalysis_transcribes_nothing_twice(hearing):
    record(hearing)
    hearing.drain()
    submitted = list(hearing.transcriber.submitted)
    request_analysis(hearing, OWNER, "s1")
    hearing.drain()
    assert_complete(hearing, 1)
    assert hearing.transcriber.submitted == submitted


def test_recording_goes_once_it_is_transcribed_where_its_owner_wants_that(hearing):
    settings = {"retention": {"recording": "delete"}}
    create_session(hearing, OWNER, NewSession(title="One", settings=settings), "s1")
    upload = record(hearing)
    sweep(hearing, 120)
    assert hearing.uploads.stat(upload.source_path) is not None
    hearing.drain()
    sweep(hearing, 120)
    assert hearing.uploads.stat(upload.source_path) is None
    (erased,) = list_uploads(hearing, OWNER, "s1")
    assert erased.source_deleted_at is not None
    hearing.pass_time(hours=1)
    request_analysis(hearing, OWNER, "s1")
    hearing.drain()
    sweep(hearing, 120)
    assert list_uploads(hearing, OWNER, "s1") == [erased]
    assert_complete(hearing, 1)


def ask_by_status(world, owner_id, session_id):
    changes = SessionChanges(analysis_status=AnalysisStatus.PENDING)
    return update_session(world, owner_id, session_id, changes)


@pytest.mark.parametrize("ask", [request_analysis, ask_by_status])
def test_what_waited_for_a_transcriber_is_heard_once_there_is_one(hearing, ask):
    engine, hearing.transcriber = hearing.transcriber, None
    kept = record(hearing)
    hearing.drain()
    assert kept.state is UploadState.AWAITING_TRANSCRIBER
    hearing.transcriber = engine
    ask(hearing, OWNER, "s1")
    hearing.drain()
    assert_complete(hearing, 1)
    assert read_analysis(hearing, OWNER, "s1").analysis.waiting == ()


def test_recording_that_has_lost_its_transcriber_fails_with_a_sentence(hearing):
    record(hearing)
    hearing.transcriber = None
    hearing.drain()
    assert read_analysis(hearing, OWNER, "s1").analysis.fault.code == "transcriber_missing"


def test_messages_and_state_documents_carry_no_words(hearing):
    hearing.transcriber.polls = 1
    record(hearing)
    messages, documents = [], []
    while hearing.queue:
        message = hearing.queue.pop(0)
        messages.append(message)
        try:
            hearing.deliver(message)
        except NotReady:
            hearing.queue.append(message)
        documents += hearing.documents.query(Query("sessions/s1/transcriptions"))
    told = " ".join(str(dict(each.data)) for each in [*messages, *documents])
    assert len(documents) > 5
    assert "boss" not in told
    assert "week" not in told


class Interrupted(LineSound):
    """What happens once while a delivery reads a recording, or its chunks for their voices."""

    def __init__(self, step, happens) -> None:
        self._step, self._happens = step, happens

    def _interrupt(self, step):
        if step == self._step:
            self._step = ""
            self._happens()

    def speech(self, read, size_bytes):
        self._interrupt("recordings")
        return super().speech(read, size_bytes)

    def turns(self, speech):
        told = [next(speech)]
        self._interrupt("voices")
        return super().turns(iter([*told, *speech]))


class LateTasks(LineSound):
    """What happens when all of a recording is cut, and before it is said to be."""

    def __init__(self, happens) -> None:
        self._happens = happens

    def speech(self, read, size_bytes):
        happens = self._happens

        class Speech(LineSpeech):
            def __iter__(self):
                yield from super().__iter__()
                happens()

        return Speech(read(0, size_bytes).splitlines())


@pytest.mark.parametrize("step", ["recordings", "voices"])
def test_delivery_that_another_overtakes_leaves_the_transcript_as_it_is(hearing, step):
    def overtake():
        publish_missing(hearing, find_ongoing(hearing.documents, "s1", "up1"))
        windows = []
        while hearing.queue:
            message = hearing.queue.pop(0)
            if message.topic == "windows":
                windows.append(message)
            else:
                hearing.deliver(message)
        # As where recordings are erased once they are transcribed.
        hearing.uploads.delete(upload.source_path)
        hearing.queue.extend(windows)

    hearing.sound = Interrupted(step, overtake)
    upload = record(hearing, SPOKEN * 2)
    hearing.drain()
    (upload,) = list_uploads(hearing, OWNER, "s1")
    assert (upload.state, upload.fault) == (UploadState.TRANSCRIBED, None)
    assert read_session(hearing, OWNER, "s1").session.status is SessionStatus.COMPLETED
    assert leftovers(hearing) == []


def test_late_task_of_a_failed_transcription_does_not_disturb_the_next(hearing):
    def refuse(handle):
        raise TranscriptionFailed("The engine refuses it.")

    record(hearing)
    poll, hearing.transcriber.poll = hearing.transcriber.poll, refuse
    late = [message for message in hearing.drain() if message.topic in ("chunks", "voices")]
    assert read_analysis(hearing, OWNER, "s1").analysis.status is AnalysisStatus.FAILED
    hearing.transcriber.poll = poll
    request_analysis(hearing, OWNER, "s1")
    hearing.sound = LateTasks(lambda: [hearing.deliver(message) for message in late])
    hearing.drain()
    (upload,) = list_uploads(hearing, OWNER, "s1")
    assert (upload.state, upload.fault) == (UploadState.TRANSCRIBED, None)
    assert leftovers(hearing) == []


def test_correction_does_not_listen_again_to_what_cannot_be_heard(hearing):
    record(hearing)
    record(hearing, ["noise"], "up2")
    hearing.drain()
    before = read_analysis(hearing, OWNER, "s1").analysis
    assert before.parts["up2"].fault.code == "transcription_failed"
    correct_words(hearing, OWNER, "s1", "up1-0", "how did you sleep")
    assert "recordings" not in {message.topic for message in hearing.drain()}
    after = read_analysis(hearing, OWNER, "s1").analysis
    assert (after.status, after.parts["up2"].fault) == (
        AnalysisStatus.SUCCESS,
        before.parts["up2"].fault,
    )
    request_analysis(hearing, OWNER, "s1")
    assert "recordings" in {message.topic for message in hearing.drain()}


def test_failure_of_a_superseded_analysis_leaves_the_transcription_to_the_next(hearing):
    def supersede(handle):
        hearing.transcriber.poll = poll
        request_analysis(hearing, OWNER, "s1")
        raise TranscriptionFailed("The engine refuses it.")

    record(hearing)
    poll, hearing.transcriber.poll = hearing.transcriber.poll, supersede
    hearing.drain()
    assert len(hearing.transcriber.submitted) == 3
    assert read_session(hearing, OWNER, "s1").session.status is SessionStatus.COMPLETED
    assert leftovers(hearing) == []
