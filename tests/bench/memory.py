"""Memory of the upload function while files stream through it, and whether it wrote any aside."""

from __future__ import annotations

import http.client
import tempfile
from collections.abc import Iterator
from pathlib import Path

from infra.demo.client import Client
from infra.demo.service import Service
from tests.bench.framework import Served
from tests.bench.tables import show

MIB = 1024 * 1024
# The start of a WAV file; a text of 30 MiB would be refused.
_HEADER = b"RIFF\xff\xff\xff\x7fWAVEfmt \x10\x00\x00\x00\x01\x00\x01\x00"
_HEADER += b"\x80>\x00\x00\x00}\x00\x00\x02\x00\x10\x00data\xff\xff\xff\x7f"
_BOUNDARY = "bench-boundary"
_PIECE = 64 * 1024


def measure() -> None:
    """Prints the table."""
    with tempfile.TemporaryDirectory(prefix="insight-bench-") as folder:
        data, witness = Path(folder) / "data", Path(folder) / "witness"
        token, session_id = _prepare(data)
        environment = {"INSIGHT_DATA_DIR": str(data), "BENCH_WITNESS": str(witness)}
        with Served("upload_content", "tests/bench/watched_upload.py", environment) as served:
            # The first upload imports and connects whatever all later ones use.
            _upload(served.port, session_id, token, 1024)
            rows = [_row(served, session_id, token, size_mib) for size_mib in (1, 30)]
        aside = witness.read_text(encoding="utf-8").splitlines()
    show(
        "One upload through the function",
        ("file MiB", "RSS before MiB", "peak MiB", "growth MiB"),
        rows,
    )
    print(f"files written outside the store: {len(aside)} {aside or ''}")


def _prepare(data: Path) -> tuple[str, str]:
    with Service(data) as service:
        client = Client(service.origin)
        client.sign_up()
        return str(client.token), client.create_session(title="Bench")


def _row(
    served: Served, session_id: str, token: str, size_mib: int
) -> tuple[str, float, float, float]:
    process = Path("/proc") / str(served.worker.pid)
    # "5" resets the peak (proc(5), clear_refs).
    (process / "clear_refs").write_text("5")
    before = _status_mib(process, "VmRSS")
    _upload(served.port, session_id, token, size_mib * MIB)
    peak = _status_mib(process, "VmHWM")
    return str(size_mib), before, peak, peak - before


def _status_mib(process: Path, name: str) -> float:
    lines = (process / "status").read_text(encoding="utf-8").splitlines()
    (line,) = (line for line in lines if line.startswith(f"{name}:"))
    return int(line.split()[1]) / 1024


def _upload(port: int, session_id: str, token: str, size_bytes: int) -> None:
    head = (
        f"--{_BOUNDARY}\r\n"
        'Content-Disposition: form-data; name="file"; filename="session.wav"\r\n'
        "Content-Type: audio/wav\r\n\r\n"
    ).encode()
    tail = f"\r\n--{_BOUNDARY}--\r\n".encode()
    connection = http.client.HTTPConnection("127.0.0.1", port)
    headers = {
        "Authorization": f"Bearer {token}",
        "Content-Type": f"multipart/form-data; boundary={_BOUNDARY}",
        "Content-Length": str(len(head) + size_bytes + len(tail)),
    }
    connection.request(
        "POST", f"/api/v1/sessions/{session_id}/content", _body(head, size_bytes, tail), headers
    )
    answer = connection.getresponse()
    said = answer.read()
    if answer.status != 201:
        raise RuntimeError(f"The upload answered {answer.status}: {said!r}")


def _body(head: bytes, size_bytes: int, tail: bytes) -> Iterator[bytes]:
    yield head + _HEADER
    for start in range(len(_HEADER), size_bytes, _PIECE):
        yield bytes(min(_PIECE, size_bytes - start))
    yield tail
