"""`make run PLATFORM=google`: the same service on Google's emulators."""

from __future__ import annotations

import asyncio
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from infra.demo.client import CallFailed, Client
from infra.demo.service import Service
from infra.local.google_emulators import EmulatorMissing, firestore_command, pubsub_command
from tests.e2e.findings import faults, findings
from tests.e2e.storm import create
from tests.e2e.test_live import bearer, until_completed

NOOP = {"INSIGHT_ANALYZER": "noop"}


@pytest.fixture(scope="module")
def google(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    try:
        firestore_command("127.0.0.1", 0)
        pubsub_command("127.0.0.1", 0)
    except EmulatorMissing as missing:
        if os.environ.get("CI") and shutil.which("gcloud"):
            pytest.fail(f"In CI an emulator must not be missing: {missing}.")
        pytest.skip(f"{missing}")
    data = tmp_path_factory.mktemp("google")
    with Service(data, environment=NOOP, arguments=("--platform", "google")) as running:
        yield running


@pytest.fixture
def caller(google: Service) -> Client:
    client = Client(google.origin, retry_for_s=30.0)
    client.sign_up()
    return client


def test_transcript_goes_through_every_stage_on_emulators(caller: Client, transcript: Path) -> None:
    session_id = create(caller, transcript.read_text(encoding="utf-8"))
    events = list(caller.follow(session_id))
    session = caller.session(session_id)
    assert faults(session, events, findings(session)) == []


def test_file_is_taken_on_emulators(caller: Client, transcript: Path) -> None:
    session_id = caller.create_session(title="A file")
    with transcript.open("rb") as file:
        answer = httpx.post(
            f"{caller.origin}/api/v1/sessions/{session_id}/content",
            headers={"Authorization": f"Bearer {caller.token}"},
            files={"file": file},
            # The function may have to start first.
            timeout=60.0,
        )
    assert answer.status_code == 201
    assert list(caller.follow(session_id))[-1]["data"]["status"] == "completed"


def test_token_of_a_deleted_account_is_refused_on_emulators(caller: Client) -> None:
    path = "/identitytoolkit.googleapis.com/v1/accounts:delete"
    caller.call("POST", path, {"idToken": caller.token})
    with pytest.raises(CallFailed) as failed:
        caller.call("GET", "/api/v1/sessions")
    assert failed.value.status == 401


def test_admin_lookup_refuses_who_is_not_the_service(caller: Client) -> None:
    path = "/identitytoolkit.googleapis.com/v1/projects/insight-local/accounts:lookup"
    with pytest.raises(CallFailed) as failed:
        caller.call("POST", path, {"localId": ["any"]})
    assert failed.value.status == 401


def test_socket_tells_what_polling_tells_on_emulators(caller: Client, transcript: Path) -> None:
    session_id = create(caller, transcript.read_text(encoding="utf-8"))
    told = asyncio.run(until_completed(caller, session_id, additional_headers=bearer(caller)))
    polled = caller.all_events(session_id)
    assert told == [{k: e[k] for k in ("id", "session_id", "type", "data")} for e in polled]
