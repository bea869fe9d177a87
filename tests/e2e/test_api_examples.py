"""API.md's two example clients, verbatim, method by method against the gateway.

Only what they leave out is supplied: an AuthService, and a WebSocket that is let in. `test_live.py`
calls `connect_to_events` of the Python example.
"""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import httpx
import pytest

from infra.demo.client import Client
from tests.e2e.api_examples.extract import API_MD, example

EXAMPLES = API_MD.parent
USERS_COPY = EXAMPLES.parents[3] / "shared" / "API.md"


class AuthService:
    def __init__(self, client: Client) -> None:
        self._http = httpx.Client(
            base_url=f"{client.origin}/api/v1",
            headers={"Authorization": f"Bearer {client.token}"},
        )

    def make_authenticated_request(self, path: str, method: str, **content: Any) -> Any:
        return self._http.request(method, path, **content).raise_for_status().json()


def assert_created(answer: dict[str, Any]) -> None:
    assert answer["status"] == "created"
    assert answer["sessionId"] == answer["session_id"]
    assert answer["graphId"]


def assert_uploaded(answer: dict[str, Any], path: Path) -> None:
    assert answer["status"] == "success"
    upload = answer["data"]["upload"]
    assert (upload["filename"], upload["type"]) == (path.name, "text")
    assert upload["size"] == path.stat().st_size
    assert upload["id"]
    assert upload["created_at"]


def assert_analysed(client: Client, session_id: str) -> None:
    assert [event["type"] for event in client.follow(session_id)]
    assert client.session(session_id)["analysis_status"] == "success"


def assert_followed(session: dict[str, Any], seen: dict[str, list[Any]]) -> None:
    assert len(seen["progress"]) > 1
    assert seen["progress"] == sorted(seen["progress"])
    assert seen["emotions"]
    for kind in ("emotions", "topics", "insights"):
        # In the order in which they were found, which is not that of the session.
        assert ids_of(seen[kind]) == ids_of(session[kind])


def ids_of(elements: list[Any]) -> list[str]:
    return sorted(element["id"] for element in elements)


def test_committed_copy_is_the_users_api_md() -> None:
    if not USERS_COPY.exists():
        pytest.skip("the user's own API.md is not beside this checkout")
    assert API_MD.read_bytes() == USERS_COPY.read_bytes()


def test_python_example_creates_and_uploads(client: Client, transcript: Path) -> None:
    namespace: dict[str, Any] = {}
    exec(compile(example("python"), str(API_MD), "exec"), namespace)
    service = namespace["SessionService"](AuthService(client))
    created = service.create_session("From Python", "The example of API.md")
    assert_created(created)
    uploaded = service.upload_content(created["session_id"], str(transcript))
    assert_uploaded(uploaded, transcript)
    assert_analysed(client, created["session_id"])


def test_typescript_example_creates_uploads_and_follows(
    client: Client, transcript: Path, tmp_path: Path
) -> None:
    if shutil.which("npm") is None:
        pytest.skip("Node.js with npm is not installed")
    script = compile_typescript(tmp_path)
    arguments = [f"{client.origin}/api/v1", str(client.token), str(transcript)]
    answers = json.loads(run("node", str(script), *arguments, cwd=tmp_path))
    assert_created(answers["created"])
    assert_uploaded(answers["uploaded"], transcript)
    session_id = answers["created"]["sessionId"]
    assert_analysed(client, session_id)
    assert_followed(client.session(session_id), answers["seen"])


def compile_typescript(folder: Path) -> Path:
    for path in EXAMPLES.iterdir():
        if path.suffix in (".ts", ".json") or path.name == ".npmrc":
            shutil.copy(path, folder)
    run("npm", "ci", "--no-audit", "--no-fund", cwd=folder)
    service = (
        "import { AuthService } from './auth_service.js';\n"
        f"{example('typescript')}\nexport {{ SessionService }};\n"
    )
    (folder / "session_service.ts").write_text(service, encoding="utf-8")
    run("npx", "tsc", "--project", ".", cwd=folder)
    return folder / "run.js"


def run(*command: str, cwd: Path) -> str:
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout
