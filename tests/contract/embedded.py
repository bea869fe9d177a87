"""The ports of the embedded platform, for the suites."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import jwt
from werkzeug.serving import make_server

from shared.adapters.embedded.blobs import FileBlobs
from shared.adapters.embedded.dispatcher import Dispatcher, Subscription
from shared.adapters.embedded.documents import SqliteDocuments
from shared.adapters.embedded.identity import LocalIdentity
from shared.adapters.embedded.ledger import open_ledger
from shared.adapters.embedded.listening import SqliteListener
from shared.adapters.embedded.push_token import PushSigner, PushVerifier, push_secret
from shared.adapters.embedded.sign_in import SignIn
from shared.adapters.embedded.tasks import SqliteTasks
from shared.adapters.embedded.upload_routes import UploadRoutes
from shared.adapters.embedded.upload_sessions import UploadSessions
from shared.application.ports import Blobs, Documents, Listener

from .forgery import forged
from .harness import DEAD, MAX_ATTEMPTS, WORK, DirectUploads, TasksHarness
from .receiver import push_receiver

PROJECT, PASSWORD = "insight-test", "correct horse"


@contextmanager
def documents(directory: Path) -> Iterator[Documents]:
    store = SqliteDocuments(directory / "documents.db")
    yield store
    store.close()


@contextmanager
def listened(directory: Path) -> Iterator[tuple[Documents, Listener]]:
    store = SqliteDocuments(directory / "documents.db")
    listener = SqliteListener(directory / "documents.db")
    yield store, listener
    listener.close()
    store.close()


@contextmanager
def blobs(directory: Path) -> Iterator[Blobs]:
    ledger = open_ledger(directory / "ledger.db")
    yield FileBlobs(directory / "blobs", "transcripts", ledger)
    ledger.close()


@contextmanager
def uploads(directory: Path) -> Iterator[tuple[Blobs, Callable[[], list[dict[str, str]]]]]:
    ledger = open_ledger(directory / "ledger.db")

    def notifications() -> list[dict[str, str]]:
        with ledger.read() as connection:
            rows = connection.execute("SELECT attributes FROM message WHERE topic = 'uploads'")
            return [json.loads(row[0]) for row in rows]

    yield FileBlobs(directory / "blobs", "uploads", ledger, notifies=True), notifications
    ledger.close()


@contextmanager
def direct_uploads(directory: Path) -> Iterator[DirectUploads]:
    with uploads(directory) as (bucket, notifications):
        sessions = UploadSessions(directory / "blobs", open_ledger(directory / "ledger.db"))
        # One thread a request, as where the gateway serves it.
        server = make_server("127.0.0.1", 0, UploadRoutes(sessions, 8), threaded=True)
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield DirectUploads(bucket, notifications, f"http://127.0.0.1:{server.server_port}")
        server.shutdown()
        thread.join()
        server.server_close()


@contextmanager
def tasks_harness(directory: Path) -> Iterator[TasksHarness]:
    ledger = open_ledger(directory / "ledger.db")
    tasks, secret = SqliteTasks(ledger), push_secret(directory / "push.secret")
    stop = threading.Event()
    with push_receiver() as receiver:
        work = Subscription(
            receiver.endpoint(WORK),
            ack_deadline_s=10,
            min_backoff_s=0.02,
            max_backoff_s=0.2,
            max_attempts=MAX_ATTEMPTS,
            dead_letter=DEAD,
        )
        dead = Subscription(receiver.endpoint(DEAD), min_backoff_s=0.02)
        dispatcher = Dispatcher(tasks, {WORK: work, DEAD: dead}, PushSigner(secret))
        thread = threading.Thread(target=dispatcher.run, args=(stop,))
        thread.start()
        yield TasksHarness(tasks, receiver, PushVerifier(secret).verify_push)
        stop.set()
        thread.join()
    ledger.close()


class EmbeddedIdentity:
    """An `IdentityHarness` on the local sign-in."""

    def __init__(self, directory: Path) -> None:
        self.identity = LocalIdentity(directory, PROJECT)
        self._sign_in = SignIn(self.identity, directory, PROJECT)
        self._key = directory / "signing-key.pem"
        self._emails: dict[str, str] = {}

    def sign_up(self) -> tuple[str, str]:
        email = f"user{len(self._emails)}@example.org"
        answer = self._sign_in.sign_up({"email": email, "password": PASSWORD})
        self._emails[answer["localId"]] = email
        return answer["localId"], answer["idToken"]

    def sign_in(self, user_id: str) -> str:
        fields = {"email": self._emails[user_id], "password": PASSWORD}
        token: str = self._sign_in.sign_in_with_password(fields)["idToken"]
        return token

    def revoke(self, user_id: str) -> None:
        self.identity.accounts.revoke(user_id)

    def disable(self, user_id: str) -> None:
        self.identity.accounts.disable(user_id)

    def delete(self, user_id: str) -> None:
        self.identity.accounts.delete(user_id)

    def forge(self, user_id: str, flaw: str) -> str:
        token = self.sign_in(user_id)
        key_id = jwt.get_unverified_header(token)["kid"]
        claims = jwt.decode(token, options={"verify_signature": False})
        return forged(claims, flaw, key_id=key_id, key=self._key.read_bytes())


@contextmanager
def identity_harness(directory: Path) -> Iterator[EmbeddedIdentity]:
    harness = EmbeddedIdentity(directory / "identity")
    yield harness
    harness.identity.accounts.close()
