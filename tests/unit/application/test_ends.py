"""What fails for good, stands still, is orphaned or deleted leaves nothing wrong behind."""

from __future__ import annotations

import pytest

from shared.application.delete_session import delete_session
from shared.application.ports import PushMessage, Query
from shared.application.read_session import read_session
from shared.application.request_analysis import request_analysis
from shared.application.sweep import sweep
from shared.domain.errors import (
    AlreadyExists,
    NotReady,
    SessionNotFound,
)
from shared.domain.session import AnalysisStatus, SessionStatus
from tests.unit.application.story import (
    OWNER,
    create,
    elements_of,
    long_text,
)


def test_lost_tasks_are_published_again_by_the_sweep(world):
    create(world, long_text())
    for _ in range(20):
        world.deliver(world.queue.pop(0))
        world.queue.clear()
        world.pass_time(minutes=5)
        sweep(world, stalled_after_s=120)
        if not world.queue:
            break
    assert read_session(world, OWNER, "s1").session.status is SessionStatus.COMPLETED
    assert len(elements_of(world)["emotions"]) == 60


def test_sweep_leaves_alone_what_moves(world):
    create(world)
    world.queue.clear()
    world.pass_time(seconds=60)
    sweep(world, stalled_after_s=120)
    assert world.queue == []


def test_dead_letter_fails_the_session_and_keeps_what_was_found(world):
    create(world, long_text())
    world.deliver(world.queue.pop(0))
    world.deliver(world.queue.pop(0))
    dead = world.queue.pop(0)
    world.deliver(PushMessage("dead-letters", dead.data, {}, "m", world.time))
    report = read_session(world, OWNER, "s1")
    assert report.session.status is SessionStatus.FAILED
    assert report.session.analysis.fault.code == "analysis_incomplete"
    assert report.elements["emotions"]
    request_analysis(world, OWNER, "s1")
    world.drain()
    assert read_session(world, OWNER, "s1").session.status is SessionStatus.COMPLETED


def test_dead_letter_of_written_work_fails_nothing(world):
    create(world, long_text())
    world.deliver(world.queue.pop(0))
    written = world.queue[0]
    world.deliver(world.queue.pop(0))
    world.deliver(PushMessage("dead-letters", written.data, {}, "m", world.time))
    world.drain()
    assert read_session(world, OWNER, "s1").session.status is SessionStatus.COMPLETED


def test_dead_letter_of_an_orphan_fails_nothing_and_erases_it_in_time(world):
    create(world, long_text())
    with world.uploads.create(f"{OWNER}/s1/lost/source", content_type="text/plain") as writer:
        writer.commit()
    orphan = world.queue.pop()
    dead = PushMessage("dead-letters", {}, orphan.attributes, "m", orphan.published_at)
    with pytest.raises(NotReady):
        world.deliver(dead)
    world.pass_time(minutes=11)
    world.deliver(dead)
    assert world.uploads.stat(f"{OWNER}/s1/lost/source") is None
    world.drain()
    assert read_session(world, OWNER, "s1").session.status is SessionStatus.COMPLETED


def test_dead_letter_of_an_unread_upload_fails_the_session(world):
    create(world)
    unread = world.queue.pop(0)
    world.deliver(PushMessage("dead-letters", {}, unread.attributes, "m", world.time))
    assert read_session(world, OWNER, "s1").session.status is SessionStatus.FAILED


def test_refused_session_leaves_no_text_behind(world):
    create(world)
    delete_session(world, OWNER, "s1")
    world.drain()
    with pytest.raises(AlreadyExists):
        create(world, "C: my secret\n")
    assert list(world.uploads.list("")) == []


def test_sweep_goes_on_after_a_session_that_cannot_be_pushed(world):
    create(world, long_text(), "s1")
    create(world, long_text(), "s2")
    world.queue.clear()
    broken = world.documents.get("sessions/s1").data
    world.documents.transact(
        lambda tx: tx.set("sessions/s1", {**broken, "analysis": {"status": "processing"}})
    )
    world.pass_time(minutes=5)
    with pytest.raises(KeyError):
        sweep(world, stalled_after_s=120)
    assert [message.data["session_id"] for message in world.queue] == ["s2"]


def test_dead_letter_of_an_old_revision_is_ignored(world):
    create(world)
    world.drain()
    request_analysis(world, OWNER, "s1")
    data = {"session_id": "s1", "upload_id": "u", "revision": 1, "window": 0}
    world.deliver(PushMessage("dead-letters", data, {}, "m", world.time))
    status = read_session(world, OWNER, "s1").session.analysis.status
    assert status is AnalysisStatus.PROCESSING


def test_notification_before_the_record_is_not_acknowledged(world):
    create(world)
    notification = world.queue[0]
    world.documents.delete_tree("sessions/s1")
    world.documents.transact(lambda tx: tx.delete("sessions/s1"))
    with pytest.raises(NotReady):
        world.deliver(notification)
    assert list(world.uploads.list(f"{OWNER}/s1/"))


def test_blob_that_was_never_recorded_is_erased(world):
    create(world)
    notification = world.queue[0]
    world.documents.delete_tree("sessions/s1")
    world.documents.transact(lambda tx: tx.delete("sessions/s1"))
    world.pass_time(minutes=11)
    world.deliver(notification)
    assert list(world.uploads.list("")) == []


def test_deletion_hides_at_once_and_leaves_only_a_receipt(world):
    create(world, long_text())
    world.drain()
    delete_session(world, OWNER, "s1")
    with pytest.raises(SessionNotFound):
        read_session(world, OWNER, "s1")
    world.drain()
    for _ in range(10):
        world.pass_time(minutes=3)
        sweep(world, stalled_after_s=120)
        world.drain()
    assert list(world.uploads.list("")) == list(world.transcripts.list("")) == []
    assert world.documents.count(Query("sessions/s1/windows")) == 0
    assert world.documents.count(Query("sessions/s1/events")) == 0
    assert world.documents.count(Query("sessions/s1/uploads")) == 0
    receipt = world.documents.get("sessions/s1")
    assert set(receipt.data) == {"deleted_at", "purged_at", "expires_at"}
    world.pass_time(days=31)
    sweep(world, stalled_after_s=120)
    assert world.documents.get("sessions/s1") is None


def test_worker_that_began_before_the_deletion_leaves_nothing_behind(world):
    create(world, long_text())
    world.deliver(world.queue.pop(0))
    late = list(world.queue)
    world.queue.clear()
    delete_session(world, OWNER, "s1")
    for message in late:
        world.deliver(message)
    world.uploads.notify = None
    with world.uploads.create("alice/s1/late/source", content_type="text/plain") as writer:
        writer.commit()
    for _ in range(10):
        world.drain()
        world.pass_time(minutes=3)
        sweep(world, stalled_after_s=120)
    world.drain()
    assert list(world.uploads.list("")) == []
    assert world.documents.count(Query("sessions/s1/windows")) == 0
    assert world.documents.count(Query("sessions/s1/events")) == 0
