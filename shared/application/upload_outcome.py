"""What became of an upload is written: its transcript, or why there is none."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from shared.domain.session import AnalysisStatus, Part, Session, record_cut, record_part_fault
from shared.domain.upload import ContentType, Fault, TranscriptFacts, Upload, UploadState

from .access import load_living, load_upload, save, save_upload
from .complete_analysis import complete_if_settled
from .ports import Ports, Transaction
from .stream import append, progress_of

WINDOWS = "windows"


def open_part(session: Session | None, upload_id: str, revision: int) -> Part | None:
    """The upload's part of `revision`, None if that is superseded, settled or was never begun."""
    if session is None or session.analysis.revision != revision:
        return None
    part = session.analysis.parts.get(upload_id)
    processing = session.analysis.status is AnalysisStatus.PROCESSING
    return part if processing and part is not None and part.fault is None else None


def record_transcript(
    ports: Ports, upload: Upload, facts: TranscriptFacts, revision: int
) -> Part | None:
    """The upload has a transcript, which is stored and cut; telling it again changes nothing.

    Returns:
        The upload's part of `revision`; None if that is over.
    """
    read = {"state": UploadState.TRANSCRIBED, "transcript": facts, "fault": None}

    def work(transaction: Transaction) -> Part | None:
        session = load_living(transaction, upload.session_id)
        part = open_part(session, upload.id, revision)
        if session is None or part is None or part.windows is not None:
            return part
        now = ports.now()
        session = record_cut(session, upload.id, len(facts.window_ranges), now, facts.warnings)
        changed = _change(transaction, upload, read)
        session = append(transaction, session, [progress_of(session)], now)
        session = _with_recording(session, changed)
        return save(transaction, session, now).analysis.parts[upload.id]

    return ports.documents.transact(work)


def _with_recording(session: Session, upload: Upload) -> Session:
    # From now on the recording may go, if that is what the session's owner wants.
    listed = upload.id in session.recordings or upload.source_deleted_at is not None
    if listed or upload.type is ContentType.TEXT:
        return session
    return replace(session, recordings=(*session.recordings, upload.id))


def record_fault(ports: Ports, upload: Upload, fault: Fault, revision: int) -> Part | None:
    """The upload can never be read, and says why; what else the session has goes on.

    One that has a transcript by now stays as it is: another delivery was faster, and what this one
    missed was cleared up behind it.
    """
    failed = {"state": UploadState.FAILED, "fault": fault}

    def work(transaction: Transaction) -> Part | None:
        session = load_living(transaction, upload.session_id)
        part = open_part(session, upload.id, revision)
        if session is None or part is None or part.windows is not None:
            return None
        now = ports.now()
        session = record_part_fault(session, upload.id, fault, now)
        _change(transaction, upload, failed)
        session = append(transaction, session, [progress_of(session)], now)
        return save(transaction, session, now).analysis.parts[upload.id]

    part = ports.documents.transact(work)
    complete_if_settled(ports, upload.session_id, revision)
    return part


def _change(transaction: Transaction, upload: Upload, changes: Mapping[str, Any]) -> Upload:
    """Changes the upload as it is now: others may have written it since it was read."""
    before = load_upload(transaction, upload.session_id, upload.id) or upload
    changed = replace(before, **changes)
    save_upload(transaction, changed)
    return changed


def publish_windows(
    ports: Ports, session_id: str, upload_id: str, revision: int, numbers: range | list[int]
) -> None:
    """One task for each window; what is written already costs its task one read."""
    for number in numbers:
        ports.tasks.publish(
            WINDOWS,
            {
                "session_id": session_id,
                "upload_id": upload_id,
                "revision": revision,
                "window": number,
            },
        )
