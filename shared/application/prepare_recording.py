"""Pipeline: find the speech in a recording and cut it into chunks, one task each.

The blobs come first, then one transaction that says that they are there. Running it again stores
the same bytes at the same paths.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from shared.domain.errors import InsightError, NoSpeech
from shared.domain.recording import BYTES_PER_MS, Chunk, Stretch
from shared.domain.session import record_transcribed
from shared.domain.upload import Upload, UploadState

from .access import save, save_upload
from .ports import BlobWriter, Ports, PushMessage, Transaction
from .speech_ports import Capabilities
from .stream import append, progress_of
from .transcription import (
    Ongoing,
    Plan,
    Transcription,
    chunk_path,
    find_ongoing,
    pulsing,
    transcription_path,
    transcription_to_record,
    write_plan,
)
from .transcription_end import (
    clear_up,
    clear_up_if_settled,
    fail_unless_transient,
    transcriber_of,
)
from .transcription_tasks import publish_missing

_PCM = "audio/L16; rate=16000; channels=1"
# Silence between two stretches of a chunk is kept up to this, so that its times need no table.
_LONGEST_PAUSE_MS = 10_000


def prepare_recording(ports: Ports, message: PushMessage) -> None:
    """Takes one recording as far as its chunks' tasks."""
    session_id, upload_id = message.data["session_id"], message.data["upload_id"]
    ongoing = find_ongoing(ports.documents, session_id, upload_id)
    if ongoing is None:
        clear_up_if_settled(ports, session_id, upload_id)
        return
    if ongoing.transcription is None:
        try:
            plan = _cut(ports, ongoing.upload)
        except InsightError as error:
            fail_unless_transient(ports, ongoing, error)
            return
        upload, able = ongoing.upload, transcriber_of(ports).capabilities
        begun = ports.documents.transact(lambda tx: _begin(tx, ports, upload, plan, able))
        if begun is None:
            clear_up(ports, upload)
            return
        ongoing = begun
    publish_missing(ports, ongoing)


def _cut(ports: Ports, upload: Upload) -> Plan:
    def read(start: int, end: int) -> bytes:
        generation = upload.generation
        return b"".join(
            ports.uploads.read(upload.source_path, start=start, end=end, generation=generation)
        )

    longest_ms = transcriber_of(ports).capabilities.chunk_ms
    speech = ports.sound.speech(read, upload.size_bytes)
    groups = enumerate(_grouped(pulsing(ports, upload.session_id, speech), longest_ms))
    chunks = tuple(_store(ports, upload, number, stretches) for number, stretches in groups)
    if not chunks:
        raise NoSpeech
    plan = Plan(chunks, speech.duration_ms, speech.partial)
    write_plan(ports.transcripts, upload, plan)
    return plan


def _grouped(
    speech: Iterable[tuple[Stretch, bytes]], longest_ms: int
) -> Iterator[list[tuple[Stretch, bytes]]]:
    """Neighbouring stretches of one channel, as many as a chunk takes."""
    groups: dict[int | None, list[tuple[Stretch, bytes]]] = {}
    for stretch, samples in speech:
        group = groups.setdefault(stretch.channel, [])
        if group and not _joins(group[0][0], group[-1][0], stretch, longest_ms):
            yield group
            group = groups[stretch.channel] = []
        group.append((stretch, samples))
    yield from (group for group in groups.values() if group)


def _joins(first: Stretch, last: Stretch, stretch: Stretch, longest_ms: int) -> bool:
    pause_ms = stretch.start_ms - last.end_ms
    return stretch.end_ms - first.start_ms <= longest_ms and 0 <= pause_ms <= _LONGEST_PAUSE_MS


def _store(ports: Ports, upload: Upload, number: int, group: list[tuple[Stretch, bytes]]) -> Chunk:
    start_ms = group[0][0].start_ms
    path = chunk_path(upload, number)
    with ports.transcripts.create(path, content_type=_PCM) as writer:
        _write_samples(writer, start_ms, group)
        writer.commit()
    return Chunk(number, path, start_ms, tuple(stretch for stretch, _ in group))


def _write_samples(writer: BlobWriter, start_ms: int, group: list[tuple[Stretch, bytes]]) -> None:
    written = 0
    for stretch, samples in group:
        writer.write(bytes((stretch.start_ms - start_ms) * BYTES_PER_MS - written))
        writer.write(samples)
        written = (stretch.start_ms - start_ms) * BYTES_PER_MS + len(samples)


def _begin(
    transaction: Transaction, ports: Ports, upload: Upload, plan: Plan, able: Capabilities
) -> Ongoing | None:
    ongoing = find_ongoing(transaction, upload.session_id, upload.id)
    if ongoing is None or ongoing.transcription is not None:
        return ongoing
    now = ports.now()
    state = Transcription(
        session_id=upload.session_id,
        upload_id=upload.id,
        owner_id=upload.owner_id,
        engine=able.engine,
        model=able.model,
        version=able.version,
        chunks=len(plan.chunks),
        voices_told=able.tells_voices,
    )
    session = record_transcribed(ongoing.session, upload.id, 0, state.chunks, now)
    session = append(transaction, session, [progress_of(session)], now)
    upload = replace(ongoing.upload, state=UploadState.TRANSCRIBING, fault=None)
    save_upload(transaction, upload)
    path = transcription_path(session.id, upload.id)
    transaction.create(path, transcription_to_record(state))
    return Ongoing(save(transaction, session, now), upload, state)
