"""State is the outbox: publish again whatever has stood still, forget what has expired."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

from shared.domain.session import AnalysisStatus, Part, Session

from .access import SESSIONS, forget, is_tombstone, load_living, note_alive
from .analyze_window import window_path
from .complete_analysis import complete_if_settled
from .delete_session import publish_purge
from .enforce_retention import due_for_retention, enforce_retention
from .event_ticket import TICKETS
from .expire_events import expire_events
from .idempotency import IDEMPOTENCY
from .open_uploads import expire_upload, overdue_uploads
from .ports import Document, Ports, Query
from .request_analysis import publish_upload_analysis
from .upload_outcome import publish_windows

BATCH = 200


def sweep(ports: Ports, stalled_after_s: float) -> None:
    """One round, at most `BATCH` sessions of each kind; the next round takes the others.

    A session that cannot be pushed on does not stand before the others: the first error is raised
    when the round is over.
    """
    now = ports.now()
    errors = [
        *_each(due_for_retention(ports, now), lambda each: enforce_retention(ports, each, now)),
        *_each(
            _stalled(ports, now - timedelta(seconds=stalled_after_s)),
            lambda each: _push_on(ports, each),
            lambda each: note_alive(ports.documents, each.path, now),
        ),
        *_each(overdue_uploads(ports, now, BATCH), lambda each: expire_upload(ports, each)),
    ]
    for path in _expired(ports, now):
        forget(ports.documents, path)
    expire_events(ports, now)
    if errors:
        raise errors[0]


def _each(
    documents: list[Document],
    work: Callable[[Document], None],
    then: Callable[[Document], None] = lambda _: None,
) -> Iterator[Exception]:
    """What went wrong with any of them; `then` follows in any case."""
    for document in documents:
        try:
            work(document)
        except Exception as error:
            yield error
        then(document)


def _stalled(ports: Ports, before: datetime) -> list[Document]:
    query = Query(SESSIONS, order_by="standing_since", at_most=before, limit=BATCH)
    return ports.documents.query(query)


def _expired(ports: Ports, now: datetime) -> Iterator[str]:
    for collection in (IDEMPOTENCY, TICKETS, SESSIONS):
        query = Query(collection, order_by="expires_at", at_most=now, limit=BATCH)
        yield from [document.path for document in ports.documents.query(query)]


def _push_on(ports: Ports, document: Document) -> None:
    if is_tombstone(document):
        publish_purge(ports, document.id)
        return
    session = load_living(ports.documents, document.id)
    if session is None or session.analysis.status is not AnalysisStatus.PROCESSING:
        return
    for upload_id, part in session.analysis.parts.items():
        _push_part(ports, session, upload_id, part)
    complete_if_settled(ports, session.id, session.analysis.revision)


def _push_part(ports: Ports, session: Session, upload_id: str, part: Part) -> None:
    if part.settled:
        return
    if part.windows is None:
        publish_upload_analysis(ports, session, upload_id)
        return
    revision = session.analysis.revision
    missing = _missing(ports, session, upload_id, part.windows)
    publish_windows(ports, session.id, upload_id, revision, missing)


def _missing(ports: Ports, session: Session, upload_id: str, windows: int) -> list[int]:
    revision = session.analysis.revision
    paths = [window_path(session.id, revision, upload_id, n) for n in range(windows)]
    found = ports.documents.get_many(paths)
    return [number for number, document in enumerate(found) if document is None]
