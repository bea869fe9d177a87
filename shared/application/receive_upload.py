"""Pipeline, first step: check what was stored, read its transcript, cut it into windows.

Started by a blob's notification, or by a task of topic `analyses` for a new revision. Running it
again finishes what a crash left and changes nothing else.
"""

from __future__ import annotations

import hashlib
from datetime import timedelta

from shared.domain.errors import ContentChanged, NotFound, NotReady, TranscriptUnreadable
from shared.domain.session import Part
from shared.domain.upload import ContentType, Fault, TranscriptFacts, Upload

from .access import is_tombstone, load_living, load_upload, session_path
from .open_uploads import waits_for_bytes
from .ports import Ports, PushMessage
from .settle_upload import settle_upload
from .transcript_store import write_transcript
from .transcription_tasks import publish_recording
from .upload_outcome import open_part, publish_windows, record_fault, record_transcript

# A function that stored a blob registers it within its own timeout, or never.
ORPHANED_AFTER = timedelta(minutes=10)


def receive_upload(ports: Ports, message: PushMessage) -> None:
    """Takes one upload as far as its windows' tasks.

    Raises:
        NotReady: if the blob is not registered yet; redelivery will find it.
    """
    if "eventType" in message.attributes:
        _receive_blob(ports, message)
    else:
        data = message.data
        _analyze_upload(ports, data["session_id"], data["upload_id"], data["revision"])


def _receive_blob(ports: Ports, message: PushMessage) -> None:
    place = blob_place(message)
    if place is None:
        return
    path, generation = message.attributes["objectId"], message.attributes["objectGeneration"]
    settle_upload(ports, load_upload(ports.documents, *place), path, generation)
    if not forget_orphan(ports, message, place):
        session_id, upload_id = place
        session = load_living(ports.documents, session_id)
        if session is not None:
            _analyze_upload(ports, session_id, upload_id, session.analysis.revision)


def blob_place(message: PushMessage) -> tuple[str, str] | None:
    """Session and upload that a blob's notification speaks of; None if it is no such message."""
    parts = message.attributes.get("objectId", "").split("/")
    if message.attributes.get("eventType") != "OBJECT_FINALIZE" or len(parts) != 4:
        return None
    return parts[1], parts[2]


def forget_orphan(ports: Ports, message: PushMessage, place: tuple[str, str]) -> bool:
    """Erases the notified blob if no upload has it and none will; whether no upload has it.

    Args:
        place: what `blob_place` told of the message.

    Raises:
        NotReady: while the function that stored it may still register it.
    """
    path, generation = message.attributes["objectId"], message.attributes["objectGeneration"]
    upload = load_upload(ports.documents, *place)
    if upload is not None and (upload.source_path, upload.generation) == (path, generation):
        return False
    # One that was refused takes no blob any more.
    hopeless = upload is not None and not waits_for_bytes(upload)
    session = ports.documents.get(session_path(place[0]))
    deleted = session is not None and is_tombstone(session)
    in_time = ports.now() - message.published_at < ORPHANED_AFTER
    if in_time and not (deleted or hopeless) and ports.uploads.stat(path) is not None:
        raise NotReady("The blob is not registered yet.")
    ports.uploads.delete(path, generation=generation)
    return True


def _analyze_upload(ports: Ports, session_id: str, upload_id: str, revision: int) -> None:
    session = load_living(ports.documents, session_id)
    upload = load_upload(ports.documents, session_id, upload_id)
    part = open_part(session, upload_id, revision)
    if session is None or upload is None or part is None:
        return
    if part.windows is None:
        if upload.fault is not None and not upload.generation:
            # It was refused; nothing of it is there to be read again.
            record_fault(ports, upload, upload.fault, revision)
            return
        if upload.transcript is None and upload.type is not ContentType.TEXT:
            publish_recording(ports, session_id, upload_id)
            return
        part = _read_and_cut(ports, upload, revision)
    if part is not None and part.windows is not None:
        publish_windows(ports, session_id, upload_id, revision, range(part.windows))


def _read_and_cut(ports: Ports, upload: Upload, revision: int) -> Part | None:
    try:
        facts = upload.transcript or _read(ports, upload)
    except (TranscriptUnreadable, ContentChanged, NotFound) as error:
        return record_fault(ports, upload, Fault.of(error), revision)
    return record_transcript(ports, upload, facts, revision)


def _read(ports: Ports, upload: Upload) -> TranscriptFacts:
    content = b"".join(ports.uploads.read(upload.source_path, generation=upload.generation))
    if hashlib.sha256(content).hexdigest() != upload.sha256:
        raise ContentChanged("The stored bytes are not those that were sent.")
    transcript = ports.reader.read(content, filename=upload.filename, upload_id=upload.id)
    return write_transcript(ports, upload, transcript)
