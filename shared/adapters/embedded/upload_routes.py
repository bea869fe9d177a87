"""Upload sessions over HTTP, by the protocol of Cloud Storage's resumable uploads.

Source: https://cloud.google.com/storage/docs/performing-resumable-uploads. A `PUT` with
`Content-Range: bytes 0-524287/2000000` sends a piece, `bytes */2000000` asks how far it is,
`DELETE` cancels (499). 308 with `Range: bytes=0-524287` says what is on the disk; without `Range`,
nothing is. Pieces before the last are multiples of 256 KiB.

Digests (RFC 9530): `Content-Digest` of a piece; with the last one, `Repr-Digest` of the whole or
`X-Goog-Hash: md5=`. What does not match is not kept. CRC32C cannot be checked here and is refused.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
import threading
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from werkzeug.wrappers import Request, Response

from shared.domain.digests import MalformedDigest, sha256_of_field
from shared.domain.errors import AlreadyExists, Unavailable

from .upload_sessions import (
    CHUNK_MULTIPLE_BYTES,
    UPLOADS_PATH,
    Draft,
    SessionEnded,
    UploadSession,
    UploadSessions,
)

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

_READ_BYTES: Final = 256 * 1024
# What a kill costs at most; a sync of it takes a disk some ten milliseconds.
_KEEP_EVERY_BYTES: Final = 8 * 1024 * 1024
_RANGE: Final = re.compile(r"bytes (?:(\d{1,15})-(\d{1,15})|\*)/(\d{1,15}|\*)")
_ALLOWED: Final = "DELETE, OPTIONS, PUT"
_HEADERS: Final = "Content-Digest, Content-Range, Content-Type, Repr-Digest, X-Goog-Hash"
_INCOMPLETE, _CANCELLED = 308, 499
_RETRY_AFTER_S: Final = 2


class Refused(Exception):
    """A request that cannot be done.

    Args:
        status: of HTTP.
    """

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.message = message


@dataclass(frozen=True, slots=True)
class Span:
    """What a `PUT` carries: the bytes [start, end), or a question where `start` is None."""

    start: int | None
    end: int
    total: int | None

    @classmethod
    def of(cls, content_range: str | None, length: int) -> Span:
        """Raises `Refused` for a range that is malformed or not as long as the content."""
        if content_range is None:
            return cls(0, length, length)
        found = _RANGE.fullmatch(content_range)
        if found is None:
            raise Refused(400, "Content-Range is malformed.")
        total = None if found[3] == "*" else int(found[3])
        if found[1] is None:
            if length:
                raise Refused(400, "A request that asks how far an upload is has no content.")
            return cls(None, 0, total)
        start, end = int(found[1]), int(found[2]) + 1
        if end - start != length or length == 0:
            raise Refused(400, "Content-Range is not as long as the content.")
        return cls(start, end, total)


class UploadRoutes:
    """WSGI application for what lies below `UPLOADS_PATH`.

    Args:
        writers: requests that may send at the same time, in this process; others are told to come
            later, so that slow senders cannot take all of its threads.
    """

    def __init__(self, sessions: UploadSessions, writers: int) -> None:
        self._sessions = sessions
        self._writers = threading.BoundedSemaphore(writers)

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        answer: WSGIApplication = self._answer(Request(environ, populate_request=False))
        return answer(environ, start_response)

    def _answer(self, request: Request) -> Response:
        token = request.path.removeprefix(UPLOADS_PATH)
        cors: Mapping[str, str] = {}
        try:
            session = self._sessions.find(token)
            cors = _cors(request, session)
            response = self._respond(request, token, session)
        except SessionEnded as ended:
            response = _problem(404, ended.message)
        except AlreadyExists as exists:
            self._sessions.cancel(token)
            response = _problem(412, exists.message)
        except Unavailable as busy:
            response = _problem(503, busy.message, {"Retry-After": str(_RETRY_AFTER_S)})
        except Refused as refused:
            response = _problem(refused.status, refused.message)
        response.headers.update({**cors, "Cache-Control": "no-store"})
        return response

    def _respond(self, request: Request, token: str, session: UploadSession) -> Response:
        if request.method == "OPTIONS":
            return Response(status=204, headers={"Allow": _ALLOWED})
        if request.method == "DELETE":
            self._sessions.cancel(token)
            return Response(status=_CANCELLED)
        if request.method != "PUT":
            return _problem(405, "Only PUT and DELETE are known here.", {"Allow": _ALLOWED})
        span = _span_of(request, session)
        if session.generation is not None:
            return _finished(session, session.generation)
        if span.start is None and session.received_bytes < session.size_bytes:
            return _progress(session.received_bytes)
        return self._receive(request, token, span)

    def _receive(self, request: Request, token: str, span: Span) -> Response:
        if not self._writers.acquire(blocking=False):
            raise Unavailable("Too many uploads are being received just now.")
        try:
            with self._sessions.writing(token) as draft:
                if draft.session.generation is not None:
                    return _finished(draft.session, draft.session.generation)
                if span.start is not None:
                    _take(request, draft, span.start, span.end)
                if draft.position < draft.session.size_bytes:
                    return _progress(draft.position)
                _check_whole(request, draft)
                return _finished(draft.session, draft.finish().generation)
        finally:
            self._writers.release()


def _span_of(request: Request, session: UploadSession) -> Span:
    if "Transfer-Encoding" in request.headers:
        raise Refused(411, "Content-Length is required.")
    # Without either there is no content (RFC 9112, section 6.3).
    span = Span.of(request.headers.get("Content-Range"), request.content_length or 0)
    if span.total not in (None, session.size_bytes):
        raise Refused(400, f"This upload has {session.size_bytes} bytes, and no other number.")
    if span.end > session.size_bytes:
        raise Refused(400, f"This upload ends after {session.size_bytes} bytes.")
    return span


def _take(request: Request, draft: Draft, start: int, end: int) -> None:
    """Adds what of the bytes [start, end) is new, and keeps it."""
    kept = draft.position
    if start > kept:
        raise Refused(400, f"The upload has {kept} bytes; this would leave a gap.")
    if end < draft.session.size_bytes and (end - start) % CHUNK_MULTIPLE_BYTES:
        raise Refused(400, "A piece other than the last must be a multiple of 256 KiB.")
    expected = _digest(request, "Content-Digest")
    sha256 = None if expected is None else hashlib.sha256()
    position = start
    for chunk in _chunks(request, end - start):
        if sha256 is not None:
            sha256.update(chunk)
        # What is kept already is passed over, as Cloud Storage does.
        draft.write(chunk[max(0, kept - position) :])
        position += len(chunk)
        if sha256 is None and draft.position - draft.kept >= _KEEP_EVERY_BYTES:
            draft.keep()
    _settle(draft, kept, is_whole=position == end, matches=_matches(sha256, expected))


def _matches(sha256: hashlib._Hash | None, expected: bytes | None) -> bool:
    return sha256 is None or sha256.digest() == expected


def _settle(draft: Draft, before: int, *, is_whole: bool, matches: bool) -> None:
    if not matches:
        # Nothing is kept of a piece that is not, or cannot be, checked.
        draft.rewind(before)
        if is_whole:
            raise Refused(400, "The piece is not the one that its Content-Digest was made of.")
    elif not is_whole:
        # Of any other its whole steps are, as Cloud Storage does.
        steps = draft.position - draft.position % CHUNK_MULTIPLE_BYTES
        draft.rewind(max(draft.kept, steps))
    if draft.kept < draft.position < draft.session.size_bytes:
        draft.keep()


def _chunks(request: Request, length: int) -> Iterator[bytes]:
    """The content as it comes, as far as it comes."""
    left = length
    while left and (chunk := _read(request, min(left, _READ_BYTES))):
        left -= len(chunk)
        yield chunk


def _read(request: Request, size: int) -> bytes:
    try:
        return request.stream.read(size)
    # WSGI names no exception for a client that is gone or silent, and each server has its own.
    except Exception:
        return b""


def _check_whole(request: Request, draft: Draft) -> None:
    expected = {"sha256": _digest(request, "Repr-Digest"), "md5": _md5(request)}
    for algorithm, digest in expected.items():
        if digest is not None and draft.digest(algorithm) != digest:
            draft.discard()
            raise Refused(400, "The upload is not the one that its digest was made of; start anew.")


def _digest(request: Request, field: str) -> bytes | None:
    try:
        return sha256_of_field(request.headers.get(field))
    except MalformedDigest:
        raise Refused(400, f"{field} is malformed.") from None


def _md5(request: Request) -> bytes | None:
    given = dict(
        pair.strip().partition("=")[::2]
        for pair in request.headers.get("X-Goog-Hash", "").split(",")
        if pair.strip()
    )
    if given.keys() - {"md5"}:
        raise Refused(400, "X-Goog-Hash: only md5 can be checked here; or send Repr-Digest.")
    try:
        return base64.b64decode(given["md5"], validate=True) if given else None
    # A header may hold more than ASCII, for which it is no `binascii.Error`.
    except ValueError:
        raise Refused(400, "X-Goog-Hash is malformed.") from None


def _cors(request: Request, session: UploadSession) -> dict[str, str]:
    if session.origin is None:
        return {}
    if request.headers.get("Origin") != session.origin:
        return {"Vary": "Origin"}
    return {
        "Vary": "Origin",
        "Access-Control-Allow-Origin": session.origin,
        "Access-Control-Allow-Methods": _ALLOWED,
        "Access-Control-Allow-Headers": _HEADERS,
        "Access-Control-Expose-Headers": "Range, Retry-After",
        "Access-Control-Max-Age": "7200",
    }


def _progress(kept_bytes: int) -> Response:
    headers = {"Range": f"bytes=0-{kept_bytes - 1}"} if kept_bytes else {}
    return Response(status=_INCOMPLETE, headers=headers)


def _finished(session: UploadSession, generation: str) -> Response:
    resource = {
        "kind": "storage#object",
        "size": str(session.size_bytes),
        "contentType": session.content_type,
        "generation": generation,
    }
    return Response(json.dumps(resource), 200, content_type="application/json")


def _problem(status: int, message: str, headers: Mapping[str, str] | None = None) -> Response:
    body = json.dumps({"error": {"code": status, "message": message}})
    return Response(body, status, headers, content_type="application/json")
