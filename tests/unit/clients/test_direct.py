"""A file goes straight into storage in pieces, and goes on after whatever stopped it."""

from __future__ import annotations

import hashlib
import io
import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest

from clients.python.insight_journey import (
    ConnectionFailed,
    ContentDiffers,
    NotFound,
    ResumableUpload,
    Retry,
    SessionService,
    Transport,
    UploadCancelled,
    UploadHandle,
)
from clients.python.insight_journey.direct import PIECE_BYTES, content_type_of
from tests.unit.clients.conftest import Service

P = PIECE_BYTES
Q = 256 * 1024
URL = "https://storage.example/secret"
CONTENT = bytes(range(251)) * (2 * P // 251 + 1) + b"the end"
N = len(CONTENT)
CHECKSUM = f"sha256:{hashlib.sha256(CONTENT).hexdigest()}"
HANDLE = UploadHandle("s", "u", URL, "session.wav", N, CHECKSUM, "2026-01-01T00:00:00Z")
LOST = httpx.ReadError("lost")


@dataclass
class Storage:
    """Storage's side of a session; `troubles` are taken one a request.

    A trouble is an answer, or how many bytes of the request arrive before the connection breaks.
    """

    troubles: list[httpx.Response | int | None] = field(default_factory=list)
    content: bytearray = field(default_factory=bytearray)
    requests: list[httpx.Request] = field(default_factory=list)
    waits: list[float] = field(default_factory=list)

    def __call__(self, request: httpx.Request) -> httpx.Response:
        body = request.read()
        self.requests.append(request)
        trouble = self.troubles.pop(0) if self.troubles else None
        if isinstance(trouble, httpx.Response):
            return trouble
        found = re.fullmatch(rf"bytes (?:(\d+)-\d+|\*)/{N}", request.headers["Content-Range"])
        assert found
        start = int(found[1] or len(self.content))
        assert start <= len(self.content)
        taken = body if trouble is None else body[: trouble - trouble % Q]
        if start + len(taken) > len(self.content):
            self.content[start:] = taken
        if trouble is not None:
            raise LOST
        if len(self.content) == N:
            return httpx.Response(200, json={})
        span = {"Range": f"bytes=0-{len(self.content) - 1}"} if self.content else {}
        return httpx.Response(308, headers=span)

    @property
    def spans(self) -> list[str]:
        return [request.headers["Content-Range"] for request in self.requests]

    def upload(self, content: bytes = CONTENT, handle: UploadHandle = HANDLE) -> ResumableUpload:
        http = httpx.Client(transport=httpx.MockTransport(self))
        transport = Transport(http=http, sleep=self.waits.append)
        return ResumableUpload(handle, io.BytesIO(content), transport)


def test_file_goes_in_pieces_and_without_the_token() -> None:
    storage, told = Storage(), []
    storage.upload().send(lambda done, total: told.append((done, total)))
    assert storage.content == CONTENT
    pieces = ("*", f"0-{P - 1}", f"{P}-{2 * P - 1}", f"{2 * P}-{N - 1}")
    assert storage.spans == [f"bytes {span}/{N}" for span in pieces]
    assert all("Authorization" not in request.headers for request in storage.requests)
    assert all("Transfer-Encoding" not in request.headers for request in storage.requests)
    assert told == sorted(told)
    assert told[-1] == (N, N)


@pytest.mark.parametrize(
    "troubles",
    [
        [0],
        [None, 5 * Q + 1],
        [None, P],
        [None, None, N],
        [None, 1, 0, Q, None, None, N],
        [httpx.Response(503, headers={"Retry-After": "2"}), None, httpx.Response(500)],
    ],
)
def test_upload_goes_on(troubles: list[httpx.Response | int | None]) -> None:
    storage = Storage(troubles=list(troubles))
    storage.upload().send()
    assert storage.content == CONTENT
    assert storage.waits


def test_progress_forgives_failures() -> None:
    storage = Storage(troubles=[each for _ in range(40) for each in (None, Q)])
    storage.upload().send()
    assert storage.content == CONTENT
    assert len(storage.waits) == 40


def test_another_process_goes_on_where_the_first_stopped() -> None:
    storage = Storage()
    first = storage.upload()
    with pytest.raises(UploadCancelled):
        first.send(lambda done, _: first.stop() if done >= P else None)
    handle = UploadHandle.from_json(first.handle.to_json())
    assert (handle, bytes(storage.content)) == (HANDLE, CONTENT[:P])
    storage.upload(handle=handle).send()
    assert storage.content == CONTENT
    assert sum(span.startswith("bytes 0-") for span in storage.spans) == 1


def test_secret_is_not_shown() -> None:
    assert URL not in repr(HANDLE)


@pytest.mark.parametrize("content", [CONTENT[:-1] + b"!", CONTENT + b"!", b""])
def test_another_file_is_not_sent(content: bytes) -> None:
    storage = Storage()
    with pytest.raises(ContentDiffers):
        storage.upload(content).send()
    assert storage.requests == []


def test_expired_upload_is_not_found() -> None:
    gone = httpx.Response(404, json={"error": {"code": 404, "message": "No such session."}})
    with pytest.raises(NotFound):
        Storage(troubles=[gone]).upload().send()


def test_storage_that_cannot_be_reached_for_long_fails_the_connection() -> None:
    storage = Storage(troubles=[0] * 99)
    with pytest.raises(ConnectionFailed):
        storage.upload().send()
    assert len(storage.waits) == 11


@pytest.fixture
def sessions(service: Service, storage: Storage) -> SessionService:
    view = {"id": "u", "session_id": "s", "state": "uploading"}
    begun = {"upload": view, "upload_session": {"url": URL, "expires_at": "then"}}
    service.answers = [
        httpx.Response(201, json={"data": begun}),
        httpx.Response(200, json={"data": {"uploads": [{"id": "t"}, view]}}),
    ]

    def answer(request: httpx.Request) -> httpx.Response:
        return (storage if request.url.host == "storage.example" else service)(request)

    auth = service.auth(Retry())
    auth.transport._http = httpx.Client(transport=httpx.MockTransport(answer))
    return SessionService(auth)


@pytest.fixture
def storage() -> Storage:
    return Storage()


def test_long_file_is_begun_sent_and_told_of(
    sessions: SessionService, service: Service, storage: Storage, tmp_path: Path
) -> None:
    path = tmp_path / "session.m4a"
    path.write_bytes(CONTENT)
    handles: list[UploadHandle] = []
    told: list[int] = []
    upload = sessions.upload_content(
        "s", path, "audio", on_progress=lambda done, _: told.append(done), on_begun=handles.append
    )
    assert upload["id"] == handles[0].upload_id == "u"
    assert storage.content == CONTENT
    assert told[-1] == N
    assert json.loads(service.requests[0].content) == {
        "filename": "session.m4a",
        "size": N,
        "content_type": "audio/mp4",
        "checksum": CHECKSUM,
        "type": "audio",
    }
    assert service.requests[0].headers["Idempotency-Key"]


def test_name_that_tells_no_type_is_asked_for(sessions: SessionService) -> None:
    with pytest.raises(ValueError, match="content_type"):
        sessions.begin_upload("s", io.BytesIO(b"x"), filename="recording")


def test_repeated_cancellation_finds_it_gone(
    service: Service, problem: Callable[..., httpx.Response]
) -> None:
    service.answers = [LOST, problem(404, "not_found")]
    SessionService(service.auth()).cancel_upload("s", "u")
    assert service.requests[-1].url.path == "/api/v1/sessions/s/content/uploads/u"


@pytest.mark.parametrize(
    ("name", "expected"), [("a.b.M4A", "audio/mp4"), ("notes", None), ("a.exe", None)]
)
def test_names_tell_media_types(name: str, expected: str | None) -> None:
    assert content_type_of(name) == expected
