"""Vertex AI's side of `countTokens` and `generateContent`, over HTTP on this machine.

It refuses what the real service refuses (no token, another path, a schema with references) and
answers in its words. What it answers is scripted, one step for each `generateContent`.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

PROJECT, LOCATION, MODEL = "therapy", "europe-west4", "gemini-3.5-flash"
_PATH = (
    f"/v1beta1/projects/{PROJECT}/locations/{LOCATION}/publishers/google/models/{MODEL}:{{method}}"
)
KINDS = ("emotions", "topics", "beliefs", "challenges", "action_items", "insights")

Reply = tuple[int, Any]
Step = Callable[[dict[str, Any]], Reply]


@dataclass
class Vertex:
    """The service: what it is told to answer, and what it was asked.

    Attributes:
        steps: one for each request to generate; the last one answers all that follow.
        counts: the same for requests to count.
    """

    steps: list[Step] = field(default_factory=list)
    counts: list[Step] = field(default_factory=list)
    asked: list[dict[str, Any]] = field(default_factory=list)
    counted: list[dict[str, Any]] = field(default_factory=list)
    url: str = ""

    def take(self, path: str, token: str | None, body: dict[str, Any]) -> Reply:
        if token != "Bearer test-token":
            return failure(401, "UNAUTHENTICATED")
        if path == _PATH.format(method="countTokens"):
            return self._count(body)
        if path == _PATH.format(method="generateContent"):
            self.asked.append(body)
            return _next(self.steps, len(self.asked))(body)
        return failure(404, "NOT_FOUND")

    def _count(self, body: dict[str, Any]) -> Reply:
        self.counted.append(body)
        if self.counts:
            return _next(self.counts, len(self.counted))(body)
        return 200, {"totalTokens": len(json.dumps(body)) // 4, "totalBillableCharacters": 1}


def _next(steps: list[Step], number: int) -> Step:
    return steps[min(number, len(steps)) - 1]


@contextmanager
def serving() -> Iterator[Vertex]:
    """A server that runs until the block ends."""
    vertex = Vertex()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            status, reply = vertex.take(self.path, self.headers["Authorization"], body)
            if status == 0:
                self.close_connection = True
                return
            content = reply if isinstance(reply, bytes) else json.dumps(reply).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json; charset=UTF-8")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: Any) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    vertex.url = f"http://127.0.0.1:{server.server_port}/"
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield vertex
    finally:
        server.shutdown()
        server.server_close()


def failure(status: int, name: str, message: str = "No.") -> Reply:
    """An error as Google's APIs write it."""
    return status, {"error": {"code": status, "message": message, "status": name}}


def fails(status: int, name: str, message: str = "No.") -> Step:
    """Answers with an error."""
    return lambda _: failure(status, name, message)


def drops(_: dict[str, Any]) -> Reply:
    """Closes the connection without a word."""
    return 0, None


def generated(text: str, reason: str = "STOP", tokens: int | None = 5_000) -> Reply:
    """An answer of the model."""
    usage = {"promptTokenCount": 4_000, "candidatesTokenCount": 900, "totalTokenCount": tokens}
    return 200, {
        "candidates": [
            {"content": {"role": "model", "parts": [{"text": text}]}, "finishReason": reason}
        ],
        "usageMetadata": usage if tokens is not None else {},
        "modelVersion": MODEL,
    }


def says(text: str, reason: str = "STOP", tokens: int | None = 5_000) -> Step:
    """Answers with a text."""
    return lambda _: generated(text, reason, tokens)


def finds(**findings: list[dict[str, Any]]) -> Step:
    """Answers in the schema; kinds that are not named are empty."""
    return says(json.dumps({kind: findings.get(kind, []) for kind in KINDS}))


def blocks(reason: str) -> Step:
    """Refuses the prompt."""
    return lambda _: (
        200,
        {
            "promptFeedback": {"blockReason": reason},
            "usageMetadata": {"promptTokenCount": 4_000, "totalTokenCount": 4_000},
        },
    )


def transcript_in(body: dict[str, Any]) -> dict[str, Any]:
    """The window in a request, found by its marks."""
    text = body["contents"][0]["parts"][0]["text"]
    mark = text.split("The mark is ", 1)[1].split(".", 1)[0]
    parts = text.split(f"\n{mark}")
    assert len(parts) == 3
    window: dict[str, Any] = json.loads(parts[1])
    return window
