"""The emulator keeps Cloud Storage's word where the adapters and the pipeline rely on it."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
import urllib3

from infra.local.storage_emulator import StorageEmulator
from infra.local.storage_objects import CHUNK_MULTIPLE_BYTES, Resource, StorageError

Q = CHUNK_MULTIPLE_BYTES
Told = list[Resource]


@contextmanager
def serving(data: Path, notify: Callable[[Resource], None]) -> Iterator[StorageEmulator]:
    emulator = StorageEmulator("127.0.0.1", 0, data, None)
    object.__setattr__(emulator.uploads, "notify", notify)
    thread = threading.Thread(target=emulator.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield emulator
    finally:
        emulator.shutdown()
        emulator.server_close()


@pytest.fixture
def told() -> Told:
    return []


@pytest.fixture
def emulator(tmp_path: Path, told: Told) -> Iterator[StorageEmulator]:
    with serving(tmp_path, told.append) as emulator:
        yield emulator


class Client:
    def __init__(self, emulator: StorageEmulator) -> None:
        self._origin = f"http://127.0.0.1:{emulator.server_port}"

    def call(self, method: str, path: str, **options: Any) -> urllib3.BaseHTTPResponse:
        url = path if path.startswith("http") else self._origin + path
        return urllib3.request(method, url, retries=False, redirect=False, **options)

    def begin(
        self, name: str, query: str = "", headers: dict[str, str] | None = None, **resource: Any
    ) -> str:
        path = f"/upload/storage/v1/b/bucket/o?uploadType=resumable&name={quote(name)}{query}"
        answer = self.call("POST", path, body=json.dumps(resource).encode(), headers=headers)
        assert answer.status == 200, answer.data
        return answer.headers["Location"]

    def put(self, session: str, body: bytes, span: str, **headers: str) -> urllib3.BaseHTTPResponse:
        return self.call(
            "PUT", session, body=body, headers={"Content-Range": f"bytes {span}", **headers}
        )

    def store(self, name: str, content: bytes, query: str = "") -> Any:
        session = self.begin(name, query)
        span = f"0-{len(content) - 1}" if content else "*"
        return self.put(session, content, f"{span}/{len(content)}")

    def media(self, name: str, query: str = "", **headers: str) -> urllib3.BaseHTTPResponse:
        path = f"/download/storage/v1/b/bucket/o/{quote(name, safe='')}?alt=media{query}"
        return self.call("GET", path, headers=headers)


@pytest.fixture
def client(emulator: StorageEmulator) -> Client:
    return Client(emulator)


def test_upload_in_chunks_is_visible_when_it_is_whole(client: Client, told: Told) -> None:
    session = client.begin("a", contentType="audio/wav", metadata={"k": "v"})
    first = client.put(session, b"1" * Q, f"0-{Q - 1}/*")
    assert (first.status, first.headers["Range"]) == (308, f"bytes=0-{Q - 1}")
    assert client.media("a").status == 404
    assert told == []
    last = client.put(session, b"2", f"{Q}-{Q}/{Q + 1}").json()
    assert (last["size"], last["contentType"], last["metadata"]) == (
        str(Q + 1),
        "audio/wav",
        {"k": "v"},
    )
    assert client.media("a").data == b"1" * Q + b"2"
    assert told == [last]


def test_upload_tells_how_far_it_is(client: Client) -> None:
    session = client.begin("a")
    assert "Range" not in client.put(session, b"", "*/*").headers
    client.put(session, b"1" * Q, f"0-{Q - 1}/*")
    assert client.put(session, b"", "*/*").headers["Range"] == f"bytes=0-{Q - 1}"


def test_chunk_sent_again_counts_once(client: Client) -> None:
    session = client.begin("a")
    for _ in range(2):
        client.put(session, b"1" * Q, f"0-{Q - 1}/*")
    client.put(session, b"1" * Q + b"2", f"0-{Q}/{Q + 1}")
    assert client.media("a").data == b"1" * Q + b"2"


def test_finished_upload_answers_the_same_again(client: Client) -> None:
    session = client.begin("a")
    first = client.put(session, b"x", "0-0/1").json()
    assert client.put(session, b"x", "0-0/1").json() == first
    assert client.put(session, b"", "*/1").json() == first


@pytest.mark.parametrize("span", [f"0-{Q - 2}/*", f"{Q}-{2 * Q - 1}/*", "nonsense"])
def test_wrong_chunk_is_refused_and_not_kept(client: Client, span: str) -> None:
    session = client.begin("a")
    size = Q - 1 if span.startswith("0-") else Q
    assert client.put(session, b"1" * size, span).status == 400
    assert "Range" not in client.put(session, b"", "*/*").headers


def test_wrong_checksum_is_refused(client: Client) -> None:
    session = client.begin("a")
    refused = client.put(session, b"x", "0-0/1", **{"X-Goog-Hash": "crc32c=AAAAAA=="})
    assert refused.status == 400
    assert client.media("a").status == 404


def test_announced_size_is_the_only_one(client: Client) -> None:
    session = client.begin("a", headers={"X-Upload-Content-Length": str(Q + 1)})
    assert client.put(session, b"1" * Q, f"0-{Q - 1}/{Q}").status == 400
    assert client.put(session, b"1" * (2 * Q), f"0-{2 * Q - 1}/*").status == 400
    assert client.put(session, b"", "*/1").status == 400
    assert "Range" not in client.put(session, b"", f"*/{Q + 1}").headers
    client.put(session, b"1" * Q, f"0-{Q - 1}/{Q + 1}")
    assert client.put(session, b"2", f"{Q}-{Q}/{Q + 1}").status == 200


def test_page_of_the_origin_that_began_may_send(client: Client) -> None:
    session = client.begin("a", headers={"Origin": "https://app.example"})
    for origin, allowed in (("https://app.example", True), ("https://evil.example", False)):
        preflight = client.call("OPTIONS", session, headers={"Origin": origin})
        sent = client.put(session, b"1" * Q, f"0-{Q - 1}/*", Origin=origin)
        for answer in (preflight, sent):
            told = answer.headers.get("Access-Control-Allow-Origin")
            assert told == (origin if allowed else None)


def test_cancelled_upload_is_gone(client: Client) -> None:
    session = client.begin("a")
    assert client.call("DELETE", session).status == 499
    assert client.put(session, b"x", "0-0/1").status == 404


def test_generation_precondition_holds_at_begin_and_at_end(client: Client) -> None:
    early, late = (client.begin("a", "&ifGenerationMatch=0") for _ in range(2))
    assert client.put(early, b"1", "0-0/1").status == 200
    assert client.put(late, b"2", "0-0/1").status == 412
    path = "/upload/storage/v1/b/bucket/o?uploadType=resumable&name=a&ifGenerationMatch=0"
    assert client.call("POST", path, body=b"{}").status == 412
    assert client.media("a").data == b"1"


def test_generations_grow_and_the_old_one_is_gone(client: Client) -> None:
    old, new = (client.store("a", content).json()["generation"] for content in (b"1", b"2"))
    assert int(new) > int(old)
    assert client.media("a", f"&generation={old}").status == 404
    assert client.media("a", f"&generation={new}").data == b"2"
    path = "/storage/v1/b/bucket/o/a?generation="
    assert client.call("DELETE", path + old).status == 404
    assert client.call("DELETE", path + new).status == 204


def test_media_tells_its_sums_and_answers_ranges(client: Client) -> None:
    client.store("a b/é", b"123456789")
    whole = client.media("a b/é")
    # The check value of CRC-32C: reveng.sourceforge.io/crc-catalogue, CRC-32/ISCSI.
    assert whole.headers["X-Goog-Hash"].startswith("crc32c=4waSgw==,md5=")
    part = client.media("a b/é", Range="bytes=3-4")
    assert (part.status, part.data) == (206, b"45")
    assert part.headers["Content-Range"] == "bytes 3-4/9"
    assert client.media("a b/é", Range="bytes=9-").status == 416


def test_list_comes_in_pages(client: Client) -> None:
    for name in ("p/1", "p/2", "p/3", "q"):
        client.store(name, b"x")
    path = "/storage/v1/b/bucket/o?prefix=p/&maxResults=2"
    first = client.call("GET", path).json()
    rest = client.call("GET", f"{path}&pageToken={first['nextPageToken']}").json()
    names = [item["name"] for page in (first, rest) for item in page["items"]]
    assert names == ["p/1", "p/2", "p/3"]
    assert "nextPageToken" not in rest


def test_multipart_upload_keeps_the_bytes_untouched(client: Client) -> None:
    content = b"\r\n--x\r\n\r\n\x00\r\n"
    described = json.dumps({"name": "a", "contentType": "text/plain"}).encode()
    body = b"--sep\r\nContent-Type: application/json\r\n\r\n" + described
    body += b"\r\n--sep\r\nContent-Type: text/plain\r\n\r\n" + content + b"\r\n--sep--"
    answer = client.call(
        "POST",
        "/upload/storage/v1/b/bucket/o?uploadType=multipart",
        body=body,
        headers={"Content-Type": 'multipart/related; boundary="sep"'},
    )
    assert answer.json()["contentType"] == "text/plain"
    assert client.media("a").data == content


def test_objects_and_uploads_outlive_a_restart(tmp_path: Path, told: Told) -> None:
    with serving(tmp_path, told.append) as before:
        stored = Client(before).store("a", b"kept").json()
        session = Client(before).begin("b")
        Client(before).put(session, b"1" * Q, f"0-{Q - 1}/*")
    with serving(tmp_path, told.append) as after:
        client = Client(after)
        assert client.media("a", f"&generation={stored['generation']}").data == b"kept"
        moved = session.replace(session.split("/")[2], f"127.0.0.1:{after.server_port}")
        resource = client.put(moved, b"2", f"{Q}-{Q}/{Q + 1}").json()
        assert int(resource["generation"]) > int(stored["generation"])


def test_final_request_fails_until_the_notification_is_out(tmp_path: Path) -> None:
    told: Told = []

    def notify(resource: Resource) -> None:
        told.append(resource)
        if len(told) == 1:
            raise StorageError(503, "Pub/Sub is down.")

    with serving(tmp_path, notify) as emulator:
        client = Client(emulator)
        session = client.begin("a")
        assert client.put(session, b"x", "0-0/1").status == 503
        assert client.put(session, b"x", "0-0/1").status == 200
        assert told[0] == told[1]


def test_notification_that_a_crash_kept_back_is_sent_at_the_start(
    tmp_path: Path, told: Told
) -> None:
    def crash(_: Resource) -> None:
        raise StorageError(503, "Pub/Sub is down.")

    with serving(tmp_path, crash) as before:
        Client(before).store("a", b"x")
    with serving(tmp_path, told.append) as after:
        after.uploads.retell()
        after.uploads.retell()
    assert [resource["name"] for resource in told] == ["a"]


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/nonsense"),
        ("GET", "/storage/v1/b/bucket/o/missing"),
        ("POST", "/nonsense"),
        ("PUT", "/upload/storage/v1/b/bucket/o?upload_id=../../etc/passwd"),
        ("DELETE", "/storage/v1/b/bucket/o/missing"),
    ],
)
def test_what_is_not_there_is_not_found(client: Client, method: str, path: str) -> None:
    answer = client.call(method, path)
    assert answer.status == 404
    assert answer.json()["error"]["code"] == 404


def test_refusal_leaves_the_connection_in_step(client: Client, emulator: StorageEmulator) -> None:
    session = client.begin("a")
    with urllib3.HTTPConnectionPool("127.0.0.1", emulator.server_port, maxsize=1) as pool:
        for _ in range(3):
            refused = pool.request(
                "PUT",
                session,
                body=b"x" * (4 * Q),
                headers={"Content-Range": "nonsense"},
                retries=False,
            )
            assert refused.status == 400
        assert pool.num_connections == 1


@pytest.mark.parametrize(
    ("path", "body"),
    [("name=a", b"{"), ("name=a&ifGenerationMatch=x", b"{}"), ("", b"{}")],
)
def test_malformed_request_is_refused(client: Client, path: str, body: bytes) -> None:
    path = f"/upload/storage/v1/b/bucket/o?uploadType=resumable&{path}"
    assert client.call("POST", path, body=body).status == 400
