"""What clients ask for, case by case: pages, filters, ticks, changes, graphs, ownership."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta

import pytest

from shared.application.access import etag_of
from shared.application.add_content import MAX_UPLOADS, register_content, require_room
from shared.application.create_session import NewSession, create_session
from shared.application.delete_session import delete_session
from shared.application.list_sessions import PageRequest, list_sessions
from shared.application.read_elements import ElementFilter, read_elements
from shared.application.read_events import read_events
from shared.application.read_graph import read_graph
from shared.application.read_session import read_session
from shared.application.read_transcript import read_transcript
from shared.application.request_analysis import request_analysis
from shared.application.tick_action_item import tick_action_item
from shared.application.update_session import SessionChanges, update_session
from shared.domain.errors import (
    AlreadyExists,
    Conflict,
    ElementNotFound,
    InvalidArgument,
    PreconditionFailed,
    ResourceExhausted,
    SessionNotFound,
)
from shared.domain.events import EventType
from shared.domain.session import AnalysisStatus, SessionStatus
from shared.domain.upload import ContentType, Upload, UploadState, source_path

OWNER = "alice"
TEXT = "C: I am sad about work\nT: what will you do\nC: I am sad and will rest\n"


def create(world, text=TEXT, session_id="s1", title="One"):
    return create_session(world, OWNER, NewSession(title=title, text=text), session_id)


def upload(world, kind=ContentType.TEXT, content=b"C: more sad words\n", upload_id="up1"):
    path = source_path(OWNER, "s1", upload_id)
    with world.uploads.create(path, content_type="text/plain") as writer:
        writer.write(content)
        generation = writer.commit().generation
    return Upload(
        id=upload_id,
        session_id="s1",
        owner_id=OWNER,
        filename="more.txt",
        type=kind,
        content_type="text/plain",
        size_bytes=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
        generation=generation,
        created_at=world.now() + timedelta(seconds=1),
    )


def test_creating_the_same_id_again_answers_with_the_session_that_stands(world):
    first = create(world)
    assert create(world, title="Two") == first
    assert len(world.queue) == 1


def test_creating_another_users_id_is_refused(world):
    create(world)
    with pytest.raises(AlreadyExists):
        create_session(world, "bob", NewSession(title="Mine"), "s1")


@pytest.mark.parametrize(
    "draft",
    [
        NewSession(title="t", status=SessionStatus.COMPLETED),
        NewSession(title="t", analysis_status=AnalysisStatus.SUCCESS),
    ],
)
def test_new_session_cannot_claim_a_result(world, draft):
    with pytest.raises(Conflict):
        create_session(world, OWNER, draft, "s1")
    assert world.documents.get("sessions/s1") is None


def test_pages_hold_every_session_once_newest_first(world):
    for number in range(7):
        create(world, text=None, session_id=f"s{number}")
        world.pass_time(seconds=1)
    first = list_sessions(world, OWNER, PageRequest(page=1, per_page=3))
    second = list_sessions(world, OWNER, PageRequest(page=2, per_page=3))
    by_cursor = list_sessions(world, OWNER, PageRequest(per_page=3, cursor=first.next_cursor))
    assert [s.id for s in first.sessions] == ["s6", "s5", "s4"]
    assert [s.id for s in second.sessions] == [s.id for s in by_cursor.sessions]
    last = list_sessions(world, OWNER, PageRequest(per_page=3, cursor=second.next_cursor))
    assert ([s.id for s in last.sessions], last.next_cursor, last.total) == (["s0"], None, 7)


def test_deleted_and_foreign_sessions_are_not_listed(world):
    create(world)
    create_session(world, "bob", NewSession(title="b"), "s2")
    delete_session(world, "bob", "s2")
    assert list_sessions(world, "bob", PageRequest()).total == 0
    assert [s.id for s in list_sessions(world, OWNER, PageRequest()).sessions] == ["s1"]


@pytest.mark.parametrize("cursor", ["x", "bm90IGpzb24", "WyIyMDI2Il0", "W251bGwsbnVsbF0", "é"])
def test_forged_cursor_is_an_invalid_argument(world, cursor):
    with pytest.raises(InvalidArgument) as refused:
        list_sessions(world, OWNER, PageRequest(cursor=cursor))
    assert refused.value.field == "cursor"


def test_elements_are_filtered_by_half_open_time(world):
    create(world)
    world.drain()
    start = datetime(2026, 3, 1, 9, 0, 0, tzinfo=UTC)
    later = start + timedelta(seconds=20)

    def times(**wanted):
        page = read_elements(world, OWNER, "s1", "emotions", ElementFilter(**wanted))
        return [e["start_ms"] for e in page.elements]

    assert times() == [0, 20_000]
    assert times(start=later) == [20_000]
    assert times(end=later) == [0]
    assert times(start=start, end=later) == [0]
    assert times(category="Sadness") == [0, 20_000]
    assert times(category="joy") == []


def test_elements_are_paged_by_cursor(world):
    create(world)
    world.drain()
    first = read_elements(world, OWNER, "s1", "emotions", ElementFilter(limit=1))
    rest = read_elements(
        world, OWNER, "s1", "emotions", ElementFilter(limit=5, cursor=first.next_cursor)
    )
    assert [len(first.elements), len(rest.elements), rest.next_cursor] == [1, 1, None]
    with pytest.raises(InvalidArgument):
        read_elements(world, OWNER, "s1", "emotions", ElementFilter(cursor="none"))


def test_tick_survives_reanalysis_and_is_told(world):
    create(world)
    world.drain()
    item = read_session(world, OWNER, "s1").elements["action_items"][0]
    assert item["status"] == "open"
    assert tick_action_item(world, OWNER, "s1", item["id"], "done")["status"] == "done"
    told = read_events(world, OWNER, "s1", 0, 1000).events[-1]
    assert told.type is EventType.NEW_ACTION_ITEM
    assert told.data["action_item"]["status"] == "done"
    request_analysis(world, OWNER, "s1")
    world.drain()
    done = read_elements(world, OWNER, "s1", "action_items", ElementFilter(status="done"))
    assert [e["id"] for e in done.elements] == [item["id"]]


def test_tick_twice_changes_nothing(world):
    create(world)
    world.drain()
    item = read_session(world, OWNER, "s1").elements["action_items"][0]
    tick_action_item(world, OWNER, "s1", item["id"], "done")
    version = read_session(world, OWNER, "s1").session.version
    tick_action_item(world, OWNER, "s1", item["id"], "done")
    assert read_session(world, OWNER, "s1").session.version == version


def test_tick_of_no_item_is_not_found(world):
    create(world)
    world.drain()
    with pytest.raises(ElementNotFound):
        tick_action_item(world, OWNER, "s1", "nothing", "done")


def test_update_changes_only_what_is_given(world):
    before = create(world, text=None)
    world.pass_time(seconds=5)
    after = update_session(world, OWNER, "s1", SessionChanges(description="new"))
    assert (after.title, after.description) == ("One", "new")
    assert after.updated_at > before.updated_at
    assert etag_of(after) != etag_of(before)


def test_update_that_changes_nothing_keeps_the_version(world):
    before = create(world, text=None)
    assert update_session(world, OWNER, "s1", SessionChanges(title="One")) == before


def test_update_applies_all_or_nothing(world):
    create(world, text=None)
    changes = SessionChanges(title="New", analysis_status=AnalysisStatus.SUCCESS)
    with pytest.raises(Conflict):
        update_session(world, OWNER, "s1", changes)
    assert read_session(world, OWNER, "s1").session.title == "One"


def test_update_with_a_stale_tag_is_refused(world):
    stale = etag_of(create(world, text=None))
    update_session(world, OWNER, "s1", SessionChanges(title="Two"), if_match=stale)
    with pytest.raises(PreconditionFailed):
        update_session(world, OWNER, "s1", SessionChanges(title="Three"), if_match=stale)
    with pytest.raises(PreconditionFailed):
        delete_session(world, OWNER, "s1", if_match=stale)


def test_moved_date_moves_the_timestamps(world):
    create(world)
    world.drain()
    date = datetime(2020, 1, 1, tzinfo=UTC)
    update_session(world, OWNER, "s1", SessionChanges(date=date))
    emotions = read_session(world, OWNER, "s1").elements["emotions"]
    assert [e["timestamp"] for e in emotions] == ["2020-01-01T00:00:00Z", "2020-01-01T00:00:20Z"]


def test_pending_by_update_begins_a_new_revision(world):
    create(world)
    world.drain()
    changes = SessionChanges(analysis_status=AnalysisStatus.PENDING)
    update_session(world, OWNER, "s1", changes)
    assert [m.topic for m in world.queue] == ["analyses"]
    world.drain()
    assert read_session(world, OWNER, "s1").session.analysis.published == 2


def test_second_upload_adds_to_what_was_found(world):
    create(world)
    world.drain()
    register_content(world, OWNER, "s1", upload(world))
    world.drain()
    report = read_session(world, OWNER, "s1")
    assert len(report.elements["emotions"]) == 3
    assert [e["content"] for e in report.elements["insights"]] == ["sadness came up 3 times"]
    resets = [e for e in read_events(world, OWNER, "s1", 0, 1000).events if e.type == "reset"]
    assert [e.data["reason"] for e in resets] == ["merged"]


def test_registering_an_upload_twice_changes_nothing(world):
    create(world, text=None)
    content = upload(world)
    register_content(world, OWNER, "s1", content)
    version = read_session(world, OWNER, "s1").session.version
    assert register_content(world, OWNER, "s1", content).id == content.id
    assert read_session(world, OWNER, "s1").session.version == version


def test_audio_is_kept_and_said_to_wait_for_a_transcriber(world):
    create(world, text=None)
    kept = register_content(world, OWNER, "s1", upload(world, ContentType.AUDIO, b"RIFF"))
    world.drain()
    session = read_session(world, OWNER, "s1").session
    assert kept.state is UploadState.AWAITING_TRANSCRIBER
    assert session.analysis.waiting == (kept.id,)
    assert session.status is SessionStatus.CREATED
    assert not read_transcript(world, OWNER, "s1").complete


def test_registration_for_a_deleted_session_leaves_no_blob(world):
    create(world, text=None)
    content = upload(world)
    delete_session(world, OWNER, "s1")
    with pytest.raises(SessionNotFound):
        register_content(world, OWNER, "s1", content)
    assert world.uploads.stat(content.source_path) is None


def test_session_takes_a_bounded_number_of_uploads(world):
    create(world, text=None)
    world.uploads.notify = None
    for number in range(MAX_UPLOADS):
        content = upload(world, ContentType.AUDIO, b"R", f"up{number}")
        register_content(world, OWNER, "s1", content)
    with pytest.raises(ResourceExhausted):
        require_room(world, OWNER, "s1")


def test_transcript_holds_every_segment_in_order(world):
    create(world)
    world.drain()
    view = read_transcript(world, OWNER, "s1")
    [(_, segments)] = view.parts
    assert "".join(segment.text for segment in segments) == TEXT
    assert view.complete


def test_changed_bytes_are_not_analysed(world):
    create(world)
    [path] = world.uploads.blobs
    info, _ = world.uploads.blobs[path]
    world.uploads.blobs[path] = (info, b"C: something else\n")
    world.drain()
    session = read_session(world, OWNER, "s1").session
    assert session.analysis.fault.code == "content_changed"


def test_events_after_the_last_one_are_empty_and_not_a_reset(world):
    create(world)
    world.drain()
    page = read_events(world, OWNER, "s1", 0, 1000)
    rest = read_events(world, OWNER, "s1", page.last_id, 1000)
    assert (rest.events, rest.last_id, rest.reset) == ([], page.last_id, False)


def test_expired_history_is_a_reset(world):
    create(world)
    world.drain()
    for seq in (1, 2):
        path = f"sessions/s1/events/{seq:012d}"
        world.documents.transact(lambda tx, path=path: tx.delete(path))
    page = read_events(world, OWNER, "s1", 0, 1000)
    assert page.reset
    assert page.events[0].seq == 3
    assert read_events(world, OWNER, "s1", 10**9, 10).reset


def test_graph_joins_elements_to_the_topics_of_their_segment(world):
    create(world)
    world.drain()
    graph = read_graph(world, OWNER, "s1")
    ids = {node.id for node in graph.nodes}
    assert len(ids) == len(graph.nodes)
    assert all(edge.source in ids and edge.target in ids for edge in graph.edges)
    company = [edge for edge in graph.edges if edge.relation == "came_with"]
    assert {(edge.target, edge.quotes) for edge in company} == {("topic:work", ("sad",))}
    assert graph.id == read_session(world, OWNER, "s1").session.graph_id


@pytest.mark.parametrize(
    "call",
    [
        lambda world, who: read_session(world, who, "s1"),
        lambda world, who: read_elements(world, who, "s1", "topics", ElementFilter()),
        lambda world, who: read_events(world, who, "s1", 0, 1),
        lambda world, who: read_graph(world, who, "s1"),
        lambda world, who: read_transcript(world, who, "s1"),
        lambda world, who: require_room(world, who, "s1"),
        lambda world, who: request_analysis(world, who, "s1"),
        lambda world, who: update_session(world, who, "s1", SessionChanges(title="x")),
        lambda world, who: delete_session(world, who, "s1"),
        lambda world, who: tick_action_item(world, who, "s1", "a", "done"),
    ],
)
def test_foreign_session_is_not_found(world, call):
    create(world)
    world.drain()
    before = world.documents.get("sessions/s1")
    with pytest.raises(SessionNotFound):
        call(world, "bob")
    assert world.documents.get("sessions/s1") == before
