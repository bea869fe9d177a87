"""Uploads that go straight into storage: how they begin, settle, are given up and expire."""

from __future__ import annotations

import hashlib
from collections.abc import Callable

import pytest

from shared.application.access import etag_of
from shared.application.create_session import NewSession, create_session
from shared.application.delete_session import delete_session
from shared.application.list_uploads import list_uploads
from shared.application.open_uploads import (
    MAX_OPEN_UPLOADS,
    OPEN_UPLOADS,
    OpenUpload,
    begin_upload,
    cancel_upload,
)
from shared.application.ports import PushMessage, Query
from shared.application.read_session import read_session
from shared.application.read_transcript import read_transcript
from shared.application.record_dead_letter import record_dead_letter
from shared.application.request_analysis import request_analysis
from shared.application.sweep import sweep
from shared.domain.errors import (
    Conflict,
    NotReady,
    ResourceExhausted,
    SessionNotFound,
    UploadNotFound,
)
from shared.domain.session import SessionStatus
from shared.domain.upload import ContentType, Upload, UploadState
from tests.unit.application.story import OWNER, assert_stream_is_whole, events_of
from tests.world import World

TEXT = b"C: I am sad about work\nT: and I will\n"
WAV = b"RIFF\x24\x00\x00\x00WAVEfmt " + b"\x00\x01" * 200


def announce(
    world: World, content: bytes = TEXT, *, owner: str = OWNER, upload_id: str = "", **given: object
) -> OpenUpload:
    draft = {
        "id": upload_id or world.new_id(),
        "session_id": "s1",
        "owner_id": owner,
        "filename": "a.txt",
        "type": ContentType.TEXT,
        "content_type": "text/plain",
        "size_bytes": len(content),
        "sha256": hashlib.sha256(content).hexdigest(),
        "generation": "",
        "created_at": world.now(),
        "state": UploadState.UPLOADING,
        **given,
    }
    return begin_upload(world, owner, Upload(**draft), None)  # type: ignore[arg-type]


@pytest.fixture
def begun(world: World) -> World:
    create_session(world, OWNER, NewSession(title="One"), "s1")
    return world


def only(world: World) -> Upload:
    (upload,) = list_uploads(world, OWNER, "s1")
    return upload


def open_ones(world: World) -> int:
    return world.documents.count(Query(OPEN_UPLOADS))


def test_upload_is_analysed_once_its_bytes_have_come(begun: World) -> None:
    opened = announce(begun)
    assert only(begun).state is UploadState.UPLOADING
    assert only(begun).received_bytes == 0
    assert read_session(begun, OWNER, "s1").session.status is SessionStatus.CREATED
    begun.uploads.send(opened.session_url, TEXT)
    begun.drain()
    upload = only(begun)
    assert (upload.state, upload.sha256) == (
        UploadState.TRANSCRIBED,
        hashlib.sha256(TEXT).hexdigest(),
    )
    assert read_session(begun, OWNER, "s1").session.status is SessionStatus.COMPLETED
    assert open_ones(begun) == 0
    assert_stream_is_whole(begun)


def test_notification_that_comes_twice_settles_once(begun: World) -> None:
    opened = announce(begun)
    begun.uploads.send(opened.session_url, TEXT)
    (message,) = begun.queue
    begun.queue *= 3
    begun.drain()
    completed = [e for e in events_of(begun) if e.data.get("status") == "completed"]
    assert len(completed) == 1
    begun.deliver(message)
    assert_stream_is_whole(begun)


def test_session_url_is_in_no_record_that_a_client_may_listen_to(begun: World) -> None:
    opened = announce(begun)
    uploads = begun.documents.query(Query("sessions/s1/uploads"))
    session = begun.documents.get("sessions/s1")
    assert opened.session_url not in repr([uploads, session])
    (hidden,) = begun.documents.query(Query(OPEN_UPLOADS))
    assert hidden.data["session_url"] == opened.session_url


def test_recording_waits_for_a_transcriber(begun: World) -> None:
    opened = announce(begun, WAV, type=ContentType.AUDIO, content_type="audio/wav", sha256="")
    begun.uploads.send(opened.session_url, WAV)
    begun.drain()
    upload = only(begun)
    assert upload.sha256 == hashlib.sha256(WAV).hexdigest()
    assert upload.state is UploadState.AWAITING_TRANSCRIBER


@pytest.mark.parametrize(
    ("content", "sent", "given", "code"),
    [
        (TEXT, TEXT + b"!", {}, "content_changed"),
        (TEXT, TEXT[::-1], {}, "content_changed"),
        (WAV, WAV, {}, "invalid_argument"),
        (b"\x00\x01" * 40, b"\x00\x01" * 40, {}, "unsupported_content"),
        (b"  \n ", b"  \n ", {}, "invalid_argument"),
    ],
    ids=["size", "checksum", "kind", "unknown", "blank"],
)
def test_other_bytes_than_announced_fail_with_a_code_and_leave_nothing(
    begun: World, content: bytes, sent: bytes, given: dict[str, object], code: str
) -> None:
    opened = announce(begun, content, **given)
    begun.uploads.send(opened.session_url, sent)
    begun.drain()
    upload = only(begun)
    assert upload.state is UploadState.FAILED
    assert upload.fault is not None
    assert upload.fault.code == code
    assert begun.uploads.blobs == {}
    assert open_ones(begun) == 0
    analysis = read_session(begun, OWNER, "s1").session.analysis
    assert analysis.fault is not None
    assert analysis.fault.code == code


def test_refused_upload_fails_the_same_way_when_it_is_analysed_again(begun: World) -> None:
    opened = announce(begun)
    begun.uploads.send(opened.session_url, TEXT[::-1])
    begun.drain()
    request_analysis(begun, OWNER, "s1")
    begun.drain()
    analysis = read_session(begun, OWNER, "s1").session.analysis
    assert (analysis.revision, analysis.fault and analysis.fault.code) == (2, "content_changed")


def test_refused_recording_fails_the_analysis_that_would_have_heard_it(
    begun: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(begun, "transcriber", object())
    opened = announce(begun, WAV, type=ContentType.AUDIO, content_type="audio/wav")
    begun.uploads.send(opened.session_url, TEXT)
    begun.drain()
    request_analysis(begun, OWNER, "s1")
    begun.drain()
    analysis = read_session(begun, OWNER, "s1").session.analysis
    assert (analysis.revision, analysis.fault and analysis.fault.code) == (2, "content_changed")


def test_refused_recording_that_nobody_would_hear_leaves_the_analysis_alone(begun: World) -> None:
    opened = announce(begun, WAV, type=ContentType.AUDIO, content_type="audio/wav")
    begun.uploads.send(opened.session_url, TEXT)
    begun.drain()
    assert only(begun).state is UploadState.FAILED
    assert read_session(begun, OWNER, "s1").session.status is SessionStatus.CREATED


def test_cancelled_upload_leaves_nothing(begun: World) -> None:
    opened = announce(begun)
    cancel_upload(begun, OWNER, "s1", opened.upload.id)
    assert list_uploads(begun, OWNER, "s1") == []
    assert (begun.uploads.sessions, open_ones(begun)) == ({}, 0)
    with pytest.raises(UploadNotFound):
        cancel_upload(begun, OWNER, "s1", opened.upload.id)


def test_upload_that_is_cancelled_with_its_last_byte_leaves_nothing(begun: World) -> None:
    opened = announce(begun)
    begun.uploads.send(opened.session_url, TEXT)
    cancel_upload(begun, OWNER, "s1", opened.upload.id)
    begun.drain()
    assert begun.uploads.blobs == {}
    assert read_session(begun, OWNER, "s1").session.status is SessionStatus.CREATED


def test_complete_upload_cannot_be_cancelled(begun: World) -> None:
    opened = announce(begun)
    begun.uploads.send(opened.session_url, TEXT)
    begun.drain()
    with pytest.raises(Conflict):
        cancel_upload(begun, OWNER, "s1", opened.upload.id)
    assert only(begun).state is UploadState.TRANSCRIBED


def test_nobody_else_can_begin_or_cancel(begun: World) -> None:
    opened = announce(begun)
    with pytest.raises(SessionNotFound):
        announce(begun, owner="eve")
    with pytest.raises(SessionNotFound):
        cancel_upload(begun, "eve", "s1", opened.upload.id)
    assert len(begun.uploads.sessions) == 1


def test_open_uploads_of_one_person_are_limited(begun: World) -> None:
    first, *_ = [announce(begun) for _ in range(MAX_OPEN_UPLOADS)]
    with pytest.raises(ResourceExhausted):
        announce(begun)
    assert len(begun.uploads.sessions) == MAX_OPEN_UPLOADS
    cancel_upload(begun, OWNER, "s1", first.upload.id)
    announce(begun)


def test_beginning_again_gives_the_same_upload_a_new_session(begun: World) -> None:
    first, again = (announce(begun, upload_id="u" * 20) for _ in range(2))
    assert first.upload == again.upload
    begun.uploads.send(again.session_url, TEXT)
    begun.drain()
    assert only(begun).state is UploadState.TRANSCRIBED
    with pytest.raises(Conflict):
        announce(begun, upload_id="u" * 20)


def test_abandoned_upload_expires_and_says_so(begun: World) -> None:
    opened = announce(begun)
    begun.pass_time(days=6)
    sweep(begun, 60)
    assert only(begun).state is UploadState.UPLOADING
    begun.pass_time(days=1)
    sweep(begun, 60)
    upload = only(begun)
    assert upload.state is UploadState.EXPIRED
    assert upload.fault is not None
    assert upload.fault.code == "upload_expired"
    assert (begun.uploads.sessions, open_ones(begun)) == ({}, 0)
    cancel_upload(begun, OWNER, "s1", opened.upload.id)
    assert list_uploads(begun, OWNER, "s1") == []


def test_upload_that_came_whole_in_time_is_taken_however_late(begun: World) -> None:
    opened = announce(begun)
    begun.uploads.send(opened.session_url, TEXT)
    begun.pass_time(days=8)
    sweep(begun, 60)
    assert only(begun).state is UploadState.EXPIRED
    begun.drain()
    upload = only(begun)
    assert (upload.state, upload.fault) == (UploadState.TRANSCRIBED, None)


def test_deletion_of_the_session_ends_its_uploads(begun: World) -> None:
    whole, half = announce(begun), announce(begun)
    delete_session(begun, OWNER, "s1")
    begun.uploads.send(whole.session_url, TEXT)
    begun.drain()
    assert half.session_url not in begun.uploads.sessions
    assert (begun.uploads.blobs, open_ones(begun)) == ({}, 0)


def test_upload_that_never_could_be_checked_is_refused(begun: World) -> None:
    opened = announce(begun)
    begun.uploads.send(opened.session_url, TEXT)
    (message,) = begun.queue
    record_dead_letter(begun, message)
    upload = only(begun)
    assert upload.fault is not None
    assert upload.fault.code == "upload_unchecked"
    assert begun.uploads.blobs == {}


def test_blob_that_nobody_announced_waits_to_be_registered(begun: World) -> None:
    with begun.uploads.create("alice/s1/unknown/source", content_type="a") as writer:
        writer.write(TEXT)
        writer.commit()
    message: PushMessage = begun.queue.pop()
    with pytest.raises(NotReady):
        begun.deliver(message)
    begun.pass_time(minutes=11)
    begun.deliver(message)
    assert begun.uploads.blobs == {}


def tag_and_complete(world: World) -> tuple[str, bool]:
    view = read_transcript(world, OWNER, "s1")
    return etag_of(view.session), view.complete


def cancel(world: World, opened: OpenUpload) -> None:
    cancel_upload(world, OWNER, "s1", opened.upload.id)


def expire(world: World, opened: OpenUpload) -> None:
    world.pass_time(days=8)
    sweep(world, 120.0)


def send_what_is_refused(world: World, opened: OpenUpload) -> None:
    world.uploads.send(opened.session_url, b"not what was announced")
    world.drain()


@pytest.mark.parametrize("end", [cancel, expire, send_what_is_refused])
def test_entity_tag_changes_with_what_is_still_to_come(
    begun: World, end: Callable[[World, OpenUpload], None]
) -> None:
    before = tag_and_complete(begun)
    opened = announce(begun, WAV, type=ContentType.AUDIO, content_type="audio/wav")
    waiting = tag_and_complete(begun)
    end(begun, opened)
    after = tag_and_complete(begun)
    assert [before[1], waiting[1], after[1]] == [True, False, True]
    assert len({before[0], waiting[0], after[0]}) == 3
