"""Insight Journey's Sessions API for Python."""

from .auth import AuthService, Place
from .direct import ResumableUpload, UploadHandle
from .errors import (
    ApiError,
    Conflict,
    ConnectionFailed,
    ContentDiffers,
    InsightJourneyError,
    InvalidRequest,
    NotFound,
    NotSignedIn,
    PreconditionFailed,
    RateLimited,
    ServiceUnavailable,
    SessionGone,
    SignInFailed,
    StreamClosed,
    Unauthenticated,
    UploadCancelled,
)
from .events import Event, EventStream, Failure, Handlers, Reset
from .filters import CategoryFilter, StatusFilter, TimeFilter, TypeFilter
from .retry import Retry
from .sessions import SessionService
from .transport import Transport

__all__ = [
    "ApiError",
    "AuthService",
    "CategoryFilter",
    "Conflict",
    "ConnectionFailed",
    "ContentDiffers",
    "Event",
    "EventStream",
    "Failure",
    "Handlers",
    "InsightJourneyError",
    "InvalidRequest",
    "NotFound",
    "NotSignedIn",
    "Place",
    "PreconditionFailed",
    "RateLimited",
    "Reset",
    "ResumableUpload",
    "Retry",
    "ServiceUnavailable",
    "SessionGone",
    "SessionService",
    "SignInFailed",
    "StatusFilter",
    "StreamClosed",
    "TimeFilter",
    "Transport",
    "TypeFilter",
    "Unauthenticated",
    "UploadCancelled",
    "UploadHandle",
]
