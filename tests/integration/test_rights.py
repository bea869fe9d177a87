"""The functions run with the rights of their accounts, and every right is used."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import pytest
from werkzeug.test import Client as WsgiClient
from werkzeug.test import TestResponse

from infra.build.rights import RIGHTS, Access, Rights
from shared import bootstrap
from shared.adapters.embedded.envelope import envelope
from shared.adapters.embedded.upload_routes import UploadRoutes
from shared.application import analyze_window
from shared.application.access import load_living, save
from shared.config import Config
from shared.endpoint import Account, account_of
from shared.endpoints import BY_NAME
from tests.integration.conftest import TEXT, Api, Platform
from tests.integration.scripted import OneOfEach, OneSound, OneTranscriber

NOTHING = Rights()
WAV = b"RIFF\x24\0\0\0WAVEfmt \x10\0\0\0\1\0\1\0\x80\x3e\0\0\0\x7d\0\0\2\0\x10\0data\0\0\0\0"
# An upload session's URL is the right to it.
BY_URL = ("received_bytes", "cancel_upload")


class MayNot(RuntimeError):
    """Google Cloud would answer 403 here."""


@dataclass(slots=True)
class Guard:
    """Who is at work, what he may do and what each account has done."""

    rights: Mapping[Account, Rights]
    account: Account = Account.OPEN
    function: str = ""
    models: set[str] = field(default_factory=set)
    used: dict[Account, Rights] = field(default_factory=dict)

    def note(self, store: str, access: Access) -> None:
        if getattr(self.rights[self.account], store) < access:
            raise MayNot(f"{self.account} may not {access.name} {store}.")
        before = self.used.get(self.account, NOTHING)
        most = max(getattr(before, store), access)
        self.used[self.account] = replace(before, **{store: most})

    def note_topic(self, topic: str) -> None:
        if topic not in self.rights[self.account].topics:
            raise MayNot(f"{self.account} may not publish {topic}.")
        before = self.used.get(self.account, NOTHING)
        topics = tuple(sorted({*before.topics, topic}))
        self.used[self.account] = replace(before, topics=topics)


class Guarded:
    """A port that asks the guard before it does anything."""

    def __init__(self, inner: Any, guard: Guard, store: str, writes: Sequence[str]) -> None:
        self._inner, self._guard, self._store, self._writes = inner, guard, store, writes

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._inner, name)
        if name == "transact":
            return lambda work: method(lambda tx: work(self._within(tx)))
        access = Access.WRITE if name in self._writes else Access.READ

        def call(*given: Any, **named: Any) -> Any:
            if name not in BY_URL:
                self._guard.note(self._store, access)
            return method(*given, **named)

        return call

    def _within(self, transaction: Any) -> Guarded:
        return Guarded(transaction, self._guard, self._store, ("create", "set", "delete"))


@dataclass(slots=True)
class GuardedTasks:
    inner: Any
    guard: Guard

    def publish(self, topic: str, data: Mapping[str, Any]) -> None:
        self.guard.note_topic(topic)
        self.inner.publish(topic, data)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.inner, name)


class GuardedPlatform(Platform):
    """The embedded platform, where an account can do what it may and nothing else."""

    @property
    def analyzer(self) -> OneOfEach:  # type: ignore[override]
        self.guard.models.add(self.guard.function)
        return OneOfEach()

    def __init__(self, config: Config, rights: Mapping[Account, Rights]) -> None:
        super().__init__(config)
        self.guard = Guard(rights)

    @cached_property
    def documents(self) -> Any:  # type: ignore[override]
        return Guarded(super().documents, self.guard, "documents", ("delete_tree",))

    @cached_property
    def uploads(self) -> Any:  # type: ignore[override]
        return Guarded(super().uploads, self.guard, "uploads", ("create", "delete", "begin_upload"))

    @cached_property
    def transcripts(self) -> Any:  # type: ignore[override]
        return Guarded(super().transcripts, self.guard, "transcripts", ("create", "delete"))

    @cached_property
    def sound(self) -> OneSound:  # type: ignore[override]
        return OneSound()

    @cached_property
    def transcriber(self) -> OneTranscriber:  # type: ignore[override]
        return OneTranscriber(self.transcripts)

    @cached_property
    def tasks(self) -> Any:  # type: ignore[override]
        return GuardedTasks(super().tasks, self.guard)


@dataclass(frozen=True)
class GuardedApi(Api):
    platform: GuardedPlatform

    def call(self, name: str, **given: Any) -> TestResponse:
        self.platform.guard.account = account_of(BY_NAME[name])
        self.platform.guard.function = name
        return super().call(name, **given)

    def as_user(self, user: str | None) -> GuardedApi:
        return GuardedApi(self.platform, user)


@pytest.fixture
def new_api(tmp_path: Path) -> Iterator[Callable[..., GuardedApi]]:
    def make(rights: Mapping[Account, Rights] = RIGHTS) -> GuardedApi:
        config = Config(data_dir=tmp_path, stalled_after_s=1e-9)
        bootstrap.use(GuardedPlatform(config, rights))
        return GuardedApi(bootstrap.services())  # type: ignore[arg-type]

    yield make
    bootstrap.use(None)


READS = tuple(
    name
    for name, endpoint in BY_NAME.items()
    if endpoint.method == "GET" and "{session_id}" in endpoint.path and endpoint.body is None
)


def live(api: GuardedApi) -> None:
    """A session's life, with every road that a function may take."""
    session_id = api.create(text=TEXT, date="2024-03-20T14:30:00Z")
    stand_still(api, pytest.MonkeyPatch())
    assert api.upload(session_id, TEXT.encode()).status_code == 201
    assert api.upload(session_id, b"", name="empty.txt").status_code < 500
    assert api.upload(session_id, WAV, name="memo.wav").status_code == 201
    api.push("sweep", {})
    api.run_pipeline()
    for name in READS:
        assert api.read(name, session_id).status_code < 500, name
    assert api.call("list_sessions").status_code == 200
    changed(api, session_id)
    api.run_pipeline()
    keep_no_recording(api)
    send_straight(api, session_id)
    fail_for_good(api)
    orphan_an_upload(api)
    assert api.read("delete_session", session_id).status_code == 200
    api.push("sweep", {})
    api.run_pipeline()


def deliver(api: GuardedApi, topic: str) -> None:
    """Delivers what one topic holds, and nothing else."""
    (name,) = (e.name for e in BY_NAME.values() if topic in [s.topic for s in e.subscriptions])
    for claim in api.platform.tasks.claim(topic, 10, 60.0):
        assert api.push(name, envelope(claim)).status_code == 204
        api.platform.tasks.ack(claim)


def stand_still(api: GuardedApi, patch: pytest.MonkeyPatch) -> None:
    """An analysis whose messages are lost after each stage goes on by the sweep."""
    assert api.push("sweep", {}).status_code == 204
    deliver(api, "uploads")
    assert api.push("sweep", {}).status_code == 204
    with patch.context() as killed:
        killed.setattr(analyze_window, "complete_if_settled", lambda *_: None)
        deliver(api, "windows")
    assert api.push("sweep", {}).status_code == 204
    api.run_pipeline()


def orphan_an_upload(api: GuardedApi) -> None:
    """A session is deleted before its content was received."""
    assert api.read("delete_session", api.create(text=TEXT)).status_code == 200
    deliver(api, "purges")
    api.run_pipeline()


def changed(api: GuardedApi, session_id: str) -> None:
    items = api.read("list_action_items", session_id).json["data"]["action_items"]
    ids = {"session_id": session_id, "action_item_id": items[0]["id"]}
    assert api.call("update_action_item", ids=ids, body={"status": "done"}).status_code == 200
    assert api.read("update_session", session_id, body={"title": "B"}).status_code == 200
    assert api.read("analyze_session", session_id).status_code == 202
    assert api.read("create_event_ticket", session_id).status_code == 201
    transcript = api.read("get_transcript", session_id).json["data"]["transcript"]
    segment = transcript["segments"][0]
    ids = {"session_id": session_id, "segment_id": segment["id"]}
    assert api.call("correct_segment", ids=ids, body={"text": "Hello."}).status_code == 200
    speaker = {"label": segment["speaker"], "name": "Dr. Miller"}
    named = api.read("name_speakers", session_id, body={"speakers": [speaker]})
    assert named.status_code == 200


def keep_no_recording(api: GuardedApi) -> None:
    """A recording is erased when it is transcribed."""
    session_id = api.create(settings={"retention": {"recording": "delete"}})
    told = api.upload(session_id, WAV, name="one.wav").json["data"]["upload"]

    def transcribe(transaction: Any) -> None:
        session = load_living(transaction, session_id)
        save(transaction, replace(session, recordings=(told["id"],)), api.platform.now())

    api.platform.guard.account = Account.RECEIVER
    api.platform.documents.transact(transcribe)
    assert api.push("sweep", {}).status_code == 204
    (upload,) = api.read("list_uploads", session_id).json["data"]["uploads"]
    assert upload["source_deleted_at"] is not None


def send_straight(api: GuardedApi, session_id: str) -> None:
    """An upload that goes straight into storage, one that is cancelled and one left open."""
    body = {"filename": "a.txt", "size": len(TEXT), "content_type": "text/plain"}
    sent, cancelled, _ = (
        api.read("begin_upload", session_id, body=body).json["data"] for _ in range(3)
    )
    routes = WsgiClient(UploadRoutes(api.platform.upload_sessions, 1), TestResponse)
    assert routes.put(sent["upload_session"]["url"], data=TEXT).status_code == 200
    ids = {"session_id": session_id, "upload_id": cancelled["upload"]["id"]}
    assert api.call("cancel_upload", ids=ids).status_code == 200
    assert api.read("list_uploads", session_id).status_code == 200
    api.run_pipeline()


def fail_for_good(api: GuardedApi) -> None:
    """A task that could not be done reaches the dead letters."""
    api.create(text=TEXT)
    for topic in ("uploads", "analyses", "windows"):
        for claim in api.platform.tasks.claim(topic, 10, 60.0):
            body = envelope(claim)
            body["subscription"] = "projects/p/subscriptions/dead-letters"
            assert api.push("record_dead_letter", body).status_code == 204
            api.platform.tasks.ack(claim)


def test_functions_can_do_their_work_with_the_rights_of_their_accounts(
    new_api: Callable[..., GuardedApi],
) -> None:
    api = new_api()
    live(api)
    assert api.platform.guard.models == {e.name for e in BY_NAME.values() if e.loads_model}


def test_no_account_holds_a_right_that_its_functions_do_not_use(
    new_api: Callable[..., GuardedApi],
) -> None:
    api = new_api()
    live(api)
    # What is asked of Firebase and of Vertex AI happens in adapters of the Google platform; the
    # relay, which is no function, does not run here.
    held = {
        account: replace(rights, users=False, calls_gemini=False, calls_speech=False)
        for account, rights in RIGHTS.items()
        if account not in (Account.OPEN, Account.RELAY)
    }
    assert api.platform.guard.used == held


@pytest.mark.parametrize(
    ("account", "lacks"),
    [
        (Account.READER, {"documents": Access.NONE}),
        (Account.WRITER, {"documents": Access.READ}),
        (Account.WRITER, {"topics": ("purges",)}),
        (Account.RECEIVER, {"transcripts": Access.READ}),
        (Account.PURGER, {"uploads": Access.READ}),
    ],
)
def test_missing_right_is_found(
    new_api: Callable[..., GuardedApi], account: Account, lacks: dict[str, Any]
) -> None:
    fewer = {**RIGHTS, account: replace(RIGHTS[account], **lacks)}
    with pytest.raises(AssertionError):
        live(new_api(fewer))
