"""What its owner wanted kept only for a time is gone when the time is over, and nothing else is."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from shared.application.access import load_owned, save
from shared.application.create_session import NewSession, create_session
from shared.application.list_uploads import list_uploads
from shared.application.read_session import read_session
from shared.application.sweep import sweep
from shared.application.update_session import SessionChanges, update_session
from shared.domain.errors import SessionNotFound
from tests.unit.application.story import OWNER, add_recording

STALLED_S = 120.0
DELETE = {"retention": {"recording": "delete"}}


def create(world, settings=None):
    draft = NewSession(title="One", text="C: I am sad\n", settings=settings or {})
    session = create_session(world, OWNER, draft, "s1")
    world.drain()
    return session


def have_transcribed(world, upload_id="rec"):
    def work(transaction):
        session = load_owned(transaction, OWNER, "s1")
        save(transaction, replace(session, recordings=(upload_id,)), world.now())

    world.documents.transact(work)


def recording_of(world):
    return next(upload for upload in list_uploads(world, OWNER, "s1") if upload.id == "rec")


def test_session_is_deleted_when_its_days_are_over(world):
    create(world, {"retention": {"days": 30}})
    world.pass_time(days=29, hours=23)
    sweep(world, STALLED_S)
    assert read_session(world, OWNER, "s1").session.title == "One"
    world.pass_time(hours=1)
    sweep(world, STALLED_S)
    with pytest.raises(SessionNotFound):
        read_session(world, OWNER, "s1")
    world.drain()
    assert world.uploads.blobs == world.transcripts.blobs == {}


def test_session_without_days_is_kept(world):
    create(world)
    world.pass_time(days=40_000)
    sweep(world, STALLED_S)
    assert read_session(world, OWNER, "s1").session.title == "One"


def test_days_that_are_set_later_count_from_the_creation(world):
    create(world)
    world.pass_time(days=10)
    session = update_session(
        world, OWNER, "s1", SessionChanges(settings={"retention": {"days": 5}})
    )
    assert session.retention_due == session.created_at + timedelta(days=5)
    sweep(world, STALLED_S)
    with pytest.raises(SessionNotFound):
        read_session(world, OWNER, "s1")


def test_days_that_are_taken_back_delete_nothing(world):
    create(world, {"retention": {"days": 5}})
    update_session(world, OWNER, "s1", SessionChanges(settings={"retention": {"days": None}}))
    world.pass_time(days=10)
    sweep(world, STALLED_S)
    assert read_session(world, OWNER, "s1").session.retention_due is None


def test_recording_is_erased_once_it_is_transcribed(world):
    create(world, DELETE)
    upload = add_recording(world, "rec", b"RIFF")
    sweep(world, STALLED_S)
    assert upload.source_path in world.uploads.blobs
    have_transcribed(world)
    world.pass_time(seconds=5)
    sweep(world, STALLED_S)
    assert upload.source_path not in world.uploads.blobs
    assert recording_of(world).source_deleted_at == world.now()
    assert read_session(world, OWNER, "s1").session.retention_due is None
    assert len(world.uploads.blobs) == 1


def test_recording_is_kept_by_default_and_erased_when_that_is_changed(world):
    create(world)
    upload = add_recording(world, "rec", b"RIFF")
    have_transcribed(world)
    sweep(world, STALLED_S)
    assert upload.source_path in world.uploads.blobs
    assert recording_of(world).source_deleted_at is None
    update_session(world, OWNER, "s1", SessionChanges(settings=DELETE))
    sweep(world, STALLED_S)
    assert upload.source_path not in world.uploads.blobs


def test_erasing_goes_on_where_a_crash_left_it(world):
    create(world, DELETE)
    upload = add_recording(world, "rec", b"RIFF")
    have_transcribed(world)
    world.uploads.delete(upload.source_path)
    sweep(world, STALLED_S)
    assert recording_of(world).source_deleted_at == world.now()


def test_recording_that_cannot_be_erased_does_not_keep_the_sweep_from_the_rest(world):
    create(world, DELETE)
    add_recording(world, "rec", b"RIFF")
    have_transcribed(world)
    draft = NewSession(title="Two", settings={"retention": {"days": 1}})
    create_session(world, OWNER, draft, "s2")
    world.pass_time(days=2)
    whole, world.uploads.delete = world.uploads.delete, None
    with pytest.raises(TypeError):
        sweep(world, STALLED_S)
    with pytest.raises(SessionNotFound):
        read_session(world, OWNER, "s2")
    world.uploads.delete = whole
    sweep(world, STALLED_S)
    assert recording_of(world).source_deleted_at == world.now()
