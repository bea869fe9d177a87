"""Set the words of one segment right, or take a correction back."""

from __future__ import annotations

from dataclasses import dataclass, replace

from shared.domain.errors import ResourceExhausted, SegmentNotFound
from shared.domain.session import Session
from shared.domain.transcript import Segment
from shared.domain.upload import Upload
from shared.domain.window import Window

from .access import load_owned, load_upload, save_upload
from .corrections import correct, corrections_path
from .ports import Ports, Transaction
from .request_analysis import begin_again, publish_analysis
from .transcript_store import read_stored_windows

# Of a window as it reads then: its document stays below 1 MiB, whatever the script, as it does by
# `MAX_WINDOW_CHARS`, which leaves this much room for what people add.
MAX_CORRECTED_CHARS = 80_000


@dataclass(frozen=True, slots=True)
class CorrectedSegment:
    """The segment as it reads now, and whether anything changed.

    Attributes:
        session: None where nothing changed.
    """

    upload: Upload
    segment: Segment
    session: Session | None = None


def correct_words(
    ports: Ports, owner_id: str, session_id: str, segment_id: str, text: str | None
) -> CorrectedSegment:
    """Lays `text` over the segment and analyses anew the windows that hold it.

    What was found in all other windows is kept. Until the new analysis is complete the old results
    stay readable, as with every analysis.

    Args:
        text: None, or the words as they were read, takes the correction back; empty says that
            nobody spoke.

    Raises:
        SessionNotFound
        SegmentNotFound: if no transcript of the session has it.
        ResourceExhausted: if corrections make one window grow without bound.
    """
    session = load_owned(ports.documents, owner_id, session_id)
    upload, window, segment = _find(ports, session, segment_id)
    wanted = None if text == segment.text else text
    changed = ports.documents.transact(
        lambda tx: _write(tx, ports, upload, window, (segment.id, wanted))
    )
    if changed is None:
        return CorrectedSegment(upload, _as_read(segment, upload, wanted))
    publish_analysis(ports, changed[0])
    return CorrectedSegment(changed[1], _as_read(segment, changed[1], wanted), changed[0])


def _as_read(segment: Segment, upload: Upload, text: str | None) -> Segment:
    (corrected,) = correct([segment], upload, {} if text is None else {segment.id: text})
    return corrected


def _find(ports: Ports, session: Session, segment_id: str) -> tuple[Upload, Window, Segment]:
    upload_id = segment_id.rpartition("-")[0]
    if upload_id not in session.analysis.parts:
        # What is no upload's id may be no id at all.
        raise SegmentNotFound
    upload = load_upload(ports.documents, session.id, upload_id)
    if upload is None or upload.transcript is None:
        raise SegmentNotFound
    for window in read_stored_windows(ports.transcripts, upload):
        for segment in window.segments:
            if segment.id == segment_id:
                return upload, window, segment
    raise SegmentNotFound


def _write(
    transaction: Transaction,
    ports: Ports,
    upload: Upload,
    window: Window,
    correction: tuple[str, str | None],
) -> tuple[Session, Upload] | None:
    segment_id, text = correction
    session = load_owned(transaction, upload.owner_id, upload.session_id)
    current = load_upload(transaction, session.id, upload.id)
    if current is None:
        raise SegmentNotFound
    path = corrections_path(upload, window.number)
    stored = transaction.get(path)
    before = {} if stored is None else dict(stored.data["segments"])
    if before.get(segment_id) == text:
        return None
    after = {**before, segment_id: text}
    texts = {name: value for name, value in after.items() if value is not None}
    _require_room(window, texts)
    upload = _with_window(current, window.number, bool(texts))
    transaction.set(path, {"owner_id": session.owner_id, "segments": texts})
    save_upload(transaction, upload)
    return begin_again(transaction, ports, session, reuse=True), upload


def _require_room(window: Window, texts: dict[str, str]) -> None:
    said = sum(len(texts.get(segment.id, segment.text)) for segment in window.segments)
    if texts and said > MAX_CORRECTED_CHARS:
        raise ResourceExhausted(
            "With this correction, what stands around it would be over "
            f"{MAX_CORRECTED_CHARS:,} characters.",
            field="text",
        )


def _with_window(upload: Upload, window: int, corrected: bool) -> Upload:
    others = set(upload.corrected_windows) - {window}
    windows = others | {window} if corrected else others
    return replace(upload, corrected_windows=tuple(sorted(windows)))
