"""Ids that tie a request to its log lines and to the trace it belongs to."""

from __future__ import annotations

import re
import secrets
from contextvars import ContextVar
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from werkzeug.datastructures import Headers

_REQUEST_ID: Final = re.compile(r"[A-Za-z0-9._-]{1,128}")
# W3C Trace Context, section 3.2.2.
_TRACEPARENT: Final = re.compile(r"[0-9a-f]{2}-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?")
# Google Cloud, "Trace context": TRACE_ID/SPAN_ID;o=OPTIONS.
_CLOUD_TRACE: Final = re.compile(r"([0-9a-f]{32})(?:/(\d{1,20}))?(?:;o=(\d))?")


@dataclass(frozen=True, slots=True)
class Correlation:
    """A request's id and, where the caller sent one, its trace.

    Attributes:
        trace_id: 32 hexadecimal digits.
        span_id: 16 hexadecimal digits.
    """

    request_id: str
    trace_id: str | None = None
    span_id: str | None = None
    sampled: bool = False


current: ContextVar[Correlation | None] = ContextVar("correlation", default=None)


def correlate(headers: Headers) -> Correlation:
    """Takes over the caller's ids where they are well-formed; makes a request id where not."""
    given = headers.get("X-Request-Id", "")
    request_id = given if _REQUEST_ID.fullmatch(given) else secrets.token_hex(16)
    if found := _TRACEPARENT.fullmatch(headers.get("traceparent", "")):
        trace_id, span_id, flags, _ = found.groups()
        if int(trace_id, 16) and int(span_id, 16):
            return Correlation(request_id, trace_id, span_id, bool(int(flags, 16) & 1))
    if found := _CLOUD_TRACE.fullmatch(headers.get("X-Cloud-Trace-Context", "")):
        trace_id, span, option = found.groups()
        span_id = f"{int(span) % 2**64:016x}" if span else None
        return Correlation(request_id, trace_id, span_id, option == "1")
    return Correlation(request_id)
