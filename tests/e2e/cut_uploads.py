"""`make uploads`: uploads cut at random bytes, resumed, while processes are killed with -9.

Every upload goes straight into storage over sockets of its own, in pieces that break off at a
random byte. Counted is what differs in the end from what was sent, and what was analysed other
than once.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import random
import socket
import struct
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from infra.demo.client import Client
from infra.demo.service import Service
from tests.e2e.storm import Killer, signed_up

_STEP = 256 * 1024
_SENDERS = 16
_MAX_CUTS = 3
_TIMEOUT_S = 60.0
_PATIENCE_S = 300.0
_LONGEST_PAUSE_S = 0.5
_KEY_PATIENCE_S = 900.0
_AT_ONCE = struct.pack("ii", 1, 0)


@dataclass(slots=True)
class Outcome:
    """What became of the uploads.

    Attributes:
        faults: by session, only of those with any.
        resumed: questions that found something kept, but not all.
    """

    uploads: int = 0
    cuts: int = 0
    resumed: int = 0
    sent_bytes: int = 0
    killed: Counter[str] = field(default_factory=Counter)
    faults: dict[str, list[str]] = field(default_factory=dict)
    took_s: float = 0.0


def made(number: int, seed: int) -> bytes:
    """A transcript of up to a megabyte that no other upload has, with two sentences in it.

    It is long for its recorder's data alone, which no reader looks at: the storm is about bytes.
    """
    dice = random.Random(f"{seed}/{number}")
    size = dice.randrange(_STEP + 1, 4 * _STEP)
    said = ("Therapist", "How was your week?"), ("Client", f"I thought of number {number}.")
    transcript = {
        "recorder": {"calibration": dice.randbytes(size // 2).hex()},
        "segments": [{"speaker": speaker, "text": text} for speaker, text in said],
    }
    return json.dumps(transcript).encode()


class Sender:
    """Sends one file to one session URL, however often it has to begin again.

    Args:
        dice: says where it breaks off.
        struck: is set when a process was killed; the last byte waits for it.
    """

    def __init__(
        self,
        url: str,
        content: bytes,
        dice: random.Random,
        outcome: Outcome,
        struck: threading.Event,
    ) -> None:
        self._place = urlsplit(url)
        self._content = content
        self._dice = dice
        self._outcome = outcome
        self._struck = struck

    def send(self) -> None:
        """Returns when storage says that it has the whole."""
        cuts, deadline = self._dice.randrange(1, _MAX_CUTS + 1), time.monotonic() + _PATIENCE_S
        while time.monotonic() < deadline:
            kept = self._kept()
            if kept == len(self._content):
                return
            if kept is None:
                time.sleep(0.2)
            elif cuts:
                cuts -= 1
                self._cut(kept)
            elif not self._struck.wait(_TIMEOUT_S) or self._put(kept) != 200:
                time.sleep(0.2)
        raise TimeoutError("An upload did not end.")

    def _kept(self) -> int | None:
        answer = self._request(b"", f"bytes */{len(self._content)}")
        if answer is None or answer[0] not in (200, 308):
            return None
        if answer[0] == 200:
            return len(self._content)
        kept = int(answer[1].get("range", "bytes=0--1").split("-", 1)[1]) + 1
        self._outcome.resumed += kept > 0
        return kept

    def _put(self, start: int) -> int | None:
        span = f"bytes {start}-{len(self._content) - 1}/{len(self._content)}"
        self._outcome.sent_bytes += len(self._content) - start
        answer = self._request(self._content[start:], span)
        return None if answer is None else answer[0]

    def _request(self, body: bytes, span: str) -> tuple[int, Mapping[str, str]] | None:
        host, port = self._place.hostname or "", self._place.port or 80
        connection = HTTPConnection(host, port, timeout=_TIMEOUT_S)
        try:
            connection.request("PUT", self._place.path, body, {"Content-Range": span})
            answer = connection.getresponse()
            answer.read()
            return answer.status, {name.lower(): value for name, value in answer.getheaders()}
        except (OSError, HTTPException):
            return None
        finally:
            connection.close()

    def _cut(self, start: int) -> None:
        """Sends a part of the rest and is gone, in order or at once."""
        left = len(self._content) - start
        sent = self._dice.randrange(left + 1)
        head = (
            f"PUT {self._place.path} HTTP/1.1\r\nHost: {self._place.netloc}\r\n"
            f"Content-Length: {left}\r\n"
            f"Content-Range: bytes {start}-{len(self._content) - 1}/{len(self._content)}\r\n\r\n"
        )
        address = (self._place.hostname or "", self._place.port or 80)
        try:
            with socket.create_connection(address, timeout=_TIMEOUT_S) as connection:
                connection.sendall(head.encode() + self._content[start : start + sent])
                # Amid which the server may be killed.
                time.sleep(self._dice.uniform(0, _LONGEST_PAUSE_S))
                if self._dice.random() < 0.2:
                    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _AT_ONCE)
        except OSError:
            pass
        self._outcome.cuts += 1
        self._outcome.sent_bytes += sent


def endure(
    service: Service,
    uploads: int,
    seed: int,
    victims: str | None = None,
    say: Callable[[str], None] = lambda _: None,
) -> Outcome:
    """Sends `uploads` files under cuts and kills, then compares what became of them.

    Args:
        victims: role of the processes that are killed; None for any.
    """
    # A key whose first request was killed is free again after a minute and a half.
    client, outcome = signed_up(service, _KEY_PATIENCE_S), Outcome(uploads=uploads)
    killer, began = Killer(service, seed, victims), time.monotonic()

    def send(number: int) -> tuple[str, bytes]:
        return _send(client, number, seed, outcome, killer.struck)

    storm = threading.Thread(target=killer.run)
    storm.start()
    try:
        with ThreadPoolExecutor(_SENDERS) as senders:
            sent = dict(senders.map(send, range(uploads)))
    finally:
        killer.stop()
        storm.join()
    say(f"all sent after {time.monotonic() - began:.0f} s")
    for session_id in sent:
        _await(client, session_id)
    outcome.took_s, outcome.killed = time.monotonic() - began, killer.killed
    for session_id, content in sent.items():
        if faults := _faults(client, session_id, content):
            outcome.faults[session_id] = faults
    return outcome


def _send(
    client: Client, number: int, seed: int, outcome: Outcome, struck: threading.Event
) -> tuple[str, bytes]:
    content, dice = made(number, seed), random.Random(f"{seed}/cuts/{number}")
    session_id = client.create_session(title="Cut")
    body = {"filename": "cut.json", "size": len(content), "content_type": "application/json"}
    if number % 2:
        body["checksum"] = f"sha256:{hashlib.sha256(content).hexdigest()}"
    path = f"/api/v1/sessions/{session_id}/content/uploads"
    begun = client.call("POST", path, body, {"Idempotency-Key": f"{seed}-{number}"})
    Sender(begun["data"]["upload_session"]["url"], content, dice, outcome, struck).send()
    return session_id, content


def _await(client: Client, session_id: str) -> None:
    deadline = time.monotonic() + _PATIENCE_S
    path = f"/api/v1/sessions/{session_id}/analysis/status"
    while time.monotonic() < deadline:
        if client.call("GET", path)["data"]["analysis"]["status"] in ("completed", "failed"):
            return
        time.sleep(0.1)


def _faults(client: Client, session_id: str, content: bytes) -> list[str]:
    uploads = client.call("GET", f"/api/v1/sessions/{session_id}/content")["data"]["uploads"]
    if len(uploads) != 1:
        return [f"{len(uploads)} uploads"]
    events = client.all_events(session_id)
    done = [event for event in events if _is_completion(event)]
    checksum = f"sha256:{hashlib.sha256(content).hexdigest()}"
    checks = {
        f"state {uploads[0]['state']}": uploads[0]["state"] != "transcribed",
        "another checksum": uploads[0]["checksum"] != checksum,
        f"analysed {len(done)} times": len(done) != 1,
        "gaps in the events": [e["id"] for e in events] != list(range(1, len(events) + 1)),
    }
    return [fault for fault, holds in checks.items() if holds]


def _is_completion(event: Mapping[str, Any]) -> bool:
    return event["type"] == "analysis_progress" and event["data"]["status"] == "completed"


def main() -> int:
    """Prints the counts and returns 0 only if every file came whole and was analysed once."""
    parser = argparse.ArgumentParser(prog="tests.e2e.cut_uploads", description=__doc__)
    parser.add_argument("--uploads", type=int, default=1_000)
    parser.add_argument("--seed", type=int, default=None)
    given = parser.parse_args()
    seed = given.seed if given.seed is not None else time.time_ns() % 1_000_000
    print(f"{given.uploads} uploads, seed {seed}", flush=True)
    with (
        tempfile.TemporaryDirectory(prefix="insight-uploads-") as data,
        Service(Path(data), environment={"INSIGHT_ANALYZER": "noop"}) as service,
    ):
        outcome = endure(service, given.uploads, seed, say=lambda line: print(line, flush=True))
    _report(outcome)
    return 1 if outcome.faults else 0


def _report(outcome: Outcome) -> None:
    killed = ", ".join(f"{name} {count}" for name, count in sorted(outcome.killed.items()))
    print(f"cut              {outcome.cuts} connections")
    print(f"resumed          {outcome.resumed} times from what was kept")
    print(f"killed with -9   {outcome.killed.total()} processes ({killed})")
    print(f"sent             {outcome.sent_bytes / 2**20:.0f} MiB")
    print(f"came whole       {outcome.uploads - len(outcome.faults)} of {outcome.uploads},")
    print("                 with the SHA-256 of what was sent, each analysed once")
    print(f"took             {outcome.took_s:.0f} s")
    for session_id, faults in outcome.faults.items():
        print(f"  {session_id}: {'; '.join(faults)}")


if __name__ == "__main__":
    sys.exit(main())
