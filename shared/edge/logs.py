"""One JSON object per log line, with the field names that Cloud Logging knows.

What people said, titles, names and tokens never reach a line: a line carries only what is named
here, and of an exception its type and where it was raised, not its message.
"""

from __future__ import annotations

import json
import logging
import sys
import time
import traceback
from typing import Any, Final

from .correlation import Correlation, current

_ROOT: Final = "shared"


class JsonFormatter(logging.Formatter):
    """Renders a record as Cloud Logging's structured payload.

    Source: Cloud Logging, "Structured logging", special fields in the JSON payload.

    Args:
        project: Google Cloud project that traces belong to.
    """

    def __init__(self, project: str) -> None:
        super().__init__()
        self._project = project

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "severity": record.levelname,
            "message": record.getMessage(),
            "time": f"{self.formatTime(record, '%Y-%m-%dT%H:%M:%S')}.{int(record.msecs):03d}Z",
            "logger": record.name,
            **self._correlation(current.get()),
            **getattr(record, "fields", {}),
        }
        if record.exc_info and record.exc_info[1] is not None:
            line["stack_trace"] = describe(record.exc_info[1])
        return json.dumps(line, default=str)

    def _correlation(self, correlation: Correlation | None) -> dict[str, Any]:
        if correlation is None:
            return {}
        fields: dict[str, Any] = {"request_id": correlation.request_id}
        if correlation.trace_id:
            fields["logging.googleapis.com/trace"] = (
                f"projects/{self._project}/traces/{correlation.trace_id}"
            )
            fields["logging.googleapis.com/trace_sampled"] = correlation.sampled
        if correlation.span_id:
            fields["logging.googleapis.com/spanId"] = correlation.span_id
        return fields


def describe(error: BaseException) -> str:
    """The stack of `error` and of what caused it: places and types, no messages and no values."""
    parts: list[str] = []
    link: BaseException | None = error
    while link is not None and len(parts) < 5:
        frames = "".join(traceback.format_tb(link.__traceback__))
        parts.append(
            f"Traceback (most recent call last):\n{frames}"
            f"{type(link).__module__}.{type(link).__qualname__}"
        )
        link = link.__cause__ or (None if link.__suppress_context__ else link.__context__)
    return "\n\ncaused by\n".join(parts)


class _Output(logging.StreamHandler[Any]):
    """Writes to whatever stdout is at the time; Cloud Run reads it."""

    def emit(self, record: logging.LogRecord) -> None:
        self.stream = sys.stdout
        super().emit(record)


def configure(level: str, project: str) -> None:
    """Sends every line of this code base to stdout as JSON. Calling it again replaces the former.

    Args:
        level: the lowest severity that is written.
    """
    handler = _Output()
    formatter = JsonFormatter(project)
    formatter.converter = time.gmtime
    handler.setFormatter(formatter)
    ours = logging.getLogger(_ROOT)
    ours.handlers, ours.propagate = [handler], False
    ours.setLevel(level)
    # It logs pieces of the bodies that it cannot parse.
    logging.getLogger("python_multipart").setLevel(logging.CRITICAL)
