"""How a transcription ends: nothing stays that lay between a recording and its transcript."""

from __future__ import annotations

from shared.domain.errors import InsightError, TranscriberMissing
from shared.domain.upload import Fault, Upload

from .access import forget, load_upload
from .ports import Ports
from .speech_ports import Transcriber
from .transcription import (
    Ongoing,
    erase_speech,
    find_ongoing,
    transcription_from_document,
    transcription_path,
)
from .upload_outcome import record_fault


def transcriber_of(ports: Ports) -> Transcriber:
    """The engine. Raises `TranscriberMissing`."""
    if ports.transcriber is None:
        raise TranscriberMissing
    return ports.transcriber


def fail_transcription(ports: Ports, ongoing: Ongoing, fault: Fault) -> None:
    """The recording can never be transcribed: its upload says why."""
    upload = ongoing.upload
    record_fault(ports, upload, fault, ongoing.session.analysis.revision)
    # A new revision that has begun meanwhile goes on with it, and finds out by itself.
    if find_ongoing(ports.documents, upload.session_id, upload.id) is None:
        end_transcription(ports, upload)


def fail_unless_transient(ports: Ports, ongoing: Ongoing, error: InsightError) -> None:
    """The error ends the transcription; it is raised again if another delivery may fare better."""
    if error.transient:
        raise error
    fail_transcription(ports, ongoing, Fault.of(error))


def end_transcription(ports: Ports, upload: Upload) -> None:
    """Forgets the transcription and erases its blobs; running it again finishes the rest."""
    path = transcription_path(upload.session_id, upload.id)
    cancel_handles(ports, path)
    forget(ports.documents, path)
    erase_speech(ports.transcripts, upload)


def cancel_handles(ports: Ports, path: str) -> None:
    """Gives up what an engine elsewhere may still be doing for the transcription at `path`."""
    state = transcription_from_document(ports.documents.get(path))
    if state is None or ports.transcriber is None:
        return
    for handle in state.handles.values():
        ports.transcriber.cancel(handle)


def clear_up(ports: Ports, upload: Upload) -> None:
    """Erases what a late worker has stored for a transcription that is over or was deleted.

    One that has its document only rests, and goes on with the next analysis.
    """
    path = transcription_path(upload.session_id, upload.id)
    if ports.documents.get(path) is None:
        erase_speech(ports.transcripts, upload)


def clear_up_if_settled(ports: Ports, session_id: str, upload_id: str) -> None:
    """Finishes what a crash left of `end_transcription`.

    What failed before may be on its way again, by a new analysis: then it is left alone.
    """
    if find_ongoing(ports.documents, session_id, upload_id) is not None:
        return
    upload = load_upload(ports.documents, session_id, upload_id)
    if upload is not None and (upload.transcript is not None or upload.fault is not None):
        end_transcription(ports, upload)
