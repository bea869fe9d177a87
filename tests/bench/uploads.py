"""Memory of the whole service while a recording of 1 GiB goes straight into storage."""

from __future__ import annotations

import tempfile
import threading
import time
from collections.abc import Iterator
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlsplit

import psutil

from infra.demo.client import Client
from infra.demo.service import Service
from tests.bench.memory import MIB
from tests.bench.tables import show

# The start of an MP4 file; that nothing in it can be played is found out later, if at all.
_HEADER = b"\x00\x00\x00\x18ftypisom\x00\x00\x02\x00isomiso2"
_PIECE_BYTES = 64 * 1024
_EVERY_S = 0.05
_WITHIN_S = 900.0


def measure() -> None:
    """Prints the table."""
    with (
        tempfile.TemporaryDirectory(prefix="insight-bench-") as folder,
        Service(Path(folder)) as service,
    ):
        client = Client(service.origin)
        client.sign_up()
        _upload(client, 1)
        rows = [row for size_mib in (16, 1024) for row in _rows(service, client, size_mib)]
    columns = ("file MiB", "programs", "RSS before MiB", "peak MiB", "growth MiB", "MiB/s")
    show("One upload straight into storage, checked to its last byte", columns, rows)


def _rows(service: Service, client: Client, size_mib: int) -> Iterator[tuple[object, ...]]:
    before = _memory(service)
    peak, done = dict(before), threading.Event()

    def watch() -> None:
        while not done.wait(_EVERY_S):
            for name, rss in _memory(service).items():
                peak[name] = max(rss, peak.get(name, 0.0))

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        took_s = _upload(client, size_mib)
    finally:
        done.set()
        watcher.join()
    for name in sorted(before):
        growth = peak[name] - before[name]
        yield str(size_mib), name, before[name], peak[name], growth, size_mib / took_s


def _memory(service: Service) -> dict[str, float]:
    """Resident memory of the gateway's and the workers' processes together, in MiB."""
    found = {"gateway": 0.0, "workers": 0.0}
    for process in psutil.Process(service.process_id).children(recursive=True):
        try:
            words, rss = process.cmdline(), process.memory_info().rss / MIB
        except psutil.NoSuchProcess:
            continue
        if "gateway" in words:
            found["gateway"] += rss
        elif "worker" in words:
            found["workers"] += rss
    return found


def _upload(client: Client, size_mib: int) -> float:
    """Seconds until storage had the file; returns when the pipeline has read it, too."""
    session_id = client.create_session(title="Bench")
    path = f"/api/v1/sessions/{session_id}/content"
    body = {"filename": "a.mp4", "size": size_mib * MIB, "content_type": "video/mp4"}
    begun = client.call("POST", f"{path}/uploads", body)["data"]
    began = time.monotonic()
    _send(begun["upload_session"]["url"], size_mib * MIB)
    took_s = time.monotonic() - began
    while client.call("GET", path)["data"]["uploads"][0]["state"] == "uploading":
        if time.monotonic() - began > _WITHIN_S:
            raise TimeoutError("The pipeline did not take the upload.")
        time.sleep(_EVERY_S)
    return took_s


def _send(url: str, size_bytes: int) -> None:
    place = urlsplit(url)
    connection = HTTPConnection(place.hostname or "", place.port or 80)
    headers = {
        "Content-Length": str(size_bytes),
        "Content-Range": f"bytes 0-{size_bytes - 1}/{size_bytes}",
    }
    connection.request("PUT", place.path, _content(size_bytes), headers)
    answer = connection.getresponse()
    said = answer.read()
    if answer.status != 200:
        raise RuntimeError(f"The upload answered {answer.status}: {said!r}")


def _content(size_bytes: int) -> Iterator[bytes]:
    yield _HEADER
    for start in range(len(_HEADER), size_bytes, _PIECE_BYTES):
        yield bytes(min(_PIECE_BYTES, size_bytes - start))
