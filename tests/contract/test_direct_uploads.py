"""What `ports.Blobs` promises of upload sessions: the protocol, spoken to both platforms."""

from __future__ import annotations

import base64
import hashlib
import socket
from urllib.parse import urljoin, urlsplit

import pytest
import urllib3

from shared.domain.errors import AlreadyExists

from .harness import DirectUploads

Q = 256 * 1024
PATH = "owner/session/upload/source"
CONTENT = bytes(range(251)) * (3 * Q // 251) + b"the end"
N = len(CONTENT)
ORIGIN = "https://app.example"


class Sender:
    """Speaks to one session."""

    def __init__(self, uploads: DirectUploads, url: str) -> None:
        self.url = urljoin(uploads.origin, url)
        self._http = urllib3.PoolManager(retries=False)

    def put(self, body: bytes, span: str, **headers: str) -> urllib3.BaseHTTPResponse:
        sent = {"Content-Range": f"bytes {span}", **headers}
        return self._http.request("PUT", self.url, body=body, headers=sent, redirect=False)

    def piece(self, start: int, end: int, **headers: str) -> urllib3.BaseHTTPResponse:
        return self.put(CONTENT[start:end], f"{start}-{end - 1}/{N}", **headers)

    def kept(self) -> int:
        answer = self.put(b"", f"*/{N}")
        assert answer.status == 308, answer.data
        return int(answer.headers.get("Range", "bytes=0--1").split("-", 1)[1]) + 1

    def cancel(self) -> int:
        return self._http.request("DELETE", self.url).status


def begin(uploads: DirectUploads, path: str = PATH, size_bytes: int = N) -> Sender:
    url = uploads.blobs.begin_upload(path, content_type="audio/wav", size_bytes=size_bytes)
    return Sender(uploads, url)


def stored(uploads: DirectUploads, path: str = PATH) -> bytes:
    return b"".join(uploads.blobs.read(path))


def test_whole_upload_becomes_the_blob_and_is_told_of_once(direct_uploads: DirectUploads) -> None:
    sender = begin(direct_uploads)
    assert sender.piece(0, N).status == 200
    info = direct_uploads.blobs.stat(PATH)
    assert info is not None
    assert (info.size_bytes, info.content_type) == (N, "audio/wav")
    assert stored(direct_uploads) == CONTENT
    (told,) = direct_uploads.notifications()
    assert (told["objectId"], told["objectGeneration"]) == (PATH, info.generation)


def test_nothing_is_there_before_the_last_byte(direct_uploads: DirectUploads) -> None:
    sender = begin(direct_uploads)
    assert sender.kept() == 0
    for end in (Q, 2 * Q):
        answer = sender.piece(end - Q, end)
        assert (answer.status, answer.headers["Range"]) == (308, f"bytes=0-{end - 1}")
    assert sender.kept() == 2 * Q
    assert direct_uploads.blobs.stat(PATH) is None
    assert direct_uploads.notifications() == []
    assert sender.piece(2 * Q, N).status == 200
    assert stored(direct_uploads) == CONTENT


def test_what_was_sent_before_may_be_sent_again(direct_uploads: DirectUploads) -> None:
    sender = begin(direct_uploads)
    for _ in range(2):
        assert sender.piece(0, Q).status == 308
    assert sender.kept() == Q
    assert sender.piece(0, N).status == 200
    assert stored(direct_uploads) == CONTENT


def test_finished_upload_answers_the_same_again(direct_uploads: DirectUploads) -> None:
    sender = begin(direct_uploads)
    answers = [sender.piece(0, N), sender.piece(2 * Q, N), sender.put(b"", f"*/{N}")]
    assert [answer.status for answer in answers] == [200] * 3
    # Told of at least once, and never of another.
    told = {each["objectGeneration"] for each in direct_uploads.notifications()}
    assert {answer.json()["generation"] for answer in answers} == told
    assert len(told) == 1


@pytest.mark.parametrize("cut", [1, Q, Q + 1, 2 * Q + 77, N - 1])
def test_upload_goes_on_after_a_cut(direct_uploads: DirectUploads, cut: int) -> None:
    sender = begin(direct_uploads)
    place = urlsplit(sender.url)
    path = place.path + (f"?{place.query}" if place.query else "")
    with socket.create_connection((place.hostname or "", place.port or 0)) as connection:
        head = f"PUT {path} HTTP/1.1\r\nHost: {place.netloc}\r\nContent-Length: {N}\r\n"
        head += f"Content-Range: bytes 0-{N - 1}/{N}\r\n\r\n"
        connection.sendall(head.encode() + CONTENT[:cut])
        connection.shutdown(socket.SHUT_WR)
        # Whatever it answers: when it does, it is done with what came.
        connection.recv(1)
    kept = sender.kept()
    assert kept == cut - cut % Q
    assert sender.piece(kept, N).status == 200
    assert stored(direct_uploads) == CONTENT


@pytest.mark.parametrize(
    ("body", "span"),
    [
        (CONTENT[:100], f"0-99/{N}"),
        (CONTENT[:Q], f"{Q}-{2 * Q - 1}/{N}"),
        (CONTENT[:Q], f"0-{Q - 1}/{N + 1}"),
        (CONTENT[:Q], "nonsense"),
        (CONTENT + b"!" * Q, f"0-{N + Q - 1}/*"),
        (b"", f"*/{N + 1}"),
    ],
    ids=["no step", "gap", "other total", "malformed", "too long", "question of another total"],
)
def test_wrong_piece_is_refused_and_not_kept(
    direct_uploads: DirectUploads, body: bytes, span: str
) -> None:
    sender = begin(direct_uploads)
    assert sender.put(body, span).status == 400
    assert sender.kept() == 0
    assert direct_uploads.blobs.stat(PATH) is None


def test_wrong_digest_of_the_whole_is_refused(direct_uploads: DirectUploads) -> None:
    sender = begin(direct_uploads)
    wrong, right = (
        base64.b64encode(hashlib.md5(content).digest()).decode() for content in (b"", CONTENT)
    )
    assert sender.piece(0, N, **{"X-Goog-Hash": f"md5={wrong}"}).status == 400
    assert direct_uploads.blobs.stat(PATH) is None
    again = begin(direct_uploads)
    assert again.piece(0, N, **{"X-Goog-Hash": f"md5={right}"}).status == 200


def test_cancelled_upload_is_gone(direct_uploads: DirectUploads) -> None:
    sender = begin(direct_uploads)
    sender.piece(0, Q)
    assert sender.cancel() == 499
    assert sender.piece(Q, N).status == 404
    assert direct_uploads.blobs.stat(PATH) is None


def test_upload_can_be_cancelled_through_the_port(direct_uploads: DirectUploads) -> None:
    url = direct_uploads.blobs.begin_upload(PATH, content_type="audio/wav", size_bytes=N)
    sender = Sender(direct_uploads, url)
    sender.piece(0, Q)
    direct_uploads.blobs.cancel_upload(url)
    direct_uploads.blobs.cancel_upload(url)
    assert sender.piece(Q, N).status == 404
    assert direct_uploads.blobs.received_bytes(url) is None


def test_first_to_finish_is_the_blob(direct_uploads: DirectUploads) -> None:
    first, second = begin(direct_uploads), begin(direct_uploads)
    assert first.piece(0, N).status == 200
    assert second.piece(0, N).status == 412
    assert len(direct_uploads.notifications()) == 1
    with pytest.raises(AlreadyExists):
        begin(direct_uploads)


def test_pages_of_the_named_origin_may_send(direct_uploads: DirectUploads) -> None:
    url = direct_uploads.blobs.begin_upload(
        PATH, content_type="audio/wav", size_bytes=N, origin=ORIGIN
    )
    sender = Sender(direct_uploads, url)
    for origin in (ORIGIN, "https://evil.example"):
        preflight = urllib3.request(
            "OPTIONS",
            sender.url,
            headers={"Origin": origin, "Access-Control-Request-Method": "PUT"},
        )
        for answer in (preflight, sender.piece(0, Q, Origin=origin)):
            allowed = answer.headers.get("Access-Control-Allow-Origin")
            assert allowed == (ORIGIN if origin == ORIGIN else None)
    assert "Range" in sender.piece(0, Q, Origin=ORIGIN).headers["Access-Control-Expose-Headers"]
