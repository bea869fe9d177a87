"""Pipeline: transcribe one chunk of a recording, and count it exactly once.

An engine elsewhere is given the chunk in one delivery and asked for it in later ones: the message
stays unacknowledged until the words are there, and the handle stands in the document.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from shared.domain.errors import InsightError, NotReady, TranscriptionLost
from shared.domain.recording import Chunk
from shared.domain.session import record_transcribed
from shared.domain.upload import Fault

from .access import note_alive, save, session_path
from .ports import Ports, PushMessage, Transaction
from .speech_ports import Transcriber
from .stream import append, progress_of
from .transcription import (
    Ongoing,
    find_ongoing,
    read_plan,
    save_transcription,
    write_words,
)
from .transcription_end import (
    clear_up,
    clear_up_if_settled,
    fail_transcription,
    fail_unless_transient,
    transcriber_of,
)
from .transcription_tasks import publish_assembly_if_complete

# A message may come a hundred times while an engine elsewhere is at work; a chunk that brings this
# process down each time may not.
_MAX_STARTS = 8
_GIVEN_UP = Fault(
    "transcription_incomplete",
    "The recording could not be transcribed: the same part of it failed again and again.",
)


def transcribe_chunk(ports: Ports, message: PushMessage) -> None:
    """Transcribes one chunk, or sees how far it is.

    Raises:
        NotReady: while an engine elsewhere is at work.
    """
    session_id, upload_id = message.data["session_id"], message.data["upload_id"]
    number: int = message.data["chunk"]
    ongoing = find_ongoing(ports.documents, session_id, upload_id)
    if ongoing is None or ongoing.transcription is None:
        clear_up_if_settled(ports, session_id, upload_id)
        return
    if number not in ongoing.transcription.done:
        try:
            _transcribe(ports, transcriber_of(ports), ongoing, number, message.attempt)
        except InsightError as error:
            fail_unless_transient(ports, ongoing, error)
            return
    publish_assembly_if_complete(ports, session_id, upload_id)


def _transcribe(
    ports: Ports, engine: Transcriber, ongoing: Ongoing, number: int, attempt: int
) -> None:
    assert ongoing.transcription is not None  # noqa: S101  narrowed by the caller
    chunk = read_plan(ports.transcripts, ongoing.upload).chunks[number]
    handle = ongoing.transcription.handles.get(number)
    if handle is None:
        if attempt > _MAX_STARTS:
            fail_transcription(ports, ongoing, _GIVEN_UP)
            return
        handle = _submit(ports, engine, ongoing, chunk)
    try:
        words = engine.result(handle, chunk) if engine.poll(handle) else None
    except TranscriptionLost:
        _note_handle(ports, ongoing, number, None)
        raise NotReady("The engine has lost the chunk; it is submitted anew.") from None
    if words is None:
        note_alive(ports.documents, session_path(ongoing.session.id), ports.now())
        raise NotReady("The chunk is being transcribed.")
    write_words(ports.transcripts, ongoing.upload, number, words)
    counted = ports.documents.transact(lambda tx: _count(tx, ports, ongoing, number))
    if not counted:
        clear_up(ports, ongoing.upload)


def _submit(ports: Ports, engine: Transcriber, ongoing: Ongoing, chunk: Chunk) -> str:
    handle = engine.submit(chunk)
    kept = _note_handle(ports, ongoing, chunk.number, handle)
    if kept != handle:
        engine.cancel(handle)
    if kept is None:
        raise NotReady("The transcription is over, or the chunk is done.")
    return kept


def _note_handle(ports: Ports, ongoing: Ongoing, number: int, handle: str | None) -> str | None:
    """Stores or forgets the chunk's handle; of two that were submitted at once the first stays."""
    upload = ongoing.upload

    def work(transaction: Transaction) -> str | None:
        current = find_ongoing(transaction, upload.session_id, upload.id)
        state = None if current is None else current.transcription
        if state is None or number in state.done:
            return None
        known = state.handles.get(number)
        if known is not None and handle is not None:
            return known
        handles: Mapping[int, str] = {n: h for n, h in state.handles.items() if n != number}
        if handle is not None:
            handles = {**handles, number: handle}
        save_transcription(transaction, replace(state, handles=handles))
        return handle

    return ports.documents.transact(work)


def _count(transaction: Transaction, ports: Ports, seen: Ongoing, number: int) -> bool:
    upload = seen.upload
    ongoing = find_ongoing(transaction, upload.session_id, upload.id)
    if ongoing is None or ongoing.transcription is None:
        return False
    state = ongoing.transcription
    if number in state.done:
        return True
    handles = {n: handle for n, handle in state.handles.items() if n != number}
    state = replace(state, done=state.done | {number}, handles=handles)
    now = ports.now()
    session = record_transcribed(ongoing.session, upload.id, len(state.done), state.chunks, now)
    session = append(transaction, session, [progress_of(session)], now)
    save_transcription(transaction, state)
    save(transaction, session, now)
    return True
