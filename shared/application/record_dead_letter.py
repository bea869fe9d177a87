"""Pipeline: a task has failed at every delivery; the session says so."""

from __future__ import annotations

from shared.domain.upload import Fault

from .ports import Ports, PushMessage
from .record_failure import record_failure

FAULT = Fault(
    "analysis_incomplete",
    "The analysis could not be finished. What was found until then is kept; "
    "you can ask for a new analysis.",
)


def record_dead_letter(ports: Ports, message: PushMessage) -> None:
    """Fails the analysis that the task was part of, if it is still the current one."""
    session_id = _session_id(message)
    if session_id is not None:
        record_failure(ports, session_id, message.data.get("revision"), FAULT)


def _session_id(message: PushMessage) -> str | None:
    if "objectId" in message.attributes:
        parts = message.attributes["objectId"].split("/")
        return parts[1] if len(parts) == 4 else None
    session_id = message.data.get("session_id")
    return session_id if isinstance(session_id, str) else None
