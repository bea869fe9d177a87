"""An upload arrives whole over a connection that does not."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from google.api_core.exceptions import BadRequest, PreconditionFailed
from urllib3 import HTTPResponse
from urllib3.exceptions import ProtocolError

from shared.adapters.google import resumable_upload
from shared.adapters.google.resumable_upload import CHUNK_MULTIPLE_BYTES, ResumableUpload
from shared.domain.errors import Unavailable

Q = CHUNK_MULTIPLE_BYTES
CONTENT = bytes(range(256)) * (2 * Q // 256) + b"the end"
_RANGE = re.compile(r"bytes (?:(\d+)-(\d+)|\*)/(\d+|\*)")


@dataclass
class Session:
    """Cloud Storage's side of a session, and the troubles it is told to make, one a request."""

    troubles: list[Any] = field(default_factory=list)
    kept: bytes = b""
    finished: bool = False
    cancelled: bool = False
    requests: list[str] = field(default_factory=list)
    headers: dict[str, str] = field(default_factory=dict)

    def request(self, method: str, url: str, **options: Any) -> HTTPResponse:
        if method == "DELETE":
            self.cancelled = True
            return HTTPResponse(status=499)
        self.headers = options["headers"]
        self.requests.append(self.headers["Content-Range"])
        trouble = self.troubles.pop(0) if self.troubles else None
        return (trouble or Session.take)(self, options["body"])

    def take(self, body: bytes, keep: int | None = None) -> HTTPResponse:
        found = _RANGE.fullmatch(self.headers["Content-Range"])
        assert found
        if found[1] is not None:
            assert int(found[1]) <= len(self.kept)
            assert int(found[2]) - int(found[1]) + 1 == len(body)
            self.kept += body[len(self.kept) - int(found[1]) :][:keep]
        if found[3] == str(len(self.kept)):
            self.finished = True
            return HTTPResponse(json.dumps({"size": found[3]}).encode(), status=200)
        span = {"Range": f"bytes=0-{len(self.kept) - 1}"} if self.kept else {}
        return HTTPResponse(headers=span, status=308)


def lose_request(_: Session, __: bytes) -> HTTPResponse:
    raise ProtocolError("lost")


def lose_answer(session: Session, body: bytes) -> HTTPResponse:
    session.take(body)
    raise ProtocolError("lost")


def keep_part(session: Session, body: bytes) -> HTTPResponse:
    return session.take(body, keep=100)


def keep_part_and_lose_answer(session: Session, body: bytes) -> HTTPResponse:
    session.take(body, keep=100)
    raise ProtocolError("lost")


def status(number: int) -> Callable[[Session, bytes], HTTPResponse]:
    def answer(_: Session, __: bytes) -> HTTPResponse:
        return HTTPResponse(b"no", status=number)

    return answer


@pytest.fixture(autouse=True)
def _no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    def ten(_: float) -> Iterator[float]:
        yield from [0.0] * 10

    monkeypatch.setattr(resumable_upload, "_pauses", ten)


def upload(session: Session) -> ResumableUpload:
    return ResumableUpload("https://session", session, 1.0)  # type: ignore[arg-type]


def send_all(session: Session) -> Any:
    sending = upload(session)
    sending.send(CONTENT[:Q])
    sending.send(CONTENT[Q : 2 * Q])
    return sending.finish(CONTENT[2 * Q :], "sum")


def test_upload_sends_each_byte_once() -> None:
    session = Session()
    assert send_all(session) == {"size": str(len(CONTENT))}
    assert session.kept == CONTENT
    assert session.requests == [
        f"bytes 0-{Q - 1}/*",
        f"bytes {Q}-{2 * Q - 1}/*",
        f"bytes {2 * Q}-{len(CONTENT) - 1}/{len(CONTENT)}",
    ]
    assert session.headers["X-Goog-Hash"] == "crc32c=sum"


def test_empty_upload_finishes() -> None:
    session = Session()
    assert upload(session).finish(b"", "sum") == {"size": "0"}
    assert session.requests == ["bytes */0"]


@pytest.mark.parametrize("at", range(3))
@pytest.mark.parametrize(
    "trouble",
    [
        lose_request,
        lose_answer,
        keep_part,
        keep_part_and_lose_answer,
        status(408),
        status(429),
        status(500),
        status(503),
    ],
)
def test_trouble_loses_and_doubles_nothing(
    at: int, trouble: Callable[[Session, bytes], HTTPResponse]
) -> None:
    session = Session(troubles=[None] * at + [trouble])
    assert send_all(session) == {"size": str(len(CONTENT))}
    assert session.kept == CONTENT


def test_trouble_after_trouble_is_overcome() -> None:
    session = Session(troubles=[lose_answer, status(503), lose_request, keep_part, lose_answer])
    send_all(session)
    assert session.kept == CONTENT


def test_lasting_trouble_is_unavailable() -> None:
    session = Session(troubles=[status(503)] * 100)
    with pytest.raises(Unavailable):
        send_all(session)


def test_session_that_keeps_nothing_is_given_up() -> None:
    def keep_nothing(session: Session, body: bytes) -> HTTPResponse:
        return session.take(body, keep=0)

    session = Session(troubles=[keep_nothing] * 100)
    with pytest.raises(Unavailable):
        send_all(session)
    assert len(session.requests) < 30


@pytest.mark.parametrize("number", [404, 410])
def test_session_that_is_gone_is_unavailable(number: int) -> None:
    with pytest.raises(Unavailable):
        send_all(Session(troubles=[status(number)]))


def test_condition_that_does_not_hold_is_told() -> None:
    with pytest.raises(PreconditionFailed):
        send_all(Session(troubles=[None, None, status(412)]))


def test_refusal_is_not_repeated() -> None:
    session = Session(troubles=[status(400)])
    with pytest.raises(BadRequest):
        send_all(session)
    assert len(session.requests) == 1


def test_cancel_drops_the_session() -> None:
    session = Session()
    upload(session).cancel()
    assert session.cancelled


def test_cancel_of_an_unreachable_session_is_quiet(monkeypatch: pytest.MonkeyPatch) -> None:
    session = Session()
    monkeypatch.setattr(session, "request", lambda *_, **__: lose_request(session, b""))
    upload(session).cancel()


def test_pauses_grow_and_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    now = [0.0]
    monkeypatch.setattr(resumable_upload, "monotonic", lambda: now[0])
    pauses = []
    for pause_s in resumable_upload._pauses(60.0):
        pauses.append(pause_s)
        now[0] += pause_s
    assert 0.25 <= pauses[0] <= 0.5
    assert max(pauses) <= 30.0
    assert 60.0 <= sum(pauses) <= 90.0
