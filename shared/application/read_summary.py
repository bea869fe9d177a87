"""What a session comes to: a few of its sentences, and how its feelings went."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from shared.domain.session import AnalysisStatus, Session

from .access import load_owned
from .element_views import (
    MERGE_POSITION,
    View,
    element_view,
    merge_path,
    read_windows,
    timestamp_of,
)
from .ports import Ports


@dataclass(frozen=True, slots=True)
class SummaryReport:
    """The summary of what clients read of a session.

    Attributes:
        sentences: in transcript order; `rank` 1 is the most telling one.
        arc: one entry for each feeling, in transcript order.
        complete: False while the analysis goes on that the summary is of, and more may come.
    """

    session: Session
    sentences: list[View]
    arc: list[View]
    complete: bool


def read_summary(ports: Ports, owner_id: str, session_id: str, sentences: int) -> SummaryReport:
    """Reads the summary: two reads once the analysis is complete, the windows' before.

    Args:
        sentences: how many at most.

    Raises:
        SessionNotFound
        Unavailable: as `read_windows`.
    """
    session = load_owned(ports.documents, owner_id, session_id)
    kept = _kept(ports, session)
    if kept is not None:
        return _report(session, kept, sentences, complete=True)
    session, windows = read_windows(ports, owner_id, session_id)
    # Splitting sentences takes rules that no call needs once the summary is kept.
    from .summary_records import summary_to_record

    said = [window for window in windows if window.data["position"] != MERGE_POSITION]
    return _report(session, summary_to_record(said), sentences, complete=_is_complete(session))


def _kept(ports: Ports, session: Session) -> Mapping[str, Any] | None:
    """The summary beside the merge; None where it is not the last word, or from before it was."""
    if not _is_complete(session):
        return None
    merge = ports.documents.get(merge_path(session.id, session.analysis.published))
    return None if merge is None else merge.data.get("summary")


def _is_complete(session: Session) -> bool:
    """Whether all of the revision that is read is there; new content may be joining it."""
    analysis = session.analysis
    ended = analysis.status is AnalysisStatus.SUCCESS
    return bool(analysis.published) and (ended or analysis.published < analysis.revision)


def _report(
    session: Session, summary: Mapping[str, Any], most: int, *, complete: bool
) -> SummaryReport:
    ranked = [
        {**element_view(sentence, session), "rank": rank}
        for rank, sentence in enumerate(summary["sentences"][:most], 1)
    ]
    arc = [
        {**point, "timestamp": timestamp_of(session.date, point["start_ms"])}
        for point in summary["arc"]
    ]
    return SummaryReport(session, _in_order(ranked), arc, complete)


def _in_order(ranked: Sequence[View]) -> list[View]:
    return sorted(ranked, key=lambda sentence: sentence["place"])
