"""Pipeline, second step: find the elements of one window and write them, exactly once.

The one transaction at the end carries all guarantees: the session lives, the revision is the
current one, the window is not written yet; then the window, its events and the progress are
written together. Everything before it is only work that may be done twice.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import astuple
from typing import Any

from shared.domain.analysis_settings import analysis_settings
from shared.domain.elements import Elements, Provenance
from shared.domain.errors import InsightError
from shared.domain.events import EventType
from shared.domain.session import AnalysisStatus, Session, record_window
from shared.domain.upload import Fault, Upload
from shared.domain.window import Window, reliable_part

from .access import load_living, load_upload, save, session_path
from .complete_analysis import complete_if_settled
from .element_records import (
    Record,
    elements_from_record,
    elements_to_record,
    highlights_to_record,
    segment_to_record,
    window_to_record,
)
from .ports import Ports, PushMessage, Transaction
from .record_failure import record_failure
from .stream import News, append, news_of_elements, progress_of
from .transcript_store import read_window
from .unread_languages import unread_language


def analyze_window(ports: Ports, message: PushMessage) -> None:
    """Analyses one window and, if it was the last, completes the session.

    Returns, so that the task is acknowledged, only when the window is written, superseded or
    deleted.
    """
    session_id, revision = message.data["session_id"], message.data["revision"]
    upload_id, number = message.data["upload_id"], message.data["window"]
    session = load_living(ports.documents, session_id)
    if session is None:
        return
    path = window_path(session_id, revision, upload_id, number)
    if _is_open(session, upload_id, revision) and ports.documents.get(path) is None:
        _analyze(ports, session, upload_id, number, path)
    complete_if_settled(ports, session_id, revision)


def window_path(session_id: str, revision: int, upload_id: str, number: int) -> str:
    """Path of a window's document."""
    return f"{session_path(session_id)}/windows/{revision}-{upload_id}-{number}"


def _is_open(session: Session, upload_id: str, revision: int) -> bool:
    analysis = session.analysis
    return (
        analysis.revision == revision
        and analysis.status is AnalysisStatus.PROCESSING
        and upload_id in analysis.parts
    )


def _analyze(ports: Ports, session: Session, upload_id: str, number: int, path: str) -> None:
    upload = load_upload(ports.documents, session.id, upload_id)
    if upload is None:
        return
    try:
        record = _find(ports, session, upload, number)
    except InsightError as error:
        if error.transient:
            raise
        # Another delivery would end the same: the session says why, and the task is done.
        record_failure(ports, session.id, session.analysis.revision, Fault.of(error))
        return
    ports.documents.transact(lambda tx: _write(tx, ports, session.id, path, record))


def _find(ports: Ports, session: Session, upload: Upload, number: int) -> dict[str, Any]:
    window = read_window(ports, upload, number)
    wanted = analysis_settings(session.analysis.settings)
    unread = unread_language(window, wanted, ports.analyzer)
    if unread is not None:
        return {**_window_record(session, upload, window, Elements()), "unread": unread}
    fingerprint = _fingerprint(ports.analyzer.provenance, session, window)
    found = _found_before(ports, session, upload, number, fingerprint)
    if found is None:
        heard = reliable_part(window)
        all_found = ports.analyzer.analyze(heard, session.date) if heard.segments else Elements()
        found = wanted.keep(all_found)
    return {**_window_record(session, upload, window, found), "fingerprint": fingerprint}


def _fingerprint(provenance: Provenance, session: Session, window: Window) -> str:
    """Of all that the elements of a window follow from: who finds them, in what, told what."""
    follows_from = [
        astuple(provenance),
        session.date.isoformat(),
        session.analysis.settings,
        window_to_record(window),
    ]
    text = json.dumps(follows_from, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def _found_before(
    ports: Ports, session: Session, upload: Upload, number: int, fingerprint: str
) -> Elements | None:
    analysis = session.analysis
    if not (analysis.reuse and analysis.published):
        return None
    path = window_path(session.id, analysis.published, upload.id, number)
    document = ports.documents.get(path)
    if document is None or document.data.get("fingerprint") != fingerprint:
        return None
    return elements_from_record(document.data["elements"], document.data["highlights"])


def _window_record(
    session: Session, upload: Upload, window: Window, found: Elements
) -> dict[str, Any]:
    segments = (*window.before, *window.segments, *window.after)
    return {
        "owner_id": session.owner_id,
        "revision": session.analysis.revision,
        "upload_id": upload.id,
        "number": window.number,
        "position": f"{upload.created_at.isoformat()}/{upload.id}/{window.number:06d}",
        "segments": [segment_to_record(segment) for segment in window.segments],
        "elements": elements_to_record(found, segments),
        "highlights": highlights_to_record(found, window.segments),
    }


def _write(
    transaction: Transaction, ports: Ports, session_id: str, path: str, record: dict[str, Any]
) -> None:
    session = load_living(transaction, session_id)
    written = transaction.get(path) is not None
    if written or session is None or not _is_open(session, record["upload_id"], record["revision"]):
        return
    now = ports.now()
    session = record_window(session, record["upload_id"], now, record.get("unread"))
    news = [progress_of(session)]
    if session.analysis.readable == record["revision"]:
        news = [_said(record), *news_of_elements(record["elements"], session), *news]
    transaction.create(path, {**record, "created_at": now})
    save(transaction, append(transaction, session, news, now), now)


def _said(record: Record) -> News:
    # One event for all segments of a window: one write, however many turns it has.
    segments = [
        {key: value for key, value in segment.items() if key != "asides"}
        | {"upload_id": record["upload_id"]}
        for segment in record["segments"]
    ]
    return EventType.TRANSCRIPT_SEGMENT, {"segments": segments}
