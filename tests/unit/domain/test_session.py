"""The state machine of a session, by example and by random histories."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from shared.domain.errors import Conflict
from shared.domain.session import (
    Analysis,
    AnalysisStatus,
    Session,
    SessionStatus,
    add_content,
    await_transcriber,
    complete_analysis,
    fail_analysis,
    record_cut,
    record_part_fault,
    record_window,
    request_analysis_status,
    request_status,
    restart_analysis,
)
from shared.domain.upload import Fault

NOW = datetime(2026, 1, 1, tzinfo=UTC)
FAULT = Fault("transcript_unreadable", "The file holds no text.")


def new_session() -> Session:
    return Session(
        id="s",
        owner_id="o",
        graph_id="g",
        title="t",
        description="",
        date=NOW,
        created_at=NOW,
        updated_at=NOW,
        analysis=Analysis(updated_at=NOW),
    )


def processing(windows: int = 2) -> Session:
    return record_cut(add_content(new_session(), "u", NOW), "u", windows, NOW)


def succeeded() -> Session:
    session = processing(1)
    return complete_analysis(record_window(session, "u", NOW), NOW)


def test_new_session_is_created_and_pending():
    session = new_session()
    assert (session.status, session.analysis.status) == (
        SessionStatus.CREATED,
        AnalysisStatus.PENDING,
    )
    assert session.analysis.progress == 0.0
    assert session.analysis.readable == 0


def test_content_begins_the_first_revision():
    session = add_content(new_session(), "u", NOW)
    assert session.status is SessionStatus.PROCESSING
    assert session.analysis.revision == 1
    assert session.analysis.readable == 1


def test_content_told_twice_changes_nothing():
    once = add_content(new_session(), "u", NOW)
    assert add_content(once, "u", NOW + timedelta(hours=1)) is once


def test_cut_told_twice_changes_nothing():
    once = processing(3)
    assert record_cut(once, "u", 5, NOW) is once


def test_progress_counts_written_windows_and_keeps_the_last_percent_for_the_merge():
    session = record_window(processing(2), "u", NOW)
    assert session.analysis.progress == pytest.approx(0.495)
    session = record_window(session, "u", NOW)
    assert session.analysis.progress == 0.99
    assert complete_analysis(session, NOW).analysis.progress == 1.0


def test_completion_publishes_the_revision():
    session = succeeded()
    assert session.status is SessionStatus.COMPLETED
    assert session.analysis.published == 1


def test_reanalysis_keeps_the_published_revision_readable():
    session = restart_analysis(succeeded(), ("u",), NOW)
    assert session.analysis.revision == 2
    assert session.analysis.readable == 1
    assert session.analysis.progress == 0.0


def test_reanalysis_without_content_is_refused():
    with pytest.raises(Conflict):
        restart_analysis(new_session(), (), NOW)


def test_failure_of_every_part_fails_the_analysis():
    session = record_part_fault(processing(2), "u", FAULT, NOW)
    assert session.analysis.settled
    completed = complete_analysis(session, NOW)
    assert completed.status is SessionStatus.FAILED
    assert completed.analysis.fault == FAULT
    assert completed.analysis.published == 0


def test_failure_of_one_part_leaves_the_others_to_succeed():
    session = add_content(processing(1), "bad", NOW)
    session = record_part_fault(session, "bad", FAULT, NOW)
    session = complete_analysis(record_window(session, "u", NOW), NOW)
    assert session.status is SessionStatus.COMPLETED


def test_failed_reanalysis_leaves_the_published_revision_readable():
    session = fail_analysis(restart_analysis(succeeded(), ("u",), NOW), FAULT, NOW)
    assert session.status is SessionStatus.FAILED
    assert session.analysis.readable == 1


def test_audio_waits_without_claiming_progress():
    session = await_transcriber(new_session(), "audio", NOW)
    assert session.analysis.waiting == ("audio",)
    assert session.analysis.status is AnalysisStatus.PENDING
    assert await_transcriber(session, "audio", NOW) is session


@pytest.mark.parametrize("make", [new_session, processing, succeeded])
def test_any_session_can_be_archived_and_unarchived(make):
    session = make()
    archived = request_status(session, SessionStatus.ARCHIVED)
    assert archived.status is SessionStatus.ARCHIVED
    assert request_status(archived, session.status) == session
    assert request_status(archived, SessionStatus.CREATED) == session


@pytest.mark.parametrize("wanted", [SessionStatus.COMPLETED, SessionStatus.FAILED])
def test_client_cannot_claim_a_status(wanted):
    with pytest.raises(Conflict, match="can only be set to archived") as refused:
        request_status(new_session(), wanted)
    assert refused.value.field == "status"


def test_client_cannot_claim_a_result():
    with pytest.raises(Conflict, match="can only be set to pending") as refused:
        request_analysis_status(new_session(), AnalysisStatus.SUCCESS, NOW)
    assert refused.value.field == "analysis_status"


def test_status_that_is_already_so_is_accepted():
    session = succeeded()
    assert request_status(session, SessionStatus.COMPLETED) is session
    assert request_analysis_status(session, AnalysisStatus.SUCCESS, NOW) is session


def test_pending_asks_for_a_new_analysis():
    assert request_analysis_status(succeeded(), AnalysisStatus.PENDING, NOW).analysis.revision == 2


class SessionHistory(RuleBasedStateMachine):
    """Random histories of what clients ask and what the pipeline tells."""

    def __init__(self) -> None:
        super().__init__()
        self.session = new_session()
        self.uploads = 0

    @property
    def open_parts(self) -> list[str]:
        if self.session.analysis.status is not AnalysisStatus.PROCESSING:
            return []
        return [u for u, part in self.session.analysis.parts.items() if not part.settled]

    @rule()
    def content_arrives(self):
        self.uploads += 1
        self.session = add_content(self.session, f"u{self.uploads}", NOW)

    @precondition(lambda self: self.open_parts)
    @rule(data=st.data(), windows=st.integers(1, 4))
    def pipeline_advances(self, data, windows):
        upload_id = data.draw(st.sampled_from(self.open_parts))
        part = self.session.analysis.parts[upload_id]
        before = self.session.analysis.progress
        if part.windows is None:
            self.session = record_cut(self.session, upload_id, windows, NOW)
        else:
            self.session = record_window(self.session, upload_id, NOW)
        assert self.session.analysis.progress >= before

    @precondition(lambda self: self.open_parts)
    @rule(data=st.data())
    def part_fails(self, data):
        upload_id = data.draw(st.sampled_from(self.open_parts))
        self.session = record_part_fault(self.session, upload_id, FAULT, NOW)

    @precondition(lambda self: self.session.analysis.status is AnalysisStatus.PROCESSING)
    @precondition(lambda self: self.session.analysis.settled)
    @rule()
    def merge_completes(self):
        published = self.session.analysis.published
        self.session = complete_analysis(self.session, NOW)
        assert self.session.analysis.published >= published

    @precondition(lambda self: self.session.analysis.status is AnalysisStatus.PROCESSING)
    @rule()
    def task_dies(self):
        self.session = fail_analysis(self.session, FAULT, NOW)

    @rule(wanted=st.sampled_from(SessionStatus))
    def client_asks_for_status(self, wanted):
        before = self.session
        try:
            self.session = request_status(self.session, wanted)
        except Conflict:
            return
        assert replace(self.session, archived=before.archived) == before

    @rule(wanted=st.sampled_from(AnalysisStatus))
    def client_asks_for_analysis(self, wanted):
        before = self.session.analysis
        try:
            self.session = request_analysis_status(self.session, wanted, NOW)
        except Conflict:
            return
        after = self.session.analysis
        assert after == before or after.revision == before.revision + 1
        assert after.published == before.published

    @invariant()
    def numbers_stay_true(self):
        analysis = self.session.analysis
        assert 0.0 <= analysis.progress <= 1.0
        assert (analysis.progress == 1.0) == (analysis.status is AnalysisStatus.SUCCESS)
        assert analysis.windows_done <= analysis.windows_total
        assert analysis.published <= analysis.revision
        assert analysis.readable in (analysis.published, analysis.revision)

    @invariant()
    def success_is_always_published(self):
        analysis = self.session.analysis
        if analysis.status is AnalysisStatus.SUCCESS:
            assert analysis.published == analysis.revision


TestSessionHistory = SessionHistory.TestCase
