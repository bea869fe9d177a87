"""Files that go straight into storage, piece by piece, and go on after whatever stopped them.

Protocol: https://cloud.google.com/storage/docs/performing-resumable-uploads
"""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from typing import IO, Final, Self

import httpx

from .content import Content, Progress, opened, size_of
from .errors import ConnectionFailed, ContentDiffers, UploadCancelled, error_of
from .retry import Retry, seconds_of
from .transport import Transport, json_of
from .wire import BeginUpload, BegunUpload, ContentType

# A multiple of 256 KiB. A piece that is lost is sent again.
PIECE_BYTES: Final = 8 * 1024 * 1024
_READ_BYTES: Final = 64 * 1024
_TRANSIENT: Final = frozenset({408, 429, 500, 502, 503, 504})
# Patient beyond the half minute after which a service gives up a connection that died silently.
PATIENT: Final = Retry(attempts=12)
_TYPES: Final = {
    **dict.fromkeys(("m4a", "m4b"), "audio/mp4"),
    **dict.fromkeys(("ogg", "oga"), "audio/ogg"),
    **dict.fromkeys(("aif", "aiff"), "audio/aiff"),
    **dict.fromkeys(("mp4", "m4v"), "video/mp4"),
    **dict.fromkeys(("mpg", "mpeg"), "video/mpeg"),
    **dict.fromkeys(("md", "markdown"), "text/markdown"),
    "aac": "audio/aac",
    "amr": "audio/amr",
    "caf": "audio/x-caf",
    "flac": "audio/flac",
    "mp3": "audio/mpeg",
    "opus": "audio/opus",
    "wav": "audio/wav",
    "weba": "audio/webm",
    "wma": "audio/x-ms-wma",
    "3gp": "video/3gpp",
    "avi": "video/x-msvideo",
    "flv": "video/x-flv",
    "mkv": "video/x-matroska",
    "mov": "video/quicktime",
    "ts": "video/mp2t",
    "webm": "video/webm",
    "wmv": "video/x-ms-wmv",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "json": "application/json",
    "pdf": "application/pdf",
    "srt": "application/x-subrip",
    "txt": "text/plain",
    "vtt": "text/vtt",
}


@dataclass(frozen=True, slots=True)
class UploadHandle:
    """What it takes to go on with an upload, in this process or another.

    Attributes:
        url: where the bytes go. Whoever has it can write this upload: keep the handle as a
            password is kept, and forget it when the upload is done.
        size, checksum: of the file, by which it is known again.
        expires_at: ISO 8601; after that nothing of it is left.
    """

    session_id: str
    upload_id: str
    url: str = field(repr=False)
    filename: str
    size: int
    checksum: str
    expires_at: str

    @classmethod
    def of(cls, body: BeginUpload, begun: BegunUpload) -> Self:
        """What was announced, and what came back."""
        return cls(
            session_id=begun["upload"]["session_id"],
            upload_id=begun["upload"]["id"],
            url=begun["upload_session"]["url"],
            filename=body["filename"],
            size=body["size"],
            checksum=body["checksum"] or "",
            expires_at=begun["upload_session"]["expires_at"],
        )

    def to_json(self) -> str:
        """As text, to be kept where secrets are."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Out of what `to_json` made."""
        return cls(**json.loads(text))


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """A file's size in bytes, and its `sha256:` and 64 digits."""

    size: int
    checksum: str

    @classmethod
    def of(cls, file: IO[bytes]) -> Self:
        """Reads the whole file once."""
        size = size_of(file)
        digest = hashlib.file_digest(file, "sha256")  # type: ignore[arg-type]
        return cls(size, f"sha256:{digest.hexdigest()}")


def announcement(
    content: Content, type: ContentType | None, filename: str | None, content_type: str | None
) -> BeginUpload:
    """What is said of a file before it is sent; it is read once. Arguments as `begin_upload` has.

    Raises:
        ValueError: the name does not tell the content type.
    """
    with opened(content, filename, None) as (name, file):
        fingerprint = Fingerprint.of(file)
    media_type = content_type or content_type_of(name)
    if media_type is None:
        raise ValueError("The file's name does not tell its type: give content_type.")
    announced: BeginUpload = {
        "filename": name,
        "size": fingerprint.size,
        "content_type": media_type,
        "checksum": fingerprint.checksum,
    }
    return announced if type is None else {**announced, "type": type}


def content_type_of(filename: str) -> str | None:
    """The media type that a file's name tells, None if it tells none."""
    return _TYPES.get(filename.rpartition(".")[2].lower())


class ResumableUpload:
    """One file on its way. `SessionService.begin_upload` and `resume_upload` make it.

    Attributes:
        handle: keep it, and `resume_upload` goes on with it.
    """

    def __init__(
        self,
        handle: UploadHandle,
        content: Content,
        transport: Transport,
        retry: Retry | None = None,
    ) -> None:
        self.handle = handle
        self._content = content
        self._transport = transport
        self._retry = retry or PATIENT
        self._stopped = threading.Event()

    def send(self, on_progress: Progress | None = None) -> None:
        """Sends what storage has not got yet; goes on by itself after lost connections.

        Args:
            on_progress: called with the bytes handed to the network, and all; it steps back where
                a piece has to be sent again.

        Raises:
            ContentDiffers: the file is not the one that the upload was begun with.
            NotFound: the upload has expired, or was cancelled.
            ConnectionFailed: storage could not be reached for long; `send` may be called again.
            UploadCancelled: `stop` was called.
        """
        with opened(self._content, self.handle.filename, None) as (_, file):
            self._require_same(Fingerprint.of(file))
            self._send(file, on_progress or _nothing)

    def stop(self) -> None:
        """Ends `send`, from another thread, soon. What was sent is kept: it may be resumed."""
        self._stopped.set()

    def _require_same(self, found: Fingerprint) -> None:
        if found != Fingerprint(self.handle.size, self.handle.checksum):
            raise ContentDiffers("The file has changed since its upload began.")

    def _send(self, file: IO[bytes], told: Progress) -> None:
        kept: int | None = None
        furthest, failures = -1, 0
        while True:
            asked = kept is None
            answer = self._ask() if kept is None else self._put(file, kept, told)
            if answer is not None and answer.status_code in (200, 201):
                told(self.handle.size, self.handle.size)
                return
            kept = _kept(answer)
            if kept is not None:
                told(kept, self.handle.size)
                if kept > furthest:
                    furthest, failures = kept, 0
                    continue
            if kept is None or not asked:
                failures += 1
                self._wait(answer, failures)

    def _ask(self) -> httpx.Response | None:
        return self._attempt(f"bytes */{self.handle.size}", b"")

    def _put(self, file: IO[bytes], start: int, told: Progress) -> httpx.Response | None:
        end = min(start + PIECE_BYTES, self.handle.size)
        file.seek(start)
        span = f"bytes {start}-{end - 1}/{self.handle.size}"
        pieces = self._pieces(file, end, lambda position: told(position, self.handle.size))
        return self._attempt(span, pieces, {"Content-Length": str(end - start)})

    def _pieces(self, file: IO[bytes], end: int, told: Callable[[int], object]) -> Iterator[bytes]:
        while (left := end - file.tell()) > 0:
            self._require_going()
            yield file.read(min(left, _READ_BYTES))
            told(file.tell())

    def _attempt(
        self, span: str, content: bytes | Iterator[bytes], headers: dict[str, str] | None = None
    ) -> httpx.Response | None:
        self._require_going()
        sent = {"Content-Range": span, **(headers or {})}
        # No token goes there: the URL itself is what lets write.
        answer, _ = self._transport.attempt("PUT", self.handle.url, sent, content=content)
        return answer

    def _require_going(self) -> None:
        if self._stopped.is_set():
            raise UploadCancelled("The upload was stopped.")

    def _wait(self, answer: httpx.Response | None, failures: int) -> None:
        status = None if answer is None else answer.status_code
        if answer is not None and status is not None and status >= 400 and status not in _TRANSIENT:
            raise error_of(status, json_of(answer), attempts=failures)
        retry_after = None if answer is None else answer.headers.get("Retry-After")
        delay_s = self._retry.delay_s(failures, seconds_of(retry_after))
        if delay_s is None:
            raise ConnectionFailed(f"Storage could not be reached in {failures} attempts.")
        self._transport.sleep(delay_s)


def _kept(answer: httpx.Response | None) -> int | None:
    """Storage has the bytes [0, this); None if it did not say."""
    if answer is None or answer.status_code != 308:
        return None
    span = answer.headers.get("Range")
    return int(span.rsplit("-", 1)[1]) + 1 if span else 0


def _nothing(*_: int) -> None:
    pass
