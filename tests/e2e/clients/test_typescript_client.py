"""The TypeScript client: compiled strictly, then the same journey in Node.js and in a browser."""

from __future__ import annotations

import json
import re
import secrets
import shutil
from pathlib import Path
from typing import Any

import pytest

from infra.demo.service import Service
from tests.e2e.api_examples.extract import example
from tests.e2e.clients.chromium import page
from tests.e2e.conftest import PAGES_ORIGIN
from tests.node_packages import installed, node

CLIENT = Path(__file__).parents[3] / "clients" / "typescript"
BUILD = CLIENT / "build"
# Node.js has it without being asked from version 22 on.
SOCKETS = "--experimental-websocket"
TYPES = {".js": "text/javascript", ".html": "text/html"}


@pytest.fixture(scope="module", autouse=True)
def compiled() -> None:
    installed(CLIENT)
    node(CLIENT, "node_modules/typescript/bin/tsc", "--project", ".")


def assert_complete(told: dict[str, Any], transcript: Path) -> None:
    size = transcript.stat().st_size
    assert told["uploaded"] == {"size": size, "type": "text"}
    assert told["progress"] == [size, size]
    direct = told["direct"]
    assert direct["checksum"] == direct["expected"]
    assert (direct["kept"], direct["end"]) == (8 * 1024 * 1024, direct["size"])
    assert told["live"] == told["overHttp"]
    assert [event["id"] for event in told["live"]] == list(range(1, len(told["live"]) + 1))
    assert told["found"] == told["paged"]
    assert told["found"]["emotions"] > 0
    assert told["status"] == "completed"
    assert told["sentences"] == 2
    assert told["title"] == "Another title"
    assert told["pages"] == ["Another title"]
    assert told["endedBy"] == "deletion"
    assert told["isGone"]


def test_unit_tests_of_the_client_pass() -> None:
    said = node(CLIENT, "--test", "build/tests/unit/")
    passed = re.search(r"^# pass (\d+)$", said, re.MULTILINE)
    assert passed
    assert int(passed.group(1)) >= 30


def test_journey_in_node(service: Service, transcript: Path) -> None:
    said = node(CLIENT, SOCKETS, "build/tests/run_journey.js", service.origin, str(transcript))
    assert_complete(json.loads(said), transcript)


@pytest.mark.parametrize("pages", [None, PAGES_ORIGIN], ids=["own origin", "another origin"])
def test_journey_in_a_browser(
    service: Service, transcript: Path, tmp_path: Path, pages: str | None
) -> None:
    def files(path: str) -> tuple[str, bytes] | None:
        if path == "page.html":
            return "text/html", b"<!doctype html><title>journey</title>"
        found = BUILD / path
        return (TYPES[found.suffix], found.read_bytes()) if found.is_file() else None

    text = json.dumps(transcript.read_text(encoding="utf-8"))
    with page(tmp_path, f"{pages or service.origin}/client/", files) as opened:
        opened.open("page.html")
        told = opened.evaluate(
            "import(location.origin + '/client/tests/journey.js')"
            f".then((module) => module.journey({service.origin!r}, {text}))"
        )
    assert_complete(told, transcript)


def test_example_of_api_md_runs_over_this_auth_service(
    service: Service, transcript: Path, tmp_path: Path
) -> None:
    script = tmp_path / "example.mjs"
    script.write_text(_OVER_THIS_AUTH_SERVICE, encoding="utf-8")
    (tmp_path / "example.ts").write_text(example("typescript"), encoding="utf-8")
    told = json.loads(node(CLIENT, str(script), str(CLIENT), service.origin, str(transcript)))
    assert told["created"]["status"] == "created"
    assert told["uploaded"]["data"]["upload"]["size"] == transcript.stat().st_size


# The example as it stands, but for its types, which need a declaration of AuthService.
_OVER_THIS_AUTH_SERVICE = """
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
const [client, origin, transcript] = process.argv.slice(2);
const { AuthService, local } = await import(`${client}/build/src/index.js`);
const { ModuleKind, transpile } = createRequire(`${client}/`)('typescript');
const source = readFileSync(new URL('example.ts', import.meta.url), 'utf8');
const script = transpile(source, { target: 99, module: ModuleKind.ESNext });
const SessionService = new Function(`${script}; return SessionService;`)();
const auth = new AuthService(local(origin));
await auth.signUp(`${Date.now()}-${process.pid}@example.org`, 'a long passphrase');
const sessions = new SessionService(auth);
const created = await sessions.createSession('From API.md', "Over this package's AuthService");
const file = new File([readFileSync(transcript)], 'session.txt', { type: 'text/plain' });
const uploaded = await sessions.uploadContent(created.session_id, file);
console.log(JSON.stringify({ created, uploaded }));
"""


def test_example_of_the_readme_runs(service: Service, transcript: Path, tmp_path: Path) -> None:
    readme = (CLIENT / "README.md").read_text(encoding="utf-8")
    code, _ = re.findall(r"^```typescript\n(.*?)^```", readme, re.MULTILINE | re.DOTALL)
    assert code == (CLIENT / "tests" / "example.ts").read_text(encoding="utf-8")
    script = BUILD / "tests" / "example_here.js"
    compiled = script.with_name("example.js").read_text(encoding="utf-8")
    compiled = compiled.replace("http://localhost:5000", service.origin)
    script.write_text(compiled.replace("me@", f"{secrets.token_hex(8)}@"), encoding="utf-8")
    shutil.copy(transcript, tmp_path / "session.txt")
    said = node(CLIENT, SOCKETS, str(script), cwd=tmp_path)
    assert "100 %" in said
    assert said.rstrip().endswith("topics")
