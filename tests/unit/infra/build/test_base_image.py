from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from infra.build.base_image import FILE, NAME, NotPinned, pin, pinned

DIGEST = "sha256:" + "0123456789abcdef" * 4


class Registry(BaseHTTPRequestHandler):
    digest: str | None = DIGEST

    def do_GET(self) -> None:
        scope = "scope=repository:library/python:pull"
        self.send_response(200 if scope in self.path else 400)
        self.end_headers()
        self.wfile.write(json.dumps({"token": "t"}).encode())

    def do_HEAD(self) -> None:
        right = self.headers["Authorization"] == "Bearer t"
        wanted = self.path == f"/v2/library/python/manifests/{NAME.split(':')[1]}"
        self.send_response(200 if right and wanted else 401)
        if self.digest:
            self.send_header("Docker-Content-Digest", self.digest)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def registry() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Registry) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def test_pin_writes_down_the_digest_that_the_registry_tells(registry: str, tmp_path: Path) -> None:
    file = tmp_path / "base-image.txt"
    assert pin(file, registry, f"{registry}/token") == f"{NAME}@{DIGEST}"
    assert pinned(file) == f"{NAME}@{DIGEST}"


def test_pin_keeps_what_was_where_the_registry_tells_no_digest(
    registry: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Registry, "digest", None)
    file = tmp_path / "base-image.txt"
    file.write_text("before")
    with pytest.raises(NotPinned):
        pin(file, registry, f"{registry}/token")
    assert file.read_text() == "before"


@pytest.mark.parametrize(
    "said", [NAME, "python:latest@" + DIGEST, NAME + "@sha256:abc", "", NAME + "@" + DIGEST[:-1]]
)
def test_image_without_a_digest_is_not_built_on(said: str, tmp_path: Path) -> None:
    file = tmp_path / "base-image.txt"
    file.write_text(said)
    with pytest.raises(NotPinned, match=r"python -m infra\.build pin"):
        pinned(file)


def test_file_of_this_tree_names_the_image_pinned_or_not_yet() -> None:
    said = FILE.read_text().strip()
    assert said == NAME or pinned() == said
