"""The deploy program in a process of its own, cancelled and killed while gcloud is at work."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from infra.build.cloud import CloudFailed
from infra.build.services import SERVICES
from infra.local.place import ROOT

from .fake_cloud import OLD, FakeCloud

# Stands for gcloud: gives its words and its input to the test, and says what the test says.
GCLOUD = """#!{python} -IS
import json, socket, sys
given = "" if sys.stdin is None or sys.argv[2:4] != ["cp", "-"] else sys.stdin.read()
with socket.create_connection(("127.0.0.1", {port})) as test:
    body = json.dumps([sys.argv[1:], given]).encode()
    test.sendall(b"POST / HTTP/1.0\\r\\nContent-Length: %d\\r\\n\\r\\n" % len(body) + body)
    head, _, said = b"".join(iter(lambda: test.recv(65536), b"")).partition(b"\\r\\n\\r\\n")
sys.stdout.write(said.decode())
sys.exit(b" 200 " not in head)
"""
# The program as it is, with few services, and with Firebase's API in the test too.
PROGRAM = """
import functools, sys
from infra.build import __main__ as program, firestore
from infra.build.services import SERVICES
firestore._API = sys.argv[1] + "/v1"
program.Deploy = functools.partial(program.Deploy, services=SERVICES[:2])
sys.exit(program.main(sys.argv[2:]))
"""
WHERE = ["--project=p", "--region=europe-west4", "--build=b1", "--soak-s=0"]


class Stage(ThreadingHTTPServer):
    """Answers the fake gcloud and the program's REST calls from a `FakeCloud`."""

    daemon_threads = True
    request_queue_size = 64

    def __init__(self, folder: Path) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.cloud = FakeCloud.of(SERVICES[:2], builds={"b1": "CANCELLED"})
        self.folder = folder
        gcloud = folder / "gcloud"
        gcloud.write_text(GCLOUD.format(python=sys.executable, port=self.server_port))
        gcloud.chmod(0o755)

    def start(self, *words: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-c", PROGRAM, f"http://127.0.0.1:{self.server_port}", *words, *WHERE],
            cwd=ROOT,
            env={**os.environ, "PATH": f"{self.folder}:{os.environ['PATH']}"},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )


class _Handler(BaseHTTPRequestHandler):
    server: Stage

    def do_GET(self) -> None:
        self._answer()

    def do_POST(self) -> None:
        self._answer()

    def do_PATCH(self) -> None:
        self._answer()

    def _answer(self) -> None:
        sent = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        try:
            if self.path == "/":
                words, given = json.loads(sent)
                token = words[:2] == ["auth", "print-access-token"]
                said = "a-token" if token else self.server.cloud.gcloud(words, given)
            else:
                assert self.headers["Authorization"] == "Bearer a-token"
                body = json.loads(sent) if sent else None
                said = json.dumps(self.server.cloud.rest(self.command, self.path, body))
        except CloudFailed:
            self.send_response(500)
            said = ""
        else:
            self.send_response(200)
        self.end_headers()
        self.wfile.write(said.encode())

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    with Stage(tmp_path) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield server
        server.shutdown()


def halfway(stage: Stage, program: list[subprocess.Popen[str]], number: signal.Signals) -> None:
    """Sends a signal when the first service has part of its new traffic."""
    sent = threading.Event()

    def send(name: str) -> None:
        if name.startswith("run services update-traffic") and not sent.is_set():
            sent.set()
            program[0].send_signal(number)

    stage.cloud.on_call = send


def test_program_that_is_cancelled_puts_everything_back(stage: Stage) -> None:
    program: list[subprocess.Popen[str]] = []
    halfway(stage, program, signal.SIGTERM)
    program.append(stage.start("deploy", "--image=europe-docker.pkg.dev/p/i/s:1"))
    said, _ = program[0].communicate(timeout=120)
    assert program[0].returncode == 1, said
    assert "Nothing has changed" in said
    assert stage.cloud.traffic() == {name: {OLD: 100} for name in stage.cloud.services}
    assert stage.cloud.objects == {}


def test_program_that_is_killed_is_put_back_by_another(stage: Stage) -> None:
    program: list[subprocess.Popen[str]] = []
    halfway(stage, program, signal.SIGKILL)
    program.append(stage.start("deploy", "--image=europe-docker.pkg.dev/p/i/s:1"))
    program[0].communicate(timeout=120)
    assert program[0].returncode == -signal.SIGKILL
    restore = stage.start("restore")
    said, _ = restore.communicate(timeout=120)
    assert (restore.returncode, "as it was before build b1" in said) == (0, True), said
    assert stage.cloud.traffic() == {name: {OLD: 100} for name in stage.cloud.services}
    assert stage.cloud.objects == {}


def test_program_needs_nothing_but_python() -> None:
    """Cloud Build runs it in an image that has gcloud and Python, and none of our packages."""
    found = subprocess.run(
        [sys.executable, "-IS", "-c", f"import sys; sys.path.insert(0, {str(ROOT)!r}); "
         "import infra.build.__main__, infra.build.smoke"],
        capture_output=True, text=True,
    )  # fmt: skip
    assert found.returncode == 0, found.stderr
