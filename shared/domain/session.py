"""A session and the state machine of its analysis.

Every transition is a pure function from one `Session` to the next; it either returns the session
unchanged, returns the next one, or raises `Conflict`. What a client may ask for and what only the
pipeline may say are different functions.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from .analysis_settings import ANALYSIS
from .errors import Conflict
from .retention import RecordingRetention, Retention
from .upload import Fault

MAX_TITLE_CHARS = 200
MAX_DESCRIPTION_CHARS = 10_000
# What is written is certain to be there; the merge that follows the last window is the last 1 %.
_PROGRESS_BEFORE_MERGE = 0.99
# Of the way from a recording to its findings; hearing takes the most time by far.
_TRANSCRIPTION_SHARE = 0.9


class SessionStatus(StrEnum):
    """API.md's `status` of a session."""

    CREATED = "created"
    PROCESSING = "processing"
    COMPLETED = "completed"
    FAILED = "failed"
    ARCHIVED = "archived"


class AnalysisStatus(StrEnum):
    """API.md's `analysis_status`."""

    PENDING = "pending"
    PROCESSING = "processing"
    SUCCESS = "success"
    FAILED = "failed"


class Stage(StrEnum):
    """What an analysis is busy with."""

    READING = "reading"
    TRANSCRIBING = "transcribing"
    ANALYZING = "analyzing"


@dataclass(frozen=True, slots=True)
class Part:
    """One upload's share of a revision.

    Attributes:
        windows: None until its transcript is cut.
        done: windows that are written.
        unread: how many of those were not analysed, by the language that they are in.
        fault: why nothing more will come of it.
        chunks: pieces of the recording to transcribe; None before they are known, and for text.
        transcribed: chunks whose words are stored.
        warnings: what a person should know before trusting it.
    """

    windows: int | None = None
    done: int = 0
    unread: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))
    fault: Fault | None = None
    chunks: int | None = None
    transcribed: int = 0
    warnings: tuple[Fault, ...] = ()

    @property
    def settled(self) -> bool:
        """Whether nothing more will come of it in this revision."""
        return self.fault is not None or self.done == self.windows


@dataclass(frozen=True, slots=True)
class Analysis:
    """Where the analysis of a session stands.

    Attributes:
        revision: the analysis that is being computed or was computed last; 0 before the first.
        published: the last complete revision; 0 before the first.
        parts: by upload id, for `revision`.
        waiting: ids of the uploads that wait for a transcriber; no part of any revision yet.
        reuse: whether `revision` takes over what the published one found in windows that are still
            the same, word for word.
        settings: `settings.analysis` as it was when `revision` began; all its windows go by it.
        fault: why `revision` failed.
    """

    updated_at: datetime
    status: AnalysisStatus = AnalysisStatus.PENDING
    revision: int = 0
    published: int = 0
    parts: Mapping[str, Part] = field(default_factory=lambda: MappingProxyType({}))
    waiting: tuple[str, ...] = ()
    reuse: bool = False
    settings: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))
    fault: Fault | None = None

    @property
    def readable(self) -> int:
        """The revision that clients read: the complete one, or the first while it grows."""
        return self.published or self.revision

    @property
    def windows_total(self) -> int:
        """Windows known so far."""
        return sum(part.windows or 0 for part in self.parts.values())

    @property
    def windows_done(self) -> int:
        """Windows written."""
        return sum(part.done for part in self.parts.values())

    @property
    def windows_unread(self) -> Mapping[str, int]:
        """Windows that were not analysed, by the language that they are in."""
        counts: Counter[str] = Counter()
        for part in self.parts.values():
            counts.update(part.unread)
        return dict(sorted(counts.items()))

    @property
    def warnings(self) -> tuple[Fault, ...]:
        """What a person should know before trusting the results."""
        return tuple(warning for part in self.parts.values() for warning in part.warnings)

    @property
    def stage(self) -> Stage | None:
        """What is going on while it is being processed: the first thing that is still to do."""
        if self.status is not AnalysisStatus.PROCESSING:
            return None
        uncut = [p for p in self.parts.values() if p.windows is None and p.fault is None]
        if any(part.chunks is not None for part in uncut):
            return Stage.TRANSCRIBING
        return Stage.READING if uncut else Stage.ANALYZING

    @property
    def settled(self) -> bool:
        """Whether every part is, so that the revision can be merged and completed."""
        return bool(self.parts) and all(part.settled for part in self.parts.values())

    @property
    def progress(self) -> float:
        """0..1, of chunks transcribed and windows written."""
        if self.status is AnalysisStatus.SUCCESS:
            return 1.0
        if not self.parts:
            return 0.0
        shares = [_share(part) for part in self.parts.values()]
        return round(_PROGRESS_BEFORE_MERGE * sum(shares) / len(shares), 4)


def _share(part: Part) -> float:
    if part.fault is not None:
        return 1.0
    heard = part.transcribed / part.chunks if part.chunks else 1.0
    if part.windows is None:
        return _TRANSCRIPTION_SHARE * heard if part.chunks else 0.0
    read = part.done / part.windows if part.windows else 1.0
    before = _TRANSCRIPTION_SHARE if part.chunks else 0.0
    return before + (1 - before) * read


@dataclass(frozen=True, slots=True)
class Session:
    """A therapy session.

    Attributes:
        date: when the session took place (UTC); evidence offsets count from it.
        duration_s: as the client gave it; None if it did not.
        settings: JSON object of the client's.
        recordings: ids of the uploads whose recording is transcribed and still kept.
        ticks: action item id -> status that a person set; survives re-analysis.
        next_seq: the number that the next event gets.
        version: grows with every write; the ETag.
        events_expire_at: when the oldest event that is kept may be forgotten; None: there is none.
    """

    id: str
    owner_id: str
    graph_id: str
    title: str
    description: str
    date: datetime
    created_at: datetime
    updated_at: datetime
    analysis: Analysis
    duration_s: float | None = None
    settings: Mapping[str, Any] = field(default_factory=dict)
    archived: bool = False
    recordings: tuple[str, ...] = ()
    ticks: Mapping[str, str] = field(default_factory=dict)
    next_seq: int = 1
    version: int = 0
    events_expire_at: datetime | None = None

    @property
    def retention(self) -> Retention:
        """How long it is kept."""
        return Retention.of(self.settings)

    @property
    def retention_due(self) -> datetime | None:
        """When something of it has to be erased; None: never, as things stand."""
        if self.recordings and self.retention.recording is RecordingRetention.DELETE:
            return self.updated_at
        return self.retention.delete_at(self.created_at)

    @property
    def status(self) -> SessionStatus:
        """Archived, or what the analysis implies: no combination can contradict itself."""
        return SessionStatus.ARCHIVED if self.archived else _IMPLIED[self.analysis.status]


_IMPLIED = {
    AnalysisStatus.PENDING: SessionStatus.CREATED,
    AnalysisStatus.PROCESSING: SessionStatus.PROCESSING,
    AnalysisStatus.SUCCESS: SessionStatus.COMPLETED,
    AnalysisStatus.FAILED: SessionStatus.FAILED,
}


def request_status(session: Session, wanted: SessionStatus) -> Session:
    """What a client may ask of `status`: to archive, and to unarchive.

    Raises:
        Conflict: for any other value that is not already so.
    """
    if wanted is session.status:
        return session
    if wanted is SessionStatus.ARCHIVED:
        return replace(session, archived=True)
    if session.archived and wanted in (SessionStatus.CREATED, _IMPLIED[session.analysis.status]):
        return replace(session, archived=False)
    allowed = _IMPLIED[session.analysis.status] if session.archived else SessionStatus.ARCHIVED
    raise Conflict(f"status is {session.status} and can only be set to {allowed}.", field="status")


def request_analysis_status(
    session: Session, wanted: AnalysisStatus, now: datetime, heard: tuple[str, ...] = ()
) -> Session:
    """What a client may ask of `analysis_status`: a new analysis, by `pending`.

    Args:
        heard: uploads that waited for a transcriber and need wait no longer.

    Raises:
        Conflict: for any other value that is not already so: results cannot be claimed.
    """
    if wanted is session.analysis.status and not (heard and wanted is AnalysisStatus.PENDING):
        return session
    if wanted is not AnalysisStatus.PENDING:
        raise Conflict(
            f"analysis_status is {session.analysis.status} and can only be set to pending, "
            "which asks for a new analysis.",
            field="analysis_status",
        )
    return restart_analysis(session, (*session.analysis.parts, *heard), now)


def add_content(session: Session, upload_id: str, now: datetime) -> Session:
    """New analysable content: joins the revision at hand, or begins the first one.

    Adding the same upload again changes nothing.
    """
    analysis = session.analysis
    if upload_id in analysis.parts:
        return session
    return _with_analysis(
        session,
        now,
        status=AnalysisStatus.PROCESSING,
        revision=analysis.revision or 1,
        parts={**analysis.parts, upload_id: Part()},
        settings=analysis.settings if analysis.revision else _chosen(session),
        waiting=tuple(each for each in analysis.waiting if each != upload_id),
        fault=None,
    )


def await_transcriber(session: Session, upload_id: str, now: datetime) -> Session:
    """New content that cannot be analysed before it is transcribed."""
    waiting = session.analysis.waiting
    if upload_id in waiting:
        return session
    return _with_analysis(session, now, waiting=(*waiting, upload_id))


def restart_analysis(
    session: Session, upload_ids: tuple[str, ...], now: datetime, *, reuse: bool = False
) -> Session:
    """Begins a new revision over `upload_ids`; the published one stays readable meanwhile.

    Args:
        reuse: whether windows that did not change keep what was found, and uploads their faults.

    Raises:
        Conflict: if there is nothing to analyse.
    """
    if not upload_ids:
        raise Conflict("The session has no content that can be analysed.")
    kept = session.analysis.parts if reuse else {}
    return _with_analysis(
        session,
        now,
        status=AnalysisStatus.PROCESSING,
        revision=session.analysis.revision + 1,
        parts={each: Part(fault=kept.get(each, Part()).fault) for each in upload_ids},
        reuse=reuse,
        settings=_chosen(session),
        waiting=tuple(each for each in session.analysis.waiting if each not in upload_ids),
        fault=None,
    )


def _chosen(session: Session) -> Mapping[str, Any]:
    given = session.settings.get(ANALYSIS)
    return given if isinstance(given, Mapping) else {}


def record_transcribed(
    session: Session, upload_id: str, transcribed: int, chunks: int, now: datetime
) -> Session:
    """So many of the recording's chunks have been transcribed."""
    part = session.analysis.parts[upload_id]
    return _with_part(
        session, upload_id, replace(part, transcribed=transcribed, chunks=chunks), now
    )


def record_cut(
    session: Session,
    upload_id: str,
    windows: int,
    now: datetime,
    warnings: tuple[Fault, ...] = (),
) -> Session:
    """The upload's transcript was cut into `windows`; a second telling changes nothing."""
    part = session.analysis.parts[upload_id]
    if part.windows is not None:
        return session
    return _with_part(session, upload_id, replace(part, windows=windows, warnings=warnings), now)


def record_window(
    session: Session, upload_id: str, now: datetime, unread: str | None = None
) -> Session:
    """One more window of the upload is written. The caller has seen to it that it is a new one.

    Args:
        unread: the language that the window is in, if it was not analysed for that.
    """
    part = session.analysis.parts[upload_id]
    if unread is not None:
        part = replace(part, unread={**part.unread, unread: part.unread.get(unread, 0) + 1})
    return _with_part(session, upload_id, replace(part, done=part.done + 1), now)


def record_part_fault(session: Session, upload_id: str, fault: Fault, now: datetime) -> Session:
    """The upload cannot be analysed; the others go on."""
    part = session.analysis.parts[upload_id]
    if part.fault is not None:
        return session
    return _with_part(session, upload_id, replace(part, fault=fault), now)


def complete_analysis(session: Session, now: datetime) -> Session:
    """All parts are settled and merged: published if any of them succeeded, failed otherwise."""
    parts = session.analysis.parts.values()
    if all(part.fault is not None for part in parts):
        return fail_analysis(session, next(p.fault for p in parts if p.fault), now)
    return _with_analysis(
        session,
        now,
        status=AnalysisStatus.SUCCESS,
        published=session.analysis.revision,
        fault=None,
    )


def fail_analysis(session: Session, fault: Fault, now: datetime) -> Session:
    """The revision failed; what was published before stays readable."""
    return _with_analysis(session, now, status=AnalysisStatus.FAILED, fault=fault)


def _with_part(session: Session, upload_id: str, part: Part, now: datetime) -> Session:
    return _with_analysis(session, now, parts={**session.analysis.parts, upload_id: part})


def _with_analysis(session: Session, now: datetime, **changes: Any) -> Session:
    return replace(session, analysis=replace(session.analysis, updated_at=now, **changes))
