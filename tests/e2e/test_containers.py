"""The container's own command lines, as Cloud Run starts them, over what the image holds."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx
import pytest

from infra.build import smoke
from infra.build.services import FUNCTION_COMMAND, SERVICES, Service
from tests.emulators import free_port
from tests.image import DOCKERFILE, instructions, lay_out

SHIPPED = {
    "INSIGHT_PLATFORM": "google",
    "GOOGLE_CLOUD_PROJECT": "therapy",
    "INSIGHT_PUSH_AUDIENCE": "https://pipeline.example",
    "INSIGHT_PUSH_SERVICE_ACCOUNT": "push@therapy.iam.gserviceaccount.com",
    "PYTHONUNBUFFERED": "1",
}
STARTED = ("get-health", "create-session", "sweep", "relay")
BY_NAME = {service.name: service for service in SERVICES}


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return lay_out(tmp_path_factory.mktemp("app"))


def command(service: Service) -> list[str]:
    """What the container runs: the image's command, or the service's own."""
    text = DOCKERFILE.read_text(encoding="utf-8")
    (said,) = (json.loads(each.words) for each in instructions(text) if each.name == "CMD")
    assert tuple(said) == FUNCTION_COMMAND
    words = list(service.arguments or said)
    return [str(Path(sys.executable).parent / words[0]), *words[1:]]


@contextmanager
def container(
    service: Service, tree: Path, log: Path, without: str = "", **changed: str
) -> Iterator[tuple[subprocess.Popen[bytes], str]]:
    port = free_port()
    environment: Mapping[str, str] = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(tree),
        "PORT": str(port),
        "K_SERVICE": service.name,
        **SHIPPED,
        **service.environment,
        **changed,
    }
    with log.open("ab") as said:
        process = subprocess.Popen(
            command(service),
            cwd=tree,
            env={name: value for name, value in environment.items() if name != without},
            stdout=said,
            stderr=said,
        )
    try:
        yield process, f"http://127.0.0.1:{port}"
    finally:
        process.kill()
        process.wait(20)


def wait_for(url: str, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and process.poll() is None:
        try:
            httpx.get(url, timeout=30)
            return
        except httpx.TransportError:
            time.sleep(0.1)
    raise AssertionError(f"{url} does not answer")


class _Metadata(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        right = self.headers["Metadata-Flavor"] == "Google" and "audience=http" in self.path
        self.send_response(200 if right else 403)
        self.end_headers()
        self.wfile.write(b"a-token")

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def metadata(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Metadata)
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    monkeypatch.setenv("GCE_METADATA_HOST", f"127.0.0.1:{server.server_port}")
    yield
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module")
def running(tree: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """Some services of every kind, and where each listens."""
    log = tmp_path_factory.mktemp("log") / "containers.log"
    with ExitStack() as stack:
        started = {
            name: stack.enter_context(container(BY_NAME[name], tree, log)) for name in STARTED
        }
        for process, url in started.values():
            wait_for(url, process)
        yield {name: url for name, (_, url) in started.items()}


def test_smoke_passes_services_that_run_as_in_the_cloud(
    running: dict[str, str], metadata: None, capsys: pytest.CaptureFixture[str]
) -> None:
    assert smoke.main([f"{name}={url}" for name, url in running.items()]) == 0
    assert f"{len(STARTED)} services" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("service", "elsewhere"),
    [
        ("create-session", "get-health"),
        ("get-health", "create-session"),
        ("relay", "get-health"),
        ("delete-session", "relay"),
        ("sweep", "get-health"),
        ("unknown", "get-health"),
    ],
)
def test_smoke_finds_a_service_that_is_another(
    running: dict[str, str], metadata: None, service: str, elsewhere: str
) -> None:
    told = smoke.fault(service, running[elsewhere], pause_s=0)
    assert told is not None
    assert told.startswith(f"{service}: ")


def test_smoke_finds_a_service_that_does_not_answer(metadata: None) -> None:
    told = smoke.fault("get-health", f"http://127.0.0.1:{free_port()}", pause_s=0)
    assert told == "get-health: cannot be asked (URLError)."
    assert smoke.main([]) == 1


@pytest.mark.parametrize(
    ("name", "without", "changed"),
    [
        ("get-session", "INSIGHT_PUSH_AUDIENCE", {}),
        ("get-session", "", {"FUNCTION_TARGET": "get_nothing"}),
        ("get-session", "THREADS", {}),
        ("relay", "INSIGHT_PUSH_SERVICE_ACCOUNT", {}),
    ],
)
def test_container_that_must_not_start_never_opens_its_port(
    tree: Path, tmp_path: Path, name: str, without: str, changed: dict[str, str]
) -> None:
    log = tmp_path / "log"
    with container(BY_NAME[name], tree, log, without, **changed) as (process, url):
        while process.poll() is None:
            with pytest.raises(httpx.TransportError):
                httpx.get(url, timeout=5)
            time.sleep(0.1)
        assert process.returncode != 0
        assert log.stat().st_size > 0


@pytest.mark.parametrize("name", ["get-health", "relay"])
def test_container_ends_in_order_when_cloud_run_stops_it(
    tree: Path, tmp_path: Path, name: str
) -> None:
    with container(BY_NAME[name], tree, tmp_path / "log") as (process, url):
        wait_for(url, process)
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 0
