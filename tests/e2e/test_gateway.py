"""The gateway's own server, byte by byte: silent and broken clients, and what is logged of them."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from http.client import HTTPConnection
from pathlib import Path

import pytest

from infra.demo.client import Client
from infra.local.hand_over import Channel
from infra.local.place import ROOT

SILENCE_S = 1
# Beyond it and the moment for which gunicorn lingers over what it closes.
SOON_S = SILENCE_S + 10
THREADS = 2
SECRET = "LEAKTOKEN"


class Gateway:
    def __init__(self, listener: socket.socket, channel: Channel, log: Path) -> None:
        self.address: tuple[str, int] = listener.getsockname()
        self.channel = channel
        self._log = log

    @property
    def origin(self) -> str:
        return f"http://{self.address[0]}:{self.address[1]}"

    @property
    def log(self) -> str:
        return self._log.read_text(encoding="utf-8")

    def open(self, sent: bytes) -> socket.socket:
        opened = socket.create_connection(self.address, timeout=SOON_S)
        opened.sendall(sent)
        return opened

    def answer(self, sent: bytes) -> bytes:
        """What came until the gateway closed the connection."""
        with self.open(sent) as opened:
            return all_of(opened)


def all_of(opened: socket.socket) -> bytes:
    return b"".join(iter(lambda: opened.recv(65_536), b""))


@pytest.fixture(scope="module")
def gateway(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gateway]:
    folder = tmp_path_factory.mktemp("gateway")
    log, channel = folder / "gateway.log", Channel()
    lifeline, held = os.pipe()
    with socket.create_server(("127.0.0.1", 0)) as listener, log.open("wb") as said:
        inherited = [lifeline, listener.fileno(), channel.giving.fileno()]
        settings = {"socket": inherited[1], "giving": inherited[2], "silence": SILENCE_S}
        settings |= {"processes": 1, "threads": THREADS, "timeout": 60}
        process = subprocess.Popen(
            [
                *(sys.executable, "-m", "infra.local.serve", str(lifeline), "gateway"),
                *(f"--{name}={value}" for name, value in settings.items()),
            ],
            cwd=ROOT,
            env={**os.environ, "INSIGHT_DATA_DIR": str(folder / "data")},
            stdout=said,
            stderr=subprocess.STDOUT,
            pass_fds=inherited,
        )
        yield Gateway(listener, channel, log)
        process.terminate()
        process.wait(20)
    os.close(held)


@pytest.fixture
def client(gateway: Gateway) -> Client:
    client = Client(gateway.origin)
    client.sign_up()
    return client


def head_of(client: Client, framing: str) -> bytes:
    head = f"POST /api/v1/sessions HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {client.token}\r\n"
    return f"{head}Content-Type: application/json\r\n{framing}\r\n\r\n".encode()


def titles(client: Client) -> list[str]:
    answer = client.call("GET", "/api/v1/sessions")
    return [session["title"] for session in answer["data"]["sessions"]]


@pytest.mark.parametrize(
    "body", [b'5\r\n{"tit\r\nzz\r\n', b'5\r\n{"tit\r\n0\r\nx y\r\n\r\n', b'5\r\n{"title": "a"}']
)
def test_broken_chunks_are_the_clients_fault(gateway: Gateway, client: Client, body: bytes) -> None:
    answer = gateway.answer(head_of(client, "Transfer-Encoding: chunked") + body)
    assert answer.startswith(b"HTTP/1.1 400 ")
    assert b"invalid_request" in answer
    assert '"severity": "ERROR"' not in gateway.log


def test_body_that_is_cut_stores_nothing(gateway: Gateway, client: Client) -> None:
    for framing, body in (
        ("Transfer-Encoding: chunked", b'e\r\n{"title": "a"}\r\n'),
        ("Content-Length: 20", b'{"title": "a"'),
    ):
        with gateway.open(head_of(client, framing) + body) as opened:
            opened.shutdown(socket.SHUT_WR)
            assert all_of(opened).startswith(b"HTTP/1.1 400 ")
    assert titles(client) == []
    assert '"severity": "ERROR"' not in gateway.log


def test_silent_clients_do_not_stop_the_others(gateway: Gateway, client: Client) -> None:
    heads = [b"GET /api/v1/health HTTP/1.1\r\nHos", b"GET"]
    bodies = [
        head_of(client, "Content-Length: 14") + b'{"title": "a"',
        head_of(client, "x: y")[:-2],
    ]
    silent = [gateway.open(sent) for sent in (heads + bodies) * THREADS]
    began = time.monotonic()
    assert titles(client) == []
    # Every thread has had to give up on as many of them.
    assert time.monotonic() - began < 4 * SOON_S
    for opened in silent:
        with opened:
            assert all_of(opened)[:13] in (b"", b"HTTP/1.1 400 ")
    assert titles(client) == []
    assert "fell silent" in gateway.log
    assert "Traceback" not in gateway.log


def test_slow_upload_that_goes_on_is_taken(gateway: Gateway, client: Client) -> None:
    body = b'{"title": "slowly"}'
    with gateway.open(head_of(client, f"Content-Length: {len(body)}\r\nConnection: close")) as slow:
        for at in range(0, len(body), 4):
            time.sleep(SILENCE_S * 0.6)
            slow.sendall(body[at : at + 4])
        assert all_of(slow).startswith(b"HTTP/1.1 201 ")
    assert titles(client) == ["slowly"]


def test_connection_is_kept_beyond_the_bound(gateway: Gateway) -> None:
    kept = HTTPConnection(*gateway.address, timeout=SOON_S)
    kept.connect()
    opened = kept.sock
    for _ in range(2):
        kept.request("GET", "/api/v1/health")
        with kept.getresponse() as answer:
            assert (answer.status, answer.read()) == (200, b'{"status":"ok"}')
        time.sleep(SILENCE_S * 1.5)
    assert kept.sock is opened
    kept.close()


def test_relay_gets_its_sockets_without_a_bound(gateway: Gateway) -> None:
    asked = b"GET /api/v1/sessions/a/events HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\n\r\n"
    gateway.channel.taking.settimeout(SOON_S)
    with gateway.open(asked) as opened:
        head, (descriptor,), _, _ = socket.recv_fds(gateway.channel.taking, 65_536, 1)
        with socket.socket(fileno=descriptor) as handed:
            assert head.startswith(b"GET /api/v1/sessions/a/events ")
            bounds = [handed.getsockopt(socket.SOL_SOCKET, option, 16) for option in BOUNDS]
            assert bounds == [bytes(16)] * 2
            handed.sendall(b"from the relay")
            assert opened.recv(100) == b"from the relay"


BOUNDS = (socket.SO_RCVTIMEO, socket.SO_SNDTIMEO)
LINE = b"GET /api/v1/health HTTP/1.1\r\n"


@pytest.mark.parametrize(
    "sent",
    [
        LINE + f"Host: x\r\nAuthorization Bearer {SECRET}\r\n\r\n".encode(),
        LINE + f"Host: x\r\nA\x00uthorization: {SECRET}\r\n\r\n".encode(),
        LINE + f"Host: x\r\nX: y\r\n {SECRET}\r\n\r\n".encode(),
        LINE + f"Host: x\r\nExpect: {SECRET}\r\n\r\n".encode(),
        LINE + f"Host: x\r\nTransfer-Encoding: {SECRET}\r\n\r\n".encode(),
        LINE + f"Host: x\r\nContent-Length: {SECRET}\r\n\r\n".encode(),
        f"GET /api/v1/sessions?category={SECRET}é HTTP/1.1\r\nHost: x\r\n\r\n".encode(),
        f"GET /api/v1/{SECRET} HTTP/9\r\nHost: x\r\n\r\n".encode(),
        f"{SECRET}\r\n\r\n".encode(),
        f"{SECRET} {SECRET}\r\n\r\n".encode(),
    ],
)
def test_what_is_no_http_is_refused_and_not_logged(gateway: Gateway, sent: bytes) -> None:
    before = len(gateway.log)
    assert gateway.answer(sent)[9:12] in (b"400", b"417", b"501")
    assert "A request was refused" in gateway.log[before:]
    assert SECRET not in gateway.log
