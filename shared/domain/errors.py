"""The one tree of errors that the whole system raises.

Each class has a canonical `code`, stable for clients and logs; `shared.edge` maps the code to an
HTTP status and nowhere else is a status named. Messages are sentences for people; they never carry
transcript text, titles, names or tokens.
"""

from __future__ import annotations

from typing import ClassVar


class InsightError(Exception):
    """Root of every expected error.

    Args:
        message: a sentence that states the fact, safe to show to the caller.
        field: the request field that is wrong, in dotted form (`settings.language`).
    """

    code: ClassVar[str] = "internal"
    transient: ClassVar[bool] = False

    def __init__(self, message: str, *, field: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.field = field

    @property
    def fault_code(self) -> str:
        """What an upload or an analysis says that it failed with."""
        return self.code


class InvalidRequest(InsightError):
    """The request could not be read at all: broken JSON, a broken multipart body."""

    code = "invalid_request"


class InvalidArgument(InsightError):
    """The request was read, and one of its fields has a value that is not allowed."""

    code = "invalid_argument"


class TooLarge(InsightError):
    """A body, a file or a field is over its limit."""

    code = "too_large"


class UnsupportedContent(InsightError):
    """The bytes are of no type that the service takes."""

    code = "unsupported_content"


class Unauthenticated(InsightError):
    """No valid identity came with the request."""

    code = "unauthenticated"


class PermissionDenied(InsightError):
    """The caller is known and may not do this."""

    code = "permission_denied"


class NotFound(InsightError):
    """There is no such thing, or it is not the caller's: both answer alike."""

    code = "not_found"


class SessionNotFound(NotFound):
    """No session with this id belongs to the caller."""

    def __init__(self) -> None:
        super().__init__("There is no such session.")


class UploadNotFound(NotFound):
    """The session has no upload with this id."""

    def __init__(self) -> None:
        super().__init__("There is no such upload.")


class SegmentNotFound(NotFound):
    """The session's transcript has no segment with this id."""

    def __init__(self) -> None:
        super().__init__("There is no such segment in the transcript.")


class ElementNotFound(NotFound):
    """The session has no element with this id."""

    def __init__(self) -> None:
        super().__init__("There is no such element in this session.")


class RouteNotFound(NotFound):
    """No endpoint has this path."""

    def __init__(self) -> None:
        super().__init__("There is no such endpoint.")


class MethodNotAllowed(InsightError):
    """The endpoint exists and does not know this method."""

    code = "method_not_allowed"


class Conflict(InsightError):
    """The state of the session does not allow this."""

    code = "conflict"


class AlreadyExists(Conflict):
    """A document or blob stands where a new one was to be created."""

    code = "already_exists"


class PreconditionFailed(InsightError):
    """If-Match names another version than the current one."""

    code = "precondition_failed"


class IdempotencyKeyReused(InsightError):
    """The Idempotency-Key was used before, with another body."""

    code = "idempotency_key_reused"

    def __init__(self) -> None:
        super().__init__("This Idempotency-Key was used with another request.")


class ResourceExhausted(InsightError):
    """A quota or a rate limit is used up; waiting helps."""

    code = "resource_exhausted"
    transient = True


class Unavailable(InsightError):
    """A service below is not there just now; the same call may go through later."""

    code = "unavailable"
    transient = True


class NotReady(Unavailable):
    """What a message speaks of is not written yet; redelivery will find it."""

    code = "not_ready"


class TranscriptUnreadable(InsightError):
    """The content holds no transcript that can be read. Permanent.

    Args:
        reason: one of `binary`, `encoding`, `empty`, `malformed`, `encrypted`, `too_long`,
            `too_many_speakers`.
        message: a sentence that a person can act on.
    """

    code = "transcript_unreadable"

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(message)
        self.reason = reason


class RecordingRefused(InsightError):
    """The recording cannot be heard. Permanent.

    Args:
        reason: one of `shared.speech.media.MediaProblem`.
    """

    code = "recording_refused"

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(message)
        self.reason = reason

    @property
    def fault_code(self) -> str:
        """The reason, which says more."""
        return self.reason


class NoSpeech(InsightError):
    """Nobody is heard in the recording. Permanent."""

    code = "no_speech"

    def __init__(self) -> None:
        super().__init__("No speech was found in the recording.")


class TranscriberMissing(InsightError):
    """A recording was taken for transcription, and no engine is configured any more."""

    code = "transcriber_missing"

    def __init__(self) -> None:
        super().__init__("No transcription engine is set up on this service any more.")


class TranscriptionLost(InsightError):
    """The engine knows nothing of what it was given, any more."""

    code = "transcription_lost"


class TranscriptionFailed(InsightError):
    """The engine has answered that it cannot transcribe this recording. Permanent."""

    code = "transcription_failed"


class ContentChanged(InsightError):
    """The stored bytes are not those that were registered (size, checksum or generation)."""

    code = "content_changed"
