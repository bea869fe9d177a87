"""An HTTP endpoint that takes pushes, answers as told and remembers what came."""

from __future__ import annotations

import base64
import json
import threading
import time
from collections import defaultdict, deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass(frozen=True, slots=True)
class Delivery:
    """One POST: `body` is the envelope, `at_s` when it came on the monotonic clock."""

    topic: str
    headers: dict[str, str]
    body: dict[str, Any]
    at_s: float

    @property
    def data(self) -> Any:
        return json.loads(base64.b64decode(self.body["message"]["data"]))

    @property
    def message_id(self) -> str:
        return str(self.body["message"]["messageId"])


@dataclass(frozen=True, slots=True)
class Answer:
    status: int = 204
    after_s: float = 0.0


class PushReceiver:
    def __init__(self) -> None:
        self.port = 0
        self.most_at_once = 0
        self._arrived = threading.Condition()
        self._deliveries: list[Delivery] = []
        self._answers: dict[str, deque[Answer]] = defaultdict(deque)
        self._at_once = 0

    def endpoint(self, topic: str) -> str:
        return f"http://127.0.0.1:{self.port}/{topic}"

    def answer(self, topic: str, *answers: Answer) -> None:
        """Answers the next deliveries of `topic` so; all others with 204."""
        self._answers[topic].extend(answers)

    def deliveries(self, topic: str) -> list[Delivery]:
        with self._arrived:
            return [delivery for delivery in self._deliveries if delivery.topic == topic]

    def wait_for(self, topic: str, count: int, *, timeout_s: float = 30.0) -> list[Delivery]:
        """The deliveries of `topic`, as soon as there are `count`."""
        with self._arrived:
            enough = self._arrived.wait_for(lambda: self._count(topic) >= count, timeout_s)
        assert enough, f"{self._count(topic)} of {count} deliveries of {topic} came."
        return self.deliveries(topic)

    def take(self, topic: str, headers: dict[str, str], body: dict[str, Any]) -> int:
        with self._arrived:
            self._at_once += 1
            self.most_at_once = max(self.most_at_once, self._at_once)
            self._deliveries.append(Delivery(topic, headers, body, time.monotonic()))
            answer = self._answers[topic].popleft() if self._answers[topic] else Answer()
            self._arrived.notify_all()
        time.sleep(answer.after_s)
        with self._arrived:
            self._at_once -= 1
        return answer.status

    def _count(self, topic: str) -> int:
        return sum(delivery.topic == topic for delivery in self._deliveries)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    # A burst of pushes must not be refused.
    request_queue_size = 128


@contextmanager
def push_receiver() -> Iterator[PushReceiver]:
    receiver = PushReceiver()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            status = receiver.take(self.path.lstrip("/"), dict(self.headers), body)
            try:
                self.send_response(status)
                self.send_header("Content-Length", "0")
                self.end_headers()
            except OSError:
                self.close_connection = True

        def log_message(self, *args: object) -> None:
            pass

    server = _Server(("127.0.0.1", 0), Handler)
    receiver.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield receiver
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
