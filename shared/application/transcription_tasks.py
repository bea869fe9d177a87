"""The tasks of a transcription. Publishing one again costs a few reads and changes nothing."""

from __future__ import annotations

from .ports import Ports
from .transcription import Ongoing, find_ongoing

RECORDINGS = "recordings"
CHUNKS = "chunks"
VOICES = "voices"
ASSEMBLIES = "assemblies"


def publish_missing(ports: Ports, ongoing: Ongoing) -> None:
    """Whatever is still to be done before the upload has a transcript."""
    upload, state = ongoing.upload, ongoing.transcription
    if state is None:
        publish_recording(ports, upload.session_id, upload.id)
        return
    if state.complete:
        _publish(ports, ASSEMBLIES, upload.session_id, upload.id)
        return
    for number in state.missing:
        _publish(ports, CHUNKS, upload.session_id, upload.id, chunk=number)
    if not state.voices_told:
        _publish(ports, VOICES, upload.session_id, upload.id)


def publish_recording(ports: Ports, session_id: str, upload_id: str) -> None:
    """The task that begins to transcribe a recording, or goes on with what a crash left."""
    _publish(ports, RECORDINGS, session_id, upload_id)


def publish_assembly_if_complete(ports: Ports, session_id: str, upload_id: str) -> None:
    """The task that puts the transcript together, once all that it needs is there."""
    ongoing = find_ongoing(ports.documents, session_id, upload_id)
    if ongoing is not None and ongoing.transcription and ongoing.transcription.complete:
        _publish(ports, ASSEMBLIES, session_id, upload_id)


def _publish(ports: Ports, topic: str, session_id: str, upload_id: str, **rest: int) -> None:
    ports.tasks.publish(topic, {"session_id": session_id, "upload_id": upload_id, **rest})
