"""Pipeline: put a recording's words and voices together, and go on as with any transcript."""

from __future__ import annotations

from dataclasses import replace

from shared.domain.errors import NoSpeech
from shared.domain.upload import Fault, Upload
from shared.speech.reliability import reliability_warning
from shared.speech.utterances import RecordedWord, assemble

from .access import load_living
from .ports import Ports, PushMessage
from .transcript_store import write_transcript
from .transcription import Ongoing, Plan, find_ongoing, read_plan, read_turns, read_words
from .transcription_end import clear_up_if_settled, fail_transcription
from .transcription_tasks import publish_missing
from .upload_outcome import publish_windows, record_transcript

_PARTIAL = Fault(
    "recording_cut",
    "The recording breaks off before its end; the transcript covers what could be read.",
)


def assemble_transcript(ports: Ports, message: PushMessage) -> None:
    """Writes the transcript of one recording and publishes its windows."""
    session_id, upload_id = message.data["session_id"], message.data["upload_id"]
    ongoing = find_ongoing(ports.documents, session_id, upload_id)
    if ongoing is not None:
        if ongoing.transcription is None or not ongoing.transcription.complete:
            publish_missing(ports, ongoing)
            return
        _write(ports, ongoing)
    _publish_windows(ports, session_id, upload_id)
    clear_up_if_settled(ports, session_id, upload_id)


def _write(ports: Ports, ongoing: Ongoing) -> None:
    upload = ongoing.upload
    plan = read_plan(ports.transcripts, upload)
    words = _words(ports, upload, plan)
    if not words:
        fail_transcription(ports, ongoing, Fault.of(NoSpeech()))
        return
    turns = read_turns(ports.transcripts, upload)
    transcript = assemble(words, turns, upload.id, plan.duration_ms)
    unreliable = reliability_warning(transcript.segments)
    warnings = tuple(filter(None, (_PARTIAL if plan.partial else None, unreliable)))
    facts = replace(write_transcript(ports, upload, transcript), warnings=warnings)
    record_transcript(ports, upload, facts, ongoing.session.analysis.revision)


def _words(ports: Ports, upload: Upload, plan: Plan) -> list[RecordedWord]:
    return [
        RecordedWord(word, chunk.stretches[0].channel)
        for chunk in plan.chunks
        for word in read_words(ports.transcripts, upload, chunk.number)
    ]


def _publish_windows(ports: Ports, session_id: str, upload_id: str) -> None:
    session = load_living(ports.documents, session_id)
    part = None if session is None else session.analysis.parts.get(upload_id)
    if session is not None and part is not None and part.windows is not None:
        revision = session.analysis.revision
        publish_windows(ports, session_id, upload_id, revision, range(part.windows))
