from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import pytest

from shared.application.access import forget, load_living, save
from shared.application.create_session import NewSession, create_session
from shared.application.ports import Query, Transaction
from shared.application.read_events import EventPage, read_events
from shared.application.request_analysis import request_analysis
from shared.application.stream import append, event_path
from shared.application.sweep import sweep
from shared.domain.events import EventType
from tests.world import World

SESSION = "s1"


def tell(world: World, count: int) -> None:
    def work(transaction: Transaction) -> None:
        session = load_living(transaction, SESSION)
        assert session is not None
        news = [(EventType.ANALYSIS_PROGRESS, {"progress": 0.5})] * count
        save(transaction, append(transaction, session, news, world.now()), world.now())

    world.documents.transact(work)


@pytest.fixture
def told(world: World) -> World:
    create_session(world, "ada", NewSession(title="One"), SESSION)
    tell(world, 10)
    return world


def page(world: World, after: int, lost: Iterable[int] = (), limit: int = 100) -> EventPage:
    for seq in lost:
        forget(world.documents, event_path(SESSION, seq))
    return read_events(world, "ada", SESSION, after, limit)


@pytest.mark.parametrize(
    ("after", "lost", "left", "reset"),
    [
        (0, [], range(1, 11), False),
        (4, [1, 2, 3], range(5, 11), False),
        (2, [1, 2, 3, 4], range(5, 11), True),
        (0, [5], range(6, 11), True),
        (4, [5, 7], range(8, 11), True),
        (6, [5], range(7, 11), False),
        (9, [10], (), True),
        (10, [10], (), False),
    ],
)
def test_hole_in_history_is_told_wherever_it_is(
    told: World, after: int, lost: list[int], left: Iterable[int], reset: bool
) -> None:
    found = page(told, after, lost)
    assert [event.seq for event in found.events] == list(left)
    assert found.reset is reset
    assert found.last_id == 10


def test_hole_at_the_end_of_a_page_is_told_by_the_next(told: World) -> None:
    first = page(told, 0, [4], limit=3)
    assert (first.last_id, first.reset, first.more) == (3, False, True)
    second = page(told, first.last_id, limit=3)
    assert (second.events[0].seq, second.reset) == (5, True)


def test_transcript_is_told_before_what_was_found_in_it(world: World) -> None:
    text = "C: I am sad\nT: and I work\n"
    create_session(world, "ada", NewSession(title="One", text=text), SESSION)
    world.drain()
    events = read_events(world, "ada", SESSION, 0, 100).events
    kinds = [event.type for event in events]
    (told,) = [event for event in events if event.type is EventType.TRANSCRIPT_SEGMENT]
    assert [segment["text"] for segment in told.data["segments"]] == text.splitlines(keepends=True)
    assert kinds.index(EventType.TRANSCRIPT_SEGMENT) < kinds.index(EventType.NEW_EMOTION)


def test_transcript_is_not_told_again_by_another_analysis(world: World) -> None:
    create_session(world, "ada", NewSession(title="One", text="C: I am sad\n"), SESSION)
    world.drain()
    request_analysis(world, "ada", SESSION)
    world.drain()
    events = read_events(world, "ada", SESSION, 0, 100).events
    assert [e.type for e in events].count(EventType.TRANSCRIPT_SEGMENT) == 1


def seqs(world: World) -> list[int]:
    events = world.documents.query(Query(f"sessions/{SESSION}/events", order_by="seq"))
    return [event.data["seq"] for event in events]


def test_sweep_forgets_events_that_have_expired(told: World) -> None:
    told.pass_time(days=3)
    tell(told, 2)
    told.pass_time(days=4)
    sweep(told, stalled_after_s=120)
    assert seqs(told) == [11, 12]
    told.pass_time(days=3)
    sweep(told, stalled_after_s=120)
    assert seqs(told) == []
    found = page(told, 5)
    assert (found.reset, found.last_id) == (True, 12)


def test_sweep_forgets_many_events_in_rounds(told: World) -> None:
    tell(told, 390)
    told.pass_time(days=7)
    sweep(told, stalled_after_s=120)
    assert seqs(told) == list(range(202, 401))
    sweep(told, stalled_after_s=120)
    assert seqs(told) == []


def test_sweep_leaves_the_version_of_the_session(told: World) -> None:
    before = load_living(told.documents, SESSION)
    told.pass_time(days=8)
    sweep(told, stalled_after_s=120)
    after = load_living(told.documents, SESSION)
    assert before is not None
    assert after == replace(before, events_expire_at=None)


def test_events_told_after_all_have_expired_expire_too(told: World) -> None:
    told.pass_time(days=8)
    sweep(told, stalled_after_s=120)
    tell(told, 1)
    told.pass_time(days=6)
    sweep(told, stalled_after_s=120)
    assert seqs(told) == [11]
    told.pass_time(days=1)
    sweep(told, stalled_after_s=120)
    assert seqs(told) == []
