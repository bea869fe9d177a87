"""Pipeline: the bytes of an announced upload have come; it joins its session, or is refused."""

from __future__ import annotations

from dataclasses import replace

from shared.domain.errors import (
    ContentChanged,
    InvalidArgument,
    NotFound,
    TooLarge,
    UnsupportedContent,
)
from shared.domain.session import add_content, record_part_fault
from shared.domain.upload import MAX_RECORDING_BYTES, ContentType, Fault, Upload, UploadState
from shared.speech.intake import Claims, Content, Intake

from .access import load_living, load_upload, save, save_upload
from .add_content import register
from .complete_analysis import complete_if_settled
from .open_uploads import open_path, waits_for_bytes
from .ports import BlobInfo, Ports, Transaction
from .stream import append, progress_of

_REFUSALS = (InvalidArgument, TooLarge, UnsupportedContent, ContentChanged)


def settle_upload(ports: Ports, upload: Upload | None, path: str, generation: str) -> None:
    """Registers an upload that waited for this blob, if its bytes are what was announced.

    What is refused is recorded as failed, with the reason, and without a generation: nothing of it
    is kept. Any other upload is left alone.
    """
    if upload is None or not _waits_for(upload, path):
        return
    stored = ports.uploads.stat(path)
    if stored is None or stored.generation != generation:
        return
    try:
        content = _inspected(ports, upload, stored)
    except NotFound:
        # Cancelled or purged meanwhile.
        return
    except _REFUSALS as error:
        refuse_upload(ports, upload, Fault.of(error))
    else:
        _admit(ports, _as_stored(upload, content, generation))


def _waits_for(upload: Upload, path: str) -> bool:
    return waits_for_bytes(upload) and upload.source_path == path


def _inspected(ports: Ports, upload: Upload, stored: BlobInfo) -> Content:
    if stored.size_bytes != upload.size_bytes:
        raise ContentChanged("The stored bytes are not as many as were announced.")
    intake = Intake(MAX_RECORDING_BYTES)
    for chunk in ports.uploads.read(stored.path, generation=stored.generation):
        intake.feed(chunk)
    if upload.sha256 not in ("", intake.sha256):
        raise ContentChanged("The stored bytes are not those that the checksum was made of.")
    return intake.content(Claims(upload.filename, upload.type, upload.content_type))


def _as_stored(upload: Upload, content: Content, generation: str) -> Upload:
    return replace(
        upload,
        type=content.type,
        content_type=content.content_type,
        size_bytes=content.size_bytes,
        sha256=content.sha256,
        generation=generation,
        state=UploadState.STORED,
        fault=None,
    )


def _admit(ports: Ports, stored: Upload) -> None:
    def work(transaction: Transaction) -> None:
        session = load_living(transaction, stored.session_id)
        if session is not None and _still_waits(transaction, stored):
            register(transaction, ports, session, stored)
            transaction.delete(open_path(stored.id))

    ports.documents.transact(work)


def _still_waits(transaction: Transaction, upload: Upload) -> bool:
    current = load_upload(transaction, upload.session_id, upload.id)
    return current is not None and _waits_for(current, upload.source_path)


def refuse_upload(ports: Ports, upload: Upload, fault: Fault) -> None:
    """Records that nothing of an upload on its way was taken; an analysis that waits hears of it.

    A later notification of its blob erases that (`receive_upload.forget_orphan`).
    """
    failed = replace(upload, state=UploadState.FAILED, fault=fault)

    def work(transaction: Transaction) -> int | None:
        session = load_living(transaction, upload.session_id)
        if session is None or not _still_waits(transaction, upload):
            return None
        save_upload(transaction, failed)
        transaction.delete(open_path(upload.id))
        now = ports.now()
        if upload.type is not ContentType.TEXT and ports.transcriber is None:
            save(transaction, session, now)
            return None
        session = record_part_fault(add_content(session, upload.id, now), upload.id, fault, now)
        session = append(transaction, session, [progress_of(session)], now)
        return save(transaction, session, now).analysis.revision

    revision = ports.documents.transact(work)
    if revision is not None:
        complete_if_settled(ports, upload.session_id, revision)
