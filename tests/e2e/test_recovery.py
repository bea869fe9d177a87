from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from clients.python.insight_journey import AuthService, Place, SessionService
from infra.demo.service import Service
from shared.bootstrap import EmbeddedServices
from shared.config import Config
from tests.e2e.chaos import endure, undisturbed
from tests.e2e.findings import faults_of
from tests.e2e.storm import await_all, create_all, signed_up
from tests.e2e.texts import texts

WITHIN_S = 240.0


@pytest.fixture
def own_service(tmp_path: Path) -> Iterator[Service]:
    with Service(tmp_path / "data") as service:
        yield service


def await_gone(processes: list[psutil.Process]) -> list[psutil.Process]:
    _, alive = psutil.wait_procs(processes, timeout=15)
    return alive


def test_processes_end_with_a_supervisor_that_was_killed(own_service: Service) -> None:
    children = psutil.Process(own_service.process_id).children(recursive=True)
    assert len(children) >= 4
    own_service.kill()
    assert await_gone(children) == []


def test_analysis_goes_on_after_the_supervisor_was_killed(own_service: Service) -> None:
    client = signed_up(own_service)
    chosen = texts(4)
    expected = undisturbed(client, chosen, WITHIN_S)
    created = create_all(client, chosen * 3)
    while not any(client.events(one) for one in created):
        time.sleep(0.02)
    own_service.kill()
    own_service.start()
    assert await_all(client, created, WITHIN_S) == []
    for one, text in zip(created, chosen * 3, strict=True):
        assert faults_of(client, one, expected[text]) == []


def test_transcription_goes_on_after_the_supervisor_was_killed(own_service: Service) -> None:
    recording = Path(__file__).parents[1] / "media" / "three_utterances.ogg"
    client = signed_up(own_service)
    with AuthService(Place.local(own_service.origin)) as auth:
        auth.sign_up("ada@example.org", "a long passphrase")
        sessions = SessionService(auth)
        one = sessions.create_session("A recording")["session_id"]
        sessions.upload_content(one, recording)
        client.token = auth.token()
    while not any(e["data"].get("stage") == "transcribing" for e in client.all_events(one)):
        time.sleep(0.02)
    own_service.kill()
    own_service.start()
    assert await_all(client, [one], WITHIN_S) == []
    events = client.all_events(one)
    assert [event["id"] for event in events] == list(range(1, len(events) + 1))
    heard = [e["data"]["segments"] for e in events if e["type"] == "transcript_segment"]
    assert len(heard) == 1
    assert heard[0][0]["text"] == "the egyptian background of the bondage"
    blobs = EmbeddedServices(Config(data_dir=own_service.data)).transcripts.list("")
    assert [blob.path.rsplit("/", 1)[1] for blob in blobs] == ["transcript.jsonl"]


def test_kills_at_random_moments_lose_and_double_nothing(own_service: Service) -> None:
    outcome = endure(own_service, sessions=12, seed=7, within_s=WITHIN_S)
    assert outcome.accepted == 12
    assert outcome.killed.total() > 0
    assert (outcome.unfinished, outcome.faults) == (0, {})
