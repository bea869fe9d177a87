"""Pipeline, last step: merge what the windows found and complete the session."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from shared.domain.analysis_settings import analysis_settings
from shared.domain.elements import Elements
from shared.domain.session import AnalysisStatus, Session, complete_analysis
from shared.domain.transcript import Segment

from .access import forget, load_living, save, session_path
from .element_records import (
    Record,
    elements_from_record,
    elements_to_record,
    segment_from_record,
)
from .element_views import MERGE_POSITION, merge_path, windows_of
from .ports import Document, Ports, Query, Transaction
from .stream import News, append, failure_of, news_of_elements, progress_of, reset_for


def complete_if_settled(ports: Ports, session_id: str, revision: int) -> None:
    """Completes the revision if all its parts are settled and nobody has completed it yet.

    Whoever writes the last window calls this, and so does every redelivery and the sweep.
    """
    session = load_living(ports.documents, session_id)
    if session is None:
        return
    if not _is_due(session, revision):
        if session.analysis.published == revision:
            # A crash may have come between the completion and this.
            _forget_superseded(ports, session)
        return
    windows = windows_of(ports.documents, session, revision)
    # What was merged before belongs to fewer uploads than there are now.
    windows = [window for window in windows if window.data["position"] != MERGE_POSITION]
    merged = _merge(ports, session, windows)
    completed = ports.documents.transact(
        lambda tx: _write(tx, ports, session, len(windows), merged)
    )
    if completed is not None:
        _forget_superseded(ports, completed)


def _is_due(session: Session, revision: int) -> bool:
    analysis = session.analysis
    return (
        analysis.revision == revision
        and analysis.status is AnalysisStatus.PROCESSING
        and analysis.settled
    )


def _merge(ports: Ports, session: Session, windows: Sequence[Document]) -> Record:
    """The document that tells what only the whole session shows: its merge and its summary."""
    # Whoever only looks whether a session is settled should not wait for the rules of sentences.
    from .summary_records import summary_to_record

    elements = [elements_from_record(window.data["elements"]) for window in windows]
    wanted = analysis_settings(session.analysis.settings)
    # Where nothing was read no engine need be loaded to say so.
    merged = ports.analyzer.merge(elements, session.date) if elements else Elements()
    merged = wanted.keep(merged)
    return {
        "owner_id": session.owner_id,
        "revision": session.analysis.revision,
        "position": MERGE_POSITION,
        "segments": [],
        "elements": elements_to_record(merged, _segments(windows)),
        "summary": summary_to_record(windows),
    }


def _segments(windows: Sequence[Document]) -> Iterator[Segment]:
    for window in windows:
        yield from map(segment_from_record, window.data["segments"])


def _write(
    transaction: Transaction,
    ports: Ports,
    seen: Session,
    windows: int,
    merged: Record,
) -> Session | None:
    session_id, revision = seen.id, seen.analysis.revision
    session = load_living(transaction, session_id)
    if session is None or not _is_due(session, revision):
        return None
    if session.analysis.windows_done != windows:
        return None  # content came in between; whoever writes its last window merges again
    path = merge_path(session_id, revision)
    before = transaction.get(path)
    now = ports.now()
    completed = complete_analysis(session, now)
    news = _news(session, completed, before, merged["elements"])
    transaction.set(path, merged)
    return save(
        transaction, append(transaction, completed, [*news, progress_of(completed)], now), now
    )


def _news(
    session: Session,
    completed: Session,
    before: Document | None,
    merged: dict[str, list[Record]],
) -> list[News]:
    if completed.analysis.status is AnalysisStatus.FAILED:
        return [failure_of(completed)]
    if session.analysis.published not in (0, completed.analysis.revision):
        # The elements of the new revision were not told one by one.
        return [reset_for(completed, "reanalyzed")]
    news = list(news_of_elements(merged, completed))
    if before is not None and not _ids(before.data["elements"]) <= _ids(merged):
        # More content has made an earlier finding of the whole session untrue.
        news.insert(0, reset_for(completed, "merged"))
    return news


def _ids(elements: Mapping[str, Sequence[Record]]) -> set[str]:
    return {element["id"] for found in elements.values() for element in found}


def _forget_superseded(ports: Ports, session: Session) -> None:
    if session.analysis.published < 2:
        return
    old = Query(
        f"{session_path(session.id)}/windows",
        order_by="revision",
        less_than=session.analysis.published,
    )
    windows = ports.documents.query(old)
    # The merge first: a reader who misses it knows that the rest may be missing, too.
    for window in sorted(windows, key=lambda w: w.data["position"] != MERGE_POSITION):
        forget(ports.documents, window.path)
