"""Pipeline: a task has failed at every delivery; the session says so."""

from __future__ import annotations

from functools import partial

from shared.domain.session import Session
from shared.domain.upload import Fault

from .access import load_upload
from .analyze_window import window_path
from .open_uploads import waits_for_bytes
from .ports import Ports, PushMessage, Transaction
from .receive_upload import blob_place, forget_orphan
from .record_failure import record_failure
from .settle_upload import refuse_upload
from .transcription import transcription_from_document, transcription_path

FAULT = Fault(
    "analysis_incomplete",
    "The analysis could not be finished. What was found until then is kept; "
    "you can ask for a new analysis.",
)
UNCHECKED = Fault(
    "upload_unchecked", "What was sent could not be checked, and was not kept. Send it again."
)


def record_dead_letter(ports: Ports, message: PushMessage) -> None:
    """Fails the analysis that the task was part of, if its work is still to be done.

    Raises:
        NotReady: for a blob that may still be registered.
    """
    place = blob_place(message)
    if place is not None:
        _refuse_unchecked(ports, place)
        if not forget_orphan(ports, message, place):
            record_failure(ports, place[0], None, FAULT, partial(_is_uncut, place[1]))
        return
    data = message.data
    if "window" in data:
        undone = partial(_is_unwritten, data["upload_id"], data["window"])
        record_failure(ports, data["session_id"], data["revision"], FAULT, undone)
    elif "upload_id" in data:
        undone = partial(_is_unheard, data["upload_id"], data.get("chunk"))
        # A transcription belongs to its upload, whichever revision waits for it.
        record_failure(ports, data["session_id"], data.get("revision"), FAULT, undone)


def _refuse_unchecked(ports: Ports, place: tuple[str, str]) -> None:
    upload = load_upload(ports.documents, *place)
    if upload is not None and waits_for_bytes(upload):
        refuse_upload(ports, upload, UNCHECKED)


def _is_uncut(upload_id: str, transaction: Transaction, session: Session) -> bool:
    part = session.analysis.parts.get(upload_id)
    return part is not None and part.windows is None and part.fault is None


def _is_unheard(
    upload_id: str, chunk: int | None, transaction: Transaction, session: Session
) -> bool:
    state = transcription_from_document(transaction.get(transcription_path(session.id, upload_id)))
    return _is_uncut(upload_id, transaction, session) and not (state and chunk in state.done)


def _is_unwritten(upload_id: str, number: int, transaction: Transaction, session: Session) -> bool:
    path = window_path(session.id, session.analysis.revision, upload_id, number)
    return transaction.get(path) is None
