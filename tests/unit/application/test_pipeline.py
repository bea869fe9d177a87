"""The pipeline gives exactly-once results, whatever is delivered, how often and in which order."""

from __future__ import annotations

import random
from collections import Counter

import pytest

from shared.application.access import session_path
from shared.application.ports import PushMessage, Query
from shared.application.read_session import read_session
from shared.application.request_analysis import request_analysis
from shared.domain.errors import Conflict, Unavailable
from shared.domain.events import EventType
from shared.domain.session import SessionStatus
from shared.domain.upload import Fault
from tests.unit.application.story import (
    OWNER,
    Crash,
    Crashing,
    assert_stream_is_whole,
    create,
    elements_of,
    events_of,
    long_text,
)
from tests.world import HANDLERS, WordAnalyzer


def test_text_goes_all_the_way_to_elements(world):
    create(world)
    world.drain()
    report = read_session(world, OWNER, "s1")
    assert report.session.status is SessionStatus.COMPLETED
    assert [e["name"] for e in report.elements["emotions"]] == ["sadness"]
    assert [e["name"] for e in report.elements["topics"]] == ["Work"]
    assert [e["content"] for e in report.elements["insights"]] == ["sadness came up 1 times"]
    emotion = report.elements["emotions"][0]
    assert emotion["evidence"][0]["quote"] == "sad"
    assert emotion["timestamp"] == "2026-03-01T09:00:00Z"
    assert (emotion["start_ms"], emotion["timing"]) == (0, "exact")


def test_quote_that_is_not_in_the_transcript_is_dropped(world):
    create(world, "C: a lie and nothing more\n")
    world.drain()
    report = read_session(world, OWNER, "s1")
    assert report.session.status is SessionStatus.COMPLETED
    assert report.elements["emotions"] == []


def test_stream_tells_every_element_once_and_ends_with_completion(world):
    create(world, long_text())
    world.drain()
    events = events_of(world)
    told = Counter(
        event.data["emotion"]["id"] for event in events if event.type is EventType.NEW_EMOTION
    )
    assert told == Counter(elements_of(world)["emotions"])
    assert_stream_is_whole(world)
    assert events[-1].data["status"] == "completed"
    assert events[-1].data["progress"] == 1.0


def test_progress_in_the_stream_never_falls(world):
    create(world, long_text())
    world.drain()
    progress = [
        event.data["progress"]
        for event in events_of(world)
        if event.type is EventType.ANALYSIS_PROGRESS
    ]
    assert progress == sorted(progress)
    assert len(progress) > 4


@pytest.mark.parametrize("seed", range(20))
def test_redelivery_in_any_order_changes_nothing(world, seed):
    create(world, long_text())
    chance = random.Random(seed)
    seen: list[PushMessage] = []
    while world.queue:
        message = world.queue.pop(chance.randrange(len(world.queue)))
        seen.append(message)
        world.deliver(message)
        if chance.random() < 0.5:
            world.deliver(chance.choice(seen))
    assert read_session(world, OWNER, "s1").session.status is SessionStatus.COMPLETED
    found = elements_of(world)
    assert len(found["emotions"]) == len(set(found["emotions"])) == 60
    assert_stream_is_whole(world)


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("seed", range(12))
def test_crash_at_any_effect_loses_and_doubles_nothing(world, seed, after):
    create(world, long_text())
    chance = random.Random(seed)
    while world.queue:
        message = world.queue.pop(0)
        try:
            HANDLERS[message.topic](Crashing(world, chance.randrange(1, 9), after), message)
        except Crash:
            world.queue.append(message)
    assert read_session(world, OWNER, "s1").session.status is SessionStatus.COMPLETED
    assert len(elements_of(world)["emotions"]) == 60
    assert_stream_is_whole(world)


def test_unreadable_text_fails_with_a_sentence_and_is_acknowledged(world):
    create(world, "!")
    world.drain()
    session = read_session(world, OWNER, "s1").session
    assert session.status is SessionStatus.FAILED
    assert session.analysis.fault.code == "transcript_unreadable"
    assert session.analysis.fault.message == "The file holds no text."
    assert EventType.ANALYSIS_FAILED in {event.type for event in events_of(world)}


def test_reanalysis_replaces_results_only_when_complete(world):
    create(world, long_text())
    world.drain()
    before = elements_of(world)
    request_analysis(world, OWNER, "s1")
    world.deliver(world.queue.pop(0))
    while len(world.queue) > 1:
        world.deliver(world.queue.pop(0))
        assert elements_of(world) == before
        assert read_session(world, OWNER, "s1").session.analysis.published == 1
    world.drain()
    session = read_session(world, OWNER, "s1").session
    assert (session.analysis.published, session.status) == (2, SessionStatus.COMPLETED)
    assert elements_of(world) == before
    windows = world.documents.query(Query(f"{session_path('s1')}/windows"))
    assert {window.data["revision"] for window in windows} == {2}
    assert events_of(world)[-2].type is EventType.RESET
    assert_stream_is_whole(world)


def test_superseded_worker_writes_nothing(world):
    create(world, long_text())
    world.deliver(world.queue.pop(0))
    stale = list(world.queue)
    world.queue.clear()
    request_analysis(world, OWNER, "s1")
    for message in stale:
        world.deliver(message)
    assert elements_of(world)["emotions"] == []
    world.drain()
    assert len(elements_of(world)["emotions"]) == 60


class RefusingAnalyzer(WordAnalyzer):
    def analyze(self, window, session_date):
        raise Conflict("The engine will not read this.")


def test_permanent_error_of_the_engine_is_told_at_once_and_acknowledged(world):
    create(world, long_text())
    world.analyzer = RefusingAnalyzer()
    world.drain()
    session = read_session(world, OWNER, "s1").session
    assert session.status is SessionStatus.FAILED
    assert session.analysis.fault == Fault("conflict", "The engine will not read this.")
    world.analyzer = WordAnalyzer()
    request_analysis(world, OWNER, "s1")
    world.drain()
    assert read_session(world, OWNER, "s1").session.status is SessionStatus.COMPLETED


def test_transient_error_of_the_engine_is_delivered_again(world):
    create(world, "C: I am sad\n")
    world.deliver(world.queue.pop(0))
    world.analyzer = FlakyAnalyzer()
    with pytest.raises(Unavailable):
        world.deliver(world.queue[0])
    world.drain()
    assert read_session(world, OWNER, "s1").session.status is SessionStatus.COMPLETED


class FlakyAnalyzer(WordAnalyzer):
    failures = 1

    def analyze(self, window, session_date):
        if self.failures:
            self.failures -= 1
            raise Unavailable("The engine is busy.")
        return super().analyze(window, session_date)


def test_read_during_the_end_of_a_reanalysis_is_never_empty(world):
    create(world, long_text())
    world.drain()
    whole = elements_of(world)
    request_analysis(world, OWNER, "s1")
    documents = world.documents

    class Interrupted:
        def __getattr__(self, name):
            return getattr(documents, name)

        def query(self, query):
            world.documents = documents
            world.drain()
            return documents.query(query)

    world.documents = Interrupted()
    assert elements_of(world) == whole


def test_leftovers_of_a_superseded_revision_go_with_the_next_delivery(world):
    create(world, long_text())
    world.drain()
    old = world.documents.query(Query(f"{session_path('s1')}/windows"))[0]
    request_analysis(world, OWNER, "s1")
    last = world.drain()[-1]
    world.documents.transact(lambda tx: tx.set(old.path, old.data))
    world.deliver(last)
    assert world.documents.get(old.path) is None


def test_message_carries_no_content(world):
    create(world, "C: I am sad about my secret\n")
    for message in world.drain():
        assert "secret" not in repr((message.data, message.attributes))
