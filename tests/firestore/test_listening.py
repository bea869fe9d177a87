"""Firebase's own SDK listens under the rules while the pipeline writes, all on the emulator."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import urllib3

from shared.adapters.google.documents import FirestoreDocuments
from shared.application.create_session import NewSession, create_session
from shared.application.delete_session import delete_session
from shared.application.read_events import read_events
from shared.application.request_analysis import request_analysis
from shared.contract.events import EventListReply
from tests import emulators
from tests.firestore.test_rules import FOLDER, RULES
from tests.node_packages import installed
from tests.world import World

TEXT = "C: I am sad at work.\nT: How so?\nC: I will ask. It is sad.\n"
MORE = "C: And sad again.\n" * 200


class GoogleWorld(World):
    """The same world with its documents in Firestore."""

    def __init__(self, directory: Path) -> None:
        super().__init__(directory)
        self.documents = FirestoreDocuments(emulators.PROJECT)  # type: ignore[assignment]


class Listener:
    """What a browser that listens to a session's events hears."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def heard(self) -> Iterator[dict[str, Any]]:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            yield json.loads(line)

    def until_current(self) -> None:
        assert {"current": True} in self.heard()

    def events(self, count: int) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        for said in self.heard():
            if "event" in said:
                assert said["change"] == "added"
                found.append(said["event"])
            if len(found) == count:
                break
        return found

    def end(self) -> dict[str, Any]:
        *_, last = self.heard()
        return last


@pytest.fixture
def world(tmp_path: Path) -> Iterator[GoogleWorld]:
    installed(FOLDER)
    with emulators.firestore() as host:
        files = [{"name": "firestore.rules", "content": RULES.read_text()}]
        url = f"http://{host}/emulator/v1/projects/{emulators.PROJECT}:securityRules"
        assert urllib3.request("PUT", url, json={"rules": {"files": files}}).status == 200
        yield GoogleWorld(tmp_path)


@contextmanager
def listening(session_id: str, after: int = 0, user: str = "ada") -> Iterator[Listener]:
    process = subprocess.Popen(
        ["node", "listen.js", emulators.PROJECT, user, session_id, str(after)],
        cwd=FOLDER,
        env=os.environ,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with process:
        yield Listener(process)
        assert process.stdin is not None
        process.stdin.close()


def over_http(world: World, session_id: str, after: int = 0) -> list[dict[str, Any]]:
    page = read_events(world, "ada", session_id, after, 500)
    events = EventListReply.of(page).model_dump(mode="json")["data"]["events"]
    return [
        {name: event[name] for name in ("id", "session_id", "type", "data")} for event in events
    ]


def new_session(world: World, text: str | None = None) -> str:
    draft = NewSession(title="A session", text=text)
    return create_session(world, "ada", draft, world.new_id()).id


def test_listener_hears_what_the_pipeline_writes_as_http_tells_it(world: GoogleWorld) -> None:
    session_id = new_session(world, TEXT + MORE)
    with listening(session_id) as listener:
        listener.until_current()
        world.drain()
        request_analysis(world, "ada", session_id)
        world.drain()
        told = over_http(world, session_id, after=1)
        assert listener.events(len(told)) == told
    kinds = {event["type"] for event in told}
    assert kinds >= {"analysis_progress", "new_emotion", "new_topic", "new_insight", "reset"}


def test_listener_resumes_after_an_event_without_gap_or_double(world: GoogleWorld) -> None:
    session_id = new_session(world, TEXT)
    world.drain()
    told = over_http(world, session_id)
    seen = len(told) // 2
    with listening(session_id, after=told[seen - 1]["id"]) as listener:
        assert listener.events(len(told) - seen) == told[seen:]


def test_listener_is_ended_by_the_deletion(world: GoogleWorld) -> None:
    session_id = new_session(world, TEXT)
    with listening(session_id) as listener:
        listener.until_current()
        delete_session(world, "ada", session_id)
        assert listener.end() == {"ended": "permission-denied"}


def test_listener_of_another_user_is_denied(world: GoogleWorld) -> None:
    session_id = new_session(world, TEXT)
    with listening(session_id, user="bob") as listener:
        assert listener.end() == {"ended": "permission-denied"}
