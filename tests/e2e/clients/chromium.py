"""Headless Chromium, driven over its DevTools protocol (chromedevtools.github.io)."""

from __future__ import annotations

import base64
import itertools
import json
import os
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import pytest
import urllib3
from websockets.sync.client import ClientConnection, connect

_FLAGS: Final = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    "--remote-debugging-port=0",
    # A page that comes from `files` has no address, and might not open sockets to this machine.
    "--disable-features=LocalNetworkAccessChecks,LocalNetworkAccessChecksWebSockets",
)
_READY_WITHIN_S: Final = 30.0
_ANSWER_WITHIN_S: Final = 90.0

# The media type and the bytes at a path, None where there is nothing.
Files = Callable[[str], tuple[str, bytes] | None]


class Page:
    """One page.

    Args:
        files: what is answered, instead of asking the network, to requests below `prefix`.
    """

    def __init__(self, socket: ClientConnection, prefix: str, files: Files) -> None:
        self._socket = socket
        self._prefix = prefix
        self._files = files
        self._ids = itertools.count(1)
        self.call("Fetch.enable", patterns=[{"urlPattern": f"{prefix}*"}])

    def open(self, path: str) -> None:
        """Goes to a path below `prefix`; returns before it is loaded."""
        self.call("Page.navigate", url=self._prefix + path)

    def evaluate(self, expression: str) -> Any:
        """What `expression`, which may be a promise, gives."""
        answer = self.call(
            "Runtime.evaluate", expression=expression, awaitPromise=True, returnByValue=True
        )
        assert "exceptionDetails" not in answer, answer["exceptionDetails"]
        return answer["result"].get("value")

    def call(self, method: str, **parameters: Any) -> dict[str, Any]:
        """One command; requests of the page are answered while it lasts."""
        number = self._send(method, parameters)
        while True:
            message = json.loads(self._socket.recv(_ANSWER_WITHIN_S))
            if message.get("method") == "Fetch.requestPaused":
                self._fulfil(message["params"])
            if message.get("id") == number:
                assert "error" not in message, message["error"]
                return dict(message["result"])

    def _send(self, method: str, parameters: dict[str, Any]) -> int:
        number = next(self._ids)
        self._socket.send(json.dumps({"id": number, "method": method, "params": parameters}))
        return number

    def _fulfil(self, paused: dict[str, Any]) -> None:
        path = paused["request"]["url"].removeprefix(self._prefix)
        media_type, content = self._files(path) or ("text/plain", b"")
        answer = {
            "requestId": paused["requestId"],
            "responseCode": 200 if content else 404,
            "responseHeaders": [{"name": "Content-Type", "value": media_type}],
            "body": base64.b64encode(content).decode(),
        }
        self._send("Fetch.fulfillRequest", answer)


@contextmanager
def page(profile: Path, prefix: str, files: Files) -> Iterator[Page]:
    """A page of a browser of its own; skips the test where Chromium is not installed."""
    program = shutil.which("chromium")
    if program is None:
        pytest.skip("Chromium is not installed; on Debian: apt install chromium")
    process = subprocess.Popen(
        [program, *_FLAGS, f"--user-data-dir={profile}", "about:blank"],
        env={**os.environ, "HOME": str(profile)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        with connect(_address(profile / "DevToolsActivePort"), max_size=None) as socket:
            yield Page(socket, prefix, files)
    finally:
        process.kill()
        process.wait()


def _address(told: Path) -> str:
    """The first page's; `told` is written by Chromium when it is ready."""
    deadline = time.monotonic() + _READY_WITHIN_S
    while not (told.exists() and told.read_text().count("\n")):
        assert time.monotonic() < deadline, "Chromium did not start."
        time.sleep(0.05)
    port = told.read_text().splitlines()[0]
    targets = urllib3.request("GET", f"http://127.0.0.1:{port}/json/list").json()
    (address,) = (each["webSocketDebuggerUrl"] for each in targets if each["type"] == "page")
    return str(address)
