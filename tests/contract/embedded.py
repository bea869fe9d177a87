"""The ports of the embedded platform, for the suites."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from shared.adapters.embedded.blobs import FileBlobs
from shared.adapters.embedded.dispatcher import Dispatcher, Subscription
from shared.adapters.embedded.documents import SqliteDocuments
from shared.adapters.embedded.ledger import open_ledger
from shared.adapters.embedded.push_token import PushSigner, PushVerifier, push_secret
from shared.adapters.embedded.tasks import SqliteTasks
from shared.application.ports import Blobs, Documents

from .harness import DEAD, MAX_ATTEMPTS, WORK, TasksHarness
from .receiver import push_receiver


@contextmanager
def documents(directory: Path) -> Iterator[Documents]:
    store = SqliteDocuments(directory / "documents.db")
    yield store
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
