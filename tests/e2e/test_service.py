from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from infra.demo.client import CallFailed, Client
from infra.demo.service import Service, ServiceFailed
from tests.e2e.findings import KINDS, faults, findings
from tests.e2e.storm import create

ROOT = Path(__file__).parents[2]


def test_transcript_goes_through_every_stage(client: Client, transcript: Path) -> None:
    text = transcript.read_text(encoding="utf-8")
    session_id = create(client, text)
    events = list(client.follow(session_id))
    session = client.session(session_id)
    assert faults(session, events, findings(session)) == []
    assert events[-1]["type"] == "analysis_progress"
    assert events[-1]["data"] == {**events[-1]["data"], "status": "completed", "progress": 1.0}
    assert session["emotions"]
    assert session["topics"]


def test_every_quote_stands_in_the_transcript(client: Client, transcript: Path) -> None:
    text = transcript.read_text(encoding="utf-8")
    session_id = create(client, text)
    assert list(client.follow(session_id))
    session = client.session(session_id)
    quotes = [e["quote"] for kind in KINDS for found in session[kind] for e in found["evidence"]]
    assert quotes
    assert [quote for quote in quotes if quote not in text] == []


def test_progress_only_grows(client: Client, transcript: Path) -> None:
    session_id = create(client, transcript.read_text(encoding="utf-8"))
    told = [
        event["data"]["progress"]
        for event in client.follow(session_id)
        if event["type"] == "analysis_progress"
    ]
    assert told == sorted(told)


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/api/v1/nothing", 404),
        ("GET", "/elsewhere", 404),
        ("POST", "/pipeline/sweep", 404),
        ("DELETE", "/api/v1/health", 405),
        ("GET", "/api/v1/sessions/", 404),
    ],
)
def test_gateway_answers_what_no_endpoint_has_with_a_problem(
    client: Client, method: str, path: str, status: int
) -> None:
    with pytest.raises(CallFailed) as failed:
        client.call(method, path)
    assert failed.value.status == status
    assert failed.value.body["http_status"] == status


def test_gateway_leads_from_the_root_to_the_documentation(service: Service) -> None:
    answer = httpx.get(service.origin, follow_redirects=True)
    assert answer.status_code == 200
    assert "swagger" in answer.text.lower()


def test_pipeline_refuses_who_is_not_the_dispatcher(service: Service) -> None:
    environment = {**os.environ, "INSIGHT_DATA_DIR": str(service.data)}
    script = (
        "from werkzeug.test import Client\n"
        "from infra.local.worker import make\n"
        "print(Client(make()).post('/pipeline/sweep').status_code)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, env=environment, capture_output=True, text=True
    )
    assert done.stdout.splitlines()[-1] == "401", done.stderr


def test_service_keeps_its_data_to_its_owner(service: Service) -> None:
    assert stat.S_IMODE(service.data.stat().st_mode) & 0o077 == 0


def test_second_service_on_the_same_data_is_refused(service: Service) -> None:
    with pytest.raises(ServiceFailed, match="already serves"):
        Service(service.data).start()


def test_service_says_when_its_port_is_taken(service: Service, tmp_path: Path) -> None:
    with pytest.raises(ServiceFailed, match=f"Port {service.port} .* is taken"):
        Service(tmp_path / "data", service.port).start()


def test_logs_hold_nothing_of_what_was_said(
    service: Service, client: Client, transcript: Path
) -> None:
    text = transcript.read_text(encoding="utf-8")
    session_id = client.create_session(title="Unmistakable title", inputMethod="text", text=text)
    assert list(client.follow(session_id))
    logs = "".join(path.read_text() for path in (service.data / "logs").glob("*.log"))
    assert session_id
    said = ["Unmistakable title", "Alex", "anxious", str(client.token)]
    assert [words for words in said if words in logs] == []
    assert all(json.loads(line) for line in logs.splitlines() if line.startswith("{"))
