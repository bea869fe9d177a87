"""A resumable upload session of Cloud Storage, chunk by chunk.

The client library's own `BlobWriter` is not used: it publishes a blob when it is merely dropped,
does not tell the generation that it made, and gives up when the server kept less of a chunk than
was sent. Protocol: https://cloud.google.com/storage/docs/performing-resumable-uploads
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import suppress
from random import uniform
from time import monotonic, sleep
from typing import Any

from google.api_core.exceptions import from_http_status
from urllib3 import BaseHTTPResponse, HTTPHeaderDict, PoolManager
from urllib3.exceptions import HTTPError

from .failures import unavailable

# Chunks other than the last must be multiples of it ("Uploading chunks" on the page above).
CHUNK_MULTIPLE_BYTES = 256 * 1024
_FINISHED = (200, 201)
_INCOMPLETE = 308
_GONE = (404, 410)
_TRANSIENT = (408, 429, 500, 502, 503, 504)
_FIRST_PAUSE_S = 0.5
_LONGEST_PAUSE_S = 30.0


class ResumableUpload:
    """Sends to a session until the bytes are kept, however often the connection breaks.

    Args:
        session_url: the session's; it carries the permission to write, so it stays secret.
        http: connections; safe to share between threads.
        timeout_s: of one request, and how long a chunk is repeated.
    """

    def __init__(self, session_url: str, http: PoolManager, timeout_s: float) -> None:
        self._url = session_url
        self._http = http
        self._timeout_s = timeout_s
        self._kept = 0

    def send(self, chunk: bytes) -> None:
        """Adds `chunk`, a multiple of `CHUNK_MULTIPLE_BYTES`, to what the session holds.

        Raises:
            Unavailable: it could not be sent within `timeout_s`, or the session is gone.
        """
        self._deliver(chunk, "*", {})

    def finish(self, chunk: bytes, crc32c: str) -> Mapping[str, Any]:
        """Adds the last bytes and makes the blob visible.

        Args:
            crc32c: of the whole blob, in base64; the server refuses what does not match.

        Returns:
            The object's resource (https://cloud.google.com/storage/docs/json_api/v1/objects).

        Raises:
            Unavailable: as `send`. The blob may be visible nonetheless.
            google.api_core.exceptions.PreconditionFailed: the session's condition does not hold.
        """
        total = str(self._kept + len(chunk))
        answer = self._deliver(chunk, total, {"X-Goog-Hash": f"crc32c={crc32c}"})
        resource: Mapping[str, Any] = json.loads(answer.data)
        return resource

    def cancel(self) -> None:
        """Drops the session and what it holds; one that cannot be reached expires by itself."""
        with suppress(HTTPError):
            self._http.request("DELETE", self._url, timeout=self._timeout_s, retries=False)

    def end(self) -> None:
        """Drops the session, or finds that it has ended.

        Raises:
            Unavailable: it could not be reached.
        """
        try:
            answer = self._http.request("DELETE", self._url, timeout=self._timeout_s, retries=False)
        except HTTPError as error:
            raise unavailable("Cloud Storage") from error
        if answer.status in _TRANSIENT:
            raise unavailable("Cloud Storage")

    def _deliver(self, chunk: bytes, total: str, headers: Mapping[str, str]) -> BaseHTTPResponse:
        start, end = self._kept, self._kept + len(chunk)
        pauses = _pauses(self._timeout_s)
        while True:
            kept = self._kept
            taken = self._put(chunk[kept - start :], end, total, headers)
            if taken is None and self._kept == kept:
                self._pause(pauses)
                # Asks how much is kept, and finds out whether a lost answer said yes.
                taken = self._put(b"", end, total, headers)
            if taken is not None:
                return taken

    def _put(
        self, body: bytes, end: int, total: str, headers: Mapping[str, str]
    ) -> BaseHTTPResponse | None:
        """Sends `body`, which ends at `end`; the answer if nothing is left to send."""
        span = f"{end - len(body)}-{end - 1}" if body else "*"
        headers = {**headers, "Content-Range": f"bytes {span}/{total}"}
        try:
            answer = self._http.request(
                "PUT",
                self._url,
                body=body,
                headers=headers,
                timeout=self._timeout_s,
                retries=False,
                redirect=False,
            )
        except HTTPError:
            return None
        return answer if self._has_taken(answer, end, total) else None

    def _has_taken(self, answer: BaseHTTPResponse, end: int, total: str) -> bool:
        """Notes how much is kept; whether that is all that there is to send."""
        if answer.status in _TRANSIENT:
            return False
        if answer.status in _GONE:
            raise unavailable("The upload session of Cloud Storage")
        if answer.status not in (*_FINISHED, _INCOMPLETE):
            raise from_http_status(answer.status, _message(answer))  # type: ignore[no-untyped-call]
        if answer.status == _INCOMPLETE:
            self._kept = _kept_bytes(answer.headers)
            return self._kept == end and total == "*"
        self._kept = end
        return True

    @staticmethod
    def _pause(pauses: Iterator[float]) -> None:
        pause_s = next(pauses, None)
        if pause_s is None:
            raise unavailable("Cloud Storage")
        sleep(pause_s)


def _kept_bytes(headers: HTTPHeaderDict) -> int:
    """The session holds the bytes [0, this); without a Range header, none."""
    span = headers.get("Range")
    return int(span.rsplit("-", 1)[1]) + 1 if span else 0


def _message(answer: BaseHTTPResponse) -> str:
    return answer.data.decode(errors="replace")[:500]


def _pauses(limit_s: float) -> Iterator[float]:
    # Truncated exponential backoff with jitter:
    # https://cloud.google.com/storage/docs/retry-strategy#exponential-backoff
    until = monotonic() + limit_s
    pause_s = _FIRST_PAUSE_S
    while monotonic() < until:
        yield uniform(0.5, 1.0) * pause_s  # noqa: S311
        pause_s = min(_LONGEST_PAUSE_S, 2 * pause_s)
