"""Upload sessions: what is told is on the disk, one writer at a time, and an end to everything."""

from __future__ import annotations

import base64
import hashlib
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from werkzeug.test import Client, TestResponse

from shared.adapters.embedded import upload_sessions
from shared.adapters.embedded.blobs import FileBlobs
from shared.adapters.embedded.database import Database
from shared.adapters.embedded.ledger import open_ledger
from shared.adapters.embedded.tasks import SqliteTasks
from shared.adapters.embedded.upload_routes import Refused, Span, UploadRoutes
from shared.adapters.embedded.upload_sessions import NewUpload, SessionEnded, UploadSessions
from shared.domain.errors import Unavailable

Q = 256 * 1024
CONTENT = bytes(range(256)) * (Q // 256) * 2 + b"end"
N = len(CONTENT)
DAY_US = 24 * 3600 * 1_000_000

# Sends the whole file and kills itself right before or after the step that it is told.
SEND_AND_DIE = """
import os, signal, sqlite3, sys
from pathlib import Path
from werkzeug.test import Client
from shared.adapters.embedded import blob_records, upload_sessions, upload_routes
from shared.adapters.embedded.ledger import open_ledger
directory, token, place, moment = Path(sys.argv[1]), *sys.argv[2:5]
owner = {"fsync": os, "put": blob_records, "notify": blob_records}[place]
step = getattr(owner, place)
def dying(*args, **named):
    if moment == "before":
        os.kill(os.getpid(), signal.SIGKILL)
    step(*args, **named)
    os.kill(os.getpid(), signal.SIGKILL)
setattr(owner, place, dying)
sessions = upload_sessions.UploadSessions(directory / "blobs", open_ledger(directory / "l.db"))
content = sys.stdin.buffer.read()
Client(upload_routes.UploadRoutes(sessions, 1)).put(f"/upload/{token}", data=content)
"""


class Place:
    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.ledger: Database = open_ledger(directory / "l.db")
        self.blobs = FileBlobs(directory / "blobs", "uploads", self.ledger, notifies=True)
        self.sessions = UploadSessions(directory / "blobs", self.ledger)

    def begin(self, path: str = "a/b") -> str:
        return self.sessions.begin(NewUpload("uploads", True, path, "audio/wav", N, None))

    def put(self, token: str, body: bytes, span: str, **headers: str) -> TestResponse:
        client = Client(UploadRoutes(self.sessions, 1), TestResponse)
        sent = {"Content-Range": f"bytes {span}", **headers}
        return client.put(f"/upload/{token}", data=body, headers=sent)

    def finish(self, token: str) -> None:
        kept = self.sessions.find(token).received_bytes
        assert self.put(token, CONTENT[kept:], f"{kept}-{N - 1}/{N}").status_code == 200

    @property
    def files(self) -> list[Path]:
        return list((self.directory / "blobs").glob("??/*"))

    @property
    def told(self) -> int:
        return SqliteTasks(self.ledger).depth("uploads")


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path)


@pytest.mark.parametrize("step", ["fsync", "put", "notify"])
@pytest.mark.parametrize("moment", ["before", "after"])
def test_upload_goes_on_from_what_was_told_after_a_kill(
    place: Place, step: str, moment: str
) -> None:
    token = place.begin()
    assert place.put(token, CONTENT[:Q], f"0-{Q - 1}/{N}").status_code == 308
    command = [sys.executable, "-c", SEND_AND_DIE, str(place.directory), token, step, moment]
    killed = subprocess.run(command, input=CONTENT, capture_output=True, timeout=60)
    assert killed.returncode == -9, killed.stderr
    assert place.sessions.find(token).received_bytes == Q
    assert place.blobs.stat("a/b") is None
    place.finish(token)
    assert b"".join(place.blobs.read("a/b")) == CONTENT
    assert place.told == 1
    assert len(place.files) == 1


def test_what_is_in_the_file_but_not_told_is_written_anew(place: Place) -> None:
    token = place.begin()
    with place.sessions.writing(token) as draft:
        draft.write(b"?" * (2 * Q))
    place.finish(token)
    assert b"".join(place.blobs.read("a/b")) == CONTENT


def test_one_writer_at_a_time(place: Place) -> None:
    token = place.begin()
    with place.sessions.writing(token):
        busy = place.put(token, CONTENT, f"0-{N - 1}/{N}")
        assert (busy.status_code, busy.headers["Retry-After"]) == (503, "2")
        # Who asks how far it is need not wait.
        assert place.put(token, b"", f"*/{N}").status_code == 308
    place.finish(token)


def test_writers_beyond_the_limit_are_told_to_come_later(place: Place) -> None:
    first, second = place.begin(), place.begin("a/c")
    routes = UploadRoutes(place.sessions, 1)
    with routes._writers:
        refused = Client(routes, TestResponse).put(f"/upload/{first}", data=CONTENT)
    assert (refused.status_code, refused.headers["Retry-After"]) == (503, "2")
    assert Client(routes, TestResponse).put(f"/upload/{second}", data=CONTENT).status_code == 200


def test_writer_of_a_cancelled_session_keeps_nothing(place: Place) -> None:
    token = place.begin()
    with place.sessions.writing(token) as draft:
        draft.write(CONTENT)
        place.sessions.cancel(token)
        with pytest.raises(SessionEnded):
            draft.keep()
        with pytest.raises(SessionEnded):
            draft.finish()
    assert (place.files, place.blobs.stat("a/b"), place.told) == ([], None, 0)


def test_session_ends_after_seven_days_and_its_bytes_go(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    token, done = place.begin(), place.begin("a/c")
    place.put(token, CONTENT[:Q], f"0-{Q - 1}/{N}")
    place.finish(done)
    now_us = upload_sessions._now_us()
    monkeypatch.setattr(upload_sessions, "_now_us", lambda: now_us + 7 * DAY_US)
    assert place.put(token, b"", f"*/{N}").status_code == 404
    place.blobs.collect_garbage(older_than_s=-1)
    assert len(place.files) == 2
    monkeypatch.setattr(upload_sessions, "_now_us", lambda: now_us + 9 * DAY_US)
    place.blobs.collect_garbage(older_than_s=-1)
    assert len(place.files) == 1
    assert b"".join(place.blobs.read("a/c")) == CONTENT


def test_garbage_collection_leaves_open_sessions_alone(place: Place) -> None:
    token = place.begin()
    place.put(token, CONTENT[:Q], f"0-{Q - 1}/{N}")
    assert place.blobs.collect_garbage(older_than_s=-1) == 0
    place.finish(token)


def test_full_disk_is_told_and_loses_nothing(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    token = place.begin()
    place.put(token, CONTENT[:Q], f"0-{Q - 1}/{N}")

    def full(*_: object) -> int:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(upload_sessions.os, "pwrite", full)
        assert place.put(token, CONTENT[Q:], f"{Q}-{N - 1}/{N}").status_code == 503
        with pytest.raises(Unavailable), place.sessions.writing(token) as draft:
            draft.write(b"x")
    place.finish(token)


def test_token_stands_nowhere_in_the_ledger(place: Place) -> None:
    token = place.begin()
    kept = b"".join(file.read_bytes() for file in place.directory.glob("l.db*"))
    assert token.encode() not in kept
    assert hashlib.sha256(token.encode()).hexdigest().encode() in kept


def test_digest_of_a_piece_is_checked_before_it_is_kept(place: Place) -> None:
    token, piece = place.begin(), CONTENT[:Q]

    def field(content: bytes) -> str:
        return f"sha-256=:{base64.b64encode(hashlib.sha256(content).digest()).decode()}:"

    span = f"0-{Q - 1}/{N}"
    assert place.put(token, piece, span, **{"Content-Digest": field(b"")}).status_code == 400
    assert place.put(token, piece, span, **{"Content-Digest": "nonsense"}).status_code == 400
    assert place.sessions.find(token).received_bytes == 0
    assert place.put(token, piece, span, **{"Content-Digest": field(piece)}).status_code == 308
    rest = (CONTENT[Q:], f"{Q}-{N - 1}/{N}")
    assert place.put(token, *rest, **{"Repr-Digest": field(b"")}).status_code == 400
    assert place.sessions.find(token).received_bytes == 0
    whole = (CONTENT, f"0-{N - 1}/{N}")
    assert place.put(token, *whole, **{"Repr-Digest": field(CONTENT)}).status_code == 200


@pytest.mark.parametrize("given", ["crc32c=AAAAAA==", "md5=%", "md5", "md5=\u00fc"])
def test_hash_that_cannot_be_checked_is_refused(place: Place, given: str) -> None:
    token = place.begin()
    refused = place.put(token, CONTENT, f"0-{N - 1}/{N}", **{"X-Goog-Hash": given})
    assert refused.status_code == 400
    assert place.blobs.stat("a/b") is None


@pytest.mark.parametrize("method", ["GET", "POST", "PATCH"])
def test_other_methods_are_refused(place: Place, method: str) -> None:
    client = Client(UploadRoutes(place.sessions, 1), TestResponse)
    assert client.open(f"/upload/{place.begin()}", method=method).status_code == 405
    assert client.open("/upload/unknown", method=method).status_code == 404


@given(st.text(max_size=40), st.integers(0, 2**40))
def test_any_content_range_is_read_or_refused(content_range: str, length: int) -> None:
    with suppress(Refused):
        span = Span.of(f"bytes {content_range}", length)
        assert span.end - (span.start or 0) == length


@settings(deadline=None, max_examples=25)
@given(st.data(), st.lists(st.integers(1, 3), min_size=1, max_size=6))
def test_whatever_is_sent_in_whichever_pieces_becomes_the_blob(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject, steps: list[int]
) -> None:
    place = Place(tmp_path_factory.mktemp("any"))
    token = place.begin()
    for step in steps:
        kept = place.sessions.find(token).received_bytes
        start = data.draw(st.integers(0, kept))
        end = min(start + step * Q, N)
        answer = place.put(token, CONTENT[start:end], f"{start}-{end - 1}/{N}")
        if answer.status_code == 200:
            break
        assert answer.status_code == 308
        assert place.sessions.find(token).received_bytes == max(kept, end)
    else:
        place.finish(token)
    assert b"".join(place.blobs.read("a/b")) == CONTENT
    assert place.told == 1
