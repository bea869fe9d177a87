"""Pipeline: tell the voices of a recording apart, while its words are being transcribed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from shared.domain.errors import InsightError
from shared.domain.recording import Stretch

from .ports import Blobs, Ports, PushMessage, Transaction
from .transcription import (
    Ongoing,
    Plan,
    find_ongoing,
    pulsing,
    read_plan,
    save_transcription,
    write_turns,
)
from .transcription_end import clear_up, clear_up_if_settled, fail_unless_transient
from .transcription_tasks import publish_assembly_if_complete


def tell_voices(ports: Ports, message: PushMessage) -> None:
    """Finds who speaks when in one recording."""
    session_id, upload_id = message.data["session_id"], message.data["upload_id"]
    ongoing = find_ongoing(ports.documents, session_id, upload_id)
    if ongoing is None or ongoing.transcription is None:
        clear_up_if_settled(ports, session_id, upload_id)
        return
    if not ongoing.transcription.voices_told:
        try:
            _tell(ports, ongoing)
        except InsightError as error:
            fail_unless_transient(ports, ongoing, error)
            return
    publish_assembly_if_complete(ports, session_id, upload_id)


def _tell(ports: Ports, ongoing: Ongoing) -> None:
    upload = ongoing.upload
    plan = read_plan(ports.transcripts, upload)
    speech = pulsing(ports, upload.session_id, _speech(ports.transcripts, plan))
    write_turns(ports.transcripts, upload, ports.sound.turns(speech))

    def work(transaction: Transaction) -> bool:
        current = find_ongoing(transaction, upload.session_id, upload.id)
        if current is None or current.transcription is None:
            return False
        save_transcription(transaction, replace(current.transcription, voices_told=True))
        return True

    if not ports.documents.transact(work):
        clear_up(ports, upload)


def _speech(blobs: Blobs, plan: Plan) -> Iterator[tuple[Stretch, bytes]]:
    for chunk in plan.chunks:
        samples = b"".join(blobs.read(chunk.path))
        for stretch in chunk.stretches:
            yield stretch, chunk.part(samples, stretch)
