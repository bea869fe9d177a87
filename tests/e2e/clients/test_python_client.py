"""The Python client, method by method, against the service in processes of its own."""

from __future__ import annotations

import asyncio
import hashlib
import json
import os
import random
import re
import secrets
import shutil
import subprocess
import sys
import textwrap
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from websockets.exceptions import ConnectionClosedError
from websockets.sync.client import connect

from clients.python.insight_journey import (
    AuthService,
    Event,
    InvalidRequest,
    NotFound,
    Place,
    PreconditionFailed,
    SessionGone,
    SessionService,
    SignInFailed,
    UploadHandle,
)
from clients.python.insight_journey.direct import PIECE_BYTES
from infra.demo.service import Service
from tests.e2e.api_examples.extract import API_MD, example

CLIENT = Path(__file__).parents[3] / "clients" / "python"
WITHIN_S = 60
WAV = b"RIFF\x24\0\0\0WAVEfmt \x10\0\0\0\1\0\1\0\x80\x3e\0\0\0\x7d\0\0\2\0\x10\0data\0\0\0\0"


@pytest.fixture
def auth(service: Service) -> Iterator[AuthService]:
    with AuthService(Place.local(service.origin)) as auth:
        auth.sign_up(f"{secrets.token_hex(8)}@example.org", "a long passphrase")
        yield auth


@pytest.fixture
def sessions(auth: AuthService) -> SessionService:
    return SessionService(auth)


async def _to_the_end_of_the_analysis(
    sessions: SessionService, session_id: str, after: int = 0
) -> list[Event]:
    found: list[Event] = []
    async with asyncio.timeout(WITHIN_S), sessions.events(session_id, after) as events:
        async for event in events:
            found.append(event)
            if event["type"] == "analysis_failed" or event["data"].get("status") == "completed":
                break
    return found


def follow(sessions: SessionService, session_id: str, after: int = 0) -> list[Event]:
    return asyncio.run(_to_the_end_of_the_analysis(sessions, session_id, after))


def over_http(sessions: SessionService, session_id: str) -> list[dict[str, Any]]:
    events = sessions.list_events(session_id, limit=500)["events"]
    return [{name: event[name] for name in Event.__annotations__} for event in map(dict, events)]


def analysed(sessions: SessionService, transcript: Path) -> str:
    session_id = sessions.create_session("A session", date="2025-05-01T10:00:00Z")["session_id"]
    sessions.upload_content(session_id, transcript)
    follow(sessions, session_id)
    return session_id


def test_client_sees_a_session_from_its_creation_to_its_deletion(
    sessions: SessionService, transcript: Path
) -> None:
    created = sessions.create_session("A session", "Of a test", settings={"colour": "red"})
    session_id = created["session_id"]
    told: list[tuple[int, int]] = []
    upload = sessions.upload_content(
        session_id, transcript, "text", on_progress=lambda *done: told.append(done)
    )
    assert upload["size"] == transcript.stat().st_size == told[-1][0] == told[-1][1]
    events = follow(sessions, session_id)
    assert list(map(dict, events)) == over_http(sessions, session_id)
    session, etag = sessions.get_session_with_etag(session_id)
    assert session["analysis_status"] == "success"
    assert sessions.get_analysis_status(session_id)["status"] == "completed"
    assert [each["id"] for each in sessions.list_uploads(session_id)] == [upload["id"]]
    changed = sessions.update_session(session_id, title="Another title", if_match=etag)
    assert (changed["title"], changed["settings"]) == ("Another title", {"colour": "red"})
    with pytest.raises(PreconditionFailed):
        sessions.delete_session(session_id, if_match=etag)
    sessions.delete_session(session_id)
    with pytest.raises(NotFound):
        sessions.get_session(session_id)


def test_client_reads_all_that_was_found(sessions: SessionService, transcript: Path) -> None:
    session_id = analysed(sessions, transcript)
    session = sessions.get_session(session_id)
    assert list(sessions.iter_emotions(session_id)) == session["emotions"]
    assert list(sessions.iter_topics(session_id, limit=2)) == session["topics"]
    assert list(sessions.iter_insights(session_id)) == session["insights"]
    assert list(sessions.iter_beliefs(session_id)) == session["beliefs"]
    assert list(sessions.iter_challenges(session_id)) == session["challenges"]
    assert list(sessions.iter_action_items(session_id)) == session["action_items"]
    category = session["emotions"][0]["category"]
    named = list(sessions.iter_emotions(session_id, category=category))
    assert {each["category"] for each in named} == {category}
    item = session["action_items"][0]
    assert sessions.update_action_item(session_id, item["id"], "done")["status"] == "done"
    segments = sessions.get_transcript(session_id)["segments"]
    assert segments[0]["text"].strip() in sessions.export_transcript(session_id, "text")
    summary = sessions.get_summary(session_id, sentences=2)
    assert (summary["session_id"], summary["complete"]) == (session_id, True)
    assert 0 < len(summary["sentences"]) <= 2
    corrected = sessions.correct_segment(session_id, segments[0]["id"], "Good morning.")
    assert (corrected["text"], corrected["corrected"]) == ("Good morning.", True)
    label = segments[0]["speaker"]
    (named, *_) = sessions.name_speakers(session_id, [{"label": label, "name": "Dr. Miller"}])
    assert "Dr. Miller: Good morning." in sessions.export_transcript(session_id, "text")
    graph = sessions.get_graph(session_id)
    assert graph["session_id"] == session_id
    assert "<graphml" in sessions.export_graph(session_id)


def test_ticket_opens_the_socket_once(service: Service, sessions: SessionService) -> None:
    session_id = sessions.create_session("A session", text="T: How was it?")["session_id"]
    ticket = sessions.create_event_ticket(session_id)["ticket"]
    url = f"ws{service.origin.removeprefix('http')}/api/v1/sessions/{session_id}/events"
    with connect(f"{url}?ticket={ticket}") as socket:
        assert json.loads(socket.recv(WITHIN_S))["id"] == 1
    with connect(f"{url}?ticket={ticket}") as socket, pytest.raises(ConnectionClosedError) as ended:
        socket.recv(WITHIN_S)
    assert ended.value.rcvd is not None
    assert ended.value.rcvd.code == 4401


def test_client_pages_through_sessions(sessions: SessionService) -> None:
    made = [sessions.create_session(f"Session {n}")["session_id"] for n in range(3)]
    page = sessions.list_sessions(page=2, per_page=1, order="asc")
    assert [each["id"] for each in page["sessions"]] == made[1:2]
    assert page["pagination"]["total"] == 3
    assert [each["id"] for each in sessions.iter_sessions(order="asc")] == made


def test_client_follows_a_second_analysis_and_resumes(
    sessions: SessionService, transcript: Path
) -> None:
    session_id = analysed(sessions, transcript)
    last = over_http(sessions, session_id)[-1]["id"]
    sessions.analyze_session(session_id)
    events = follow(sessions, session_id, after=last)
    assert list(map(dict, events)) == over_http(sessions, session_id)[last:]
    assert "reset" in {event["type"] for event in events}


def test_handlers_hear_of_the_analysis_and_of_the_deletion(
    sessions: SessionService, transcript: Path
) -> None:
    session_id = sessions.create_session("A session")["session_id"]
    heard: dict[str, list[Any]] = {"progress": [], "emotion": [], "deleted": []}

    async def on_progress(progress: float) -> None:
        heard["progress"].append(progress)
        if progress == 1.0:
            await asyncio.to_thread(sessions.delete_session, session_id)

    async def listen() -> None:
        async with asyncio.timeout(WITHIN_S):
            await asyncio.gather(
                sessions.connect_to_events(
                    session_id,
                    on_progress=on_progress,
                    on_emotion=heard["emotion"].append,
                    on_deleted=heard["deleted"].append,
                ),
                asyncio.to_thread(sessions.upload_content, session_id, transcript),
            )

    asyncio.run(listen())
    assert heard["progress"][-1] == 1.0
    assert heard["emotion"][0]["evidence"][0]["quote"]
    assert len(heard["deleted"]) == 1


def test_what_is_wrong_is_told_with_its_field(sessions: SessionService) -> None:
    with pytest.raises(InvalidRequest) as caught:
        sessions.create_session("x" * 300)
    assert (caught.value.code, caught.value.field) == ("invalid_argument", "title")
    assert caught.value.request_id


def recording(size_bytes: int) -> bytes:
    """A WAV file of noise."""
    return WAV + random.Random(7).randbytes(size_bytes - len(WAV))


# Sends the file that it is told, keeps the handle and is killed amid the second piece.
SEND_AND_DIE = """
import os, signal, sys
from pathlib import Path
from clients.python.insight_journey import AuthService, Place, SessionService
origin, refresh_token, session_id, path, kept = sys.argv[1:]
auth = AuthService(Place.local(origin))
auth.resume(refresh_token)
SessionService(auth).upload_content(
    session_id,
    path,
    on_begun=lambda handle: Path(kept).write_text(handle.to_json()),
    on_progress=lambda done, _: done > 9_000_000 and os.kill(os.getpid(), signal.SIGKILL),
)
"""


def test_upload_goes_on_after_its_process_was_killed(
    service: Service, auth: AuthService, sessions: SessionService, tmp_path: Path
) -> None:
    session_id = sessions.create_session("Resumed")["session_id"]
    path, kept, content = tmp_path / "session.wav", tmp_path / "handle", recording(18_000_000)
    path.write_bytes(content)
    told = (service.origin, auth.refresh_token, session_id, str(path), str(kept))
    killed = subprocess.run(
        [sys.executable, "-c", SEND_AND_DIE, *told], cwd=CLIENT.parents[1], timeout=WITHIN_S
    )
    assert killed.returncode == -9
    (before,) = sessions.list_uploads(session_id)
    assert before["state"] == "uploading"
    assert PIECE_BYTES <= (before["received"] or 0) < len(content)
    progress: list[int] = []
    upload = sessions.resume_upload(UploadHandle.from_json(kept.read_text()), path)
    upload.send(lambda done, _: progress.append(done))
    assert progress[0] >= PIECE_BYTES
    assert progress[-1] == len(content)
    deadline = time.monotonic() + WITHIN_S
    while (after := sessions.list_uploads(session_id)[0])["state"] == "uploading":
        assert time.monotonic() < deadline
        time.sleep(0.1)
    assert after["checksum"] == f"sha256:{hashlib.sha256(content).hexdigest()}"
    assert after["received"] == len(content)


def test_cancelled_upload_is_gone(sessions: SessionService, tmp_path: Path) -> None:
    session_id = sessions.create_session("Cancelled")["session_id"]
    path = tmp_path / "session.wav"
    path.write_bytes(recording(100_000))
    upload = sessions.begin_upload(session_id, path, "audio")
    sessions.cancel_upload(session_id, upload.handle.upload_id)
    with pytest.raises(NotFound):
        upload.send()
    assert sessions.list_uploads(session_id) == []


def test_events_of_no_session_end(sessions: SessionService) -> None:
    with pytest.raises(SessionGone):
        follow(sessions, "nosuchsession0000000")


def test_sign_in_is_refused_by_its_code(service: Service) -> None:
    with AuthService(Place.local(service.origin)) as auth, pytest.raises(SignInFailed) as caught:
        auth.sign_in("nobody@example.org", "a long passphrase")
    assert caught.value.code == "INVALID_LOGIN_CREDENTIALS"


def test_kept_sign_in_is_resumed(service: Service, auth: AuthService) -> None:
    with AuthService(Place.local(service.origin)) as later:
        assert later.resume(auth.refresh_token) == auth.user_id
        assert SessionService(later).list_sessions()["sessions"] == []


def test_example_of_api_md_runs_over_this_auth_service(auth: AuthService, transcript: Path) -> None:
    namespace: dict[str, Any] = {}
    exec(compile(example("python"), str(API_MD), "exec"), namespace)
    theirs = namespace["SessionService"](auth)
    created = theirs.create_session("From API.md", "Over this package's AuthService")
    uploaded = theirs.upload_content(created["session_id"], str(transcript))
    assert uploaded["data"]["upload"]["filename"] == transcript.name


def test_example_of_the_readme_runs(service: Service, transcript: Path, tmp_path: Path) -> None:
    readme = (CLIENT / "README.md").read_text(encoding="utf-8")
    first, resuming = re.findall(r"^```python\n(.*?)^```", readme, re.MULTILINE | re.DOTALL)
    # The session goes at the end, after the upload that goes on.
    code, deletion = first.rsplit("\n", 2)[0], "    sessions.delete_session(session_id)\n"
    assert first == f"{code}\n{deletion}"
    code += "\n" + textwrap.indent(resuming, "    ") + deletion
    (tmp_path / "session.wav").write_bytes(recording(9_000_000))
    code = code.replace("http://localhost:5000", service.origin)
    code = code.replace("me@", f"{secrets.token_hex(8)}@")
    shutil.copy(transcript, tmp_path / "session.txt")
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(CLIENT)},
        capture_output=True,
        text=True,
        timeout=WITHIN_S,
    )
    assert done.returncode == 0, done.stderr
    assert "100%" in done.stdout
    assert "topics" in done.stdout
    assert done.stdout.rstrip().endswith("9000000 9000000")
