"""Leases, backoff, kills: what the dispatcher promises beyond the port's suite."""

from __future__ import annotations

import itertools
import signal
import socket
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from shared.adapters.embedded.dispatcher import Dispatcher, Subscription
from shared.adapters.embedded.ledger import open_ledger
from shared.adapters.embedded.push_token import PushSigner
from shared.adapters.embedded.tasks import SqliteTasks
from tests.contract.receiver import Answer, PushReceiver, push_receiver

SECRET = b"s" * 32

RUN = """
import sys, threading
from pathlib import Path
from shared.adapters.embedded.dispatcher import Dispatcher, Subscription
from shared.adapters.embedded.ledger import open_ledger
from shared.adapters.embedded.push_token import PushSigner
from shared.adapters.embedded.tasks import SqliteTasks
work = Subscription(sys.argv[2], ack_deadline_s=0.3, min_backoff_s=0.02, max_backoff_s=0.1)
signer = PushSigner(b"s" * 32)
Dispatcher(SqliteTasks(open_ledger(Path(sys.argv[1]))), {"work": work}, signer).run(
    threading.Event()
)
"""

PUBLISH = """
import sys, time
from pathlib import Path
from shared.adapters.embedded.ledger import open_ledger
from shared.adapters.embedded.tasks import SqliteTasks
tasks = SqliteTasks(open_ledger(Path(sys.argv[1])))
tasks.depth("work")
sys.stdin.readline()
tasks.publish("work", {"at": time.monotonic()})
"""


@pytest.fixture
def tasks(tmp_path: Path) -> SqliteTasks:
    return SqliteTasks(open_ledger(tmp_path / "ledger.db"))


@pytest.fixture
def receiver() -> Iterator[PushReceiver]:
    with push_receiver() as running:
        yield running


@contextmanager
def dispatching(tasks: SqliteTasks, **subscriptions: Subscription) -> Iterator[None]:
    stop = threading.Event()
    dispatcher = Dispatcher(tasks, subscriptions, PushSigner(SECRET))
    thread = threading.Thread(target=dispatcher.run, args=(stop,))
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


def wait_until_empty(tasks: SqliteTasks, topic: str = "work") -> None:
    deadline = time.monotonic() + 10
    while tasks.depth(topic) and time.monotonic() < deadline:
        time.sleep(0.01)
    assert tasks.depth(topic) == 0


def test_an_answer_after_the_ack_deadline_is_a_refusal(
    tasks: SqliteTasks, receiver: PushReceiver
) -> None:
    receiver.answer("work", Answer(after_s=1.0))
    work = Subscription(receiver.endpoint("work"), ack_deadline_s=0.2, min_backoff_s=0.02)
    with dispatching(tasks, work=work):
        tasks.publish("work", {})
        deliveries = receiver.wait_for("work", 2)
        wait_until_empty(tasks)
    assert [each.body["deliveryAttempt"] for each in deliveries] == [1, 2]
    assert deliveries[1].at_s - deliveries[0].at_s < 1.0


def test_waits_grow_up_to_the_longest() -> None:
    subscription = Subscription("", min_backoff_s=1.0, max_backoff_s=10.0)
    for attempt, longest in [(1, 1), (2, 2), (3, 4), (4, 8), (5, 10), (6, 10), (10**6, 10)]:
        waits = [subscription.backoff_s(attempt) for _ in range(200)]
        assert max(1.0, longest / 2) <= min(waits)
        assert max(waits) <= longest
        assert longest == 1 or len(set(waits)) > 1


def test_redeliveries_keep_the_backoff(tasks: SqliteTasks, receiver: PushReceiver) -> None:
    receiver.answer("work", *[Answer(503)] * 3)
    work = Subscription(receiver.endpoint("work"), min_backoff_s=0.1, max_backoff_s=0.1)
    with dispatching(tasks, work=work):
        tasks.publish("work", {})
        times = [each.at_s for each in receiver.wait_for("work", 4)]
    waits = [after - before for before, after in itertools.pairwise(times)]
    assert min(waits) >= 0.1


def test_without_a_dead_letter_topic_it_is_tried_for_ever(
    tasks: SqliteTasks, receiver: PushReceiver
) -> None:
    receiver.answer("work", *[Answer(500)] * 12)
    work = Subscription(
        receiver.endpoint("work"), min_backoff_s=0.01, max_backoff_s=0.01, max_attempts=2
    )
    with dispatching(tasks, work=work):
        tasks.publish("work", {})
        assert receiver.wait_for("work", 13)[-1].body["deliveryAttempt"] == 13
        wait_until_empty(tasks)


def test_no_more_at_once_than_the_subscription_allows(
    tasks: SqliteTasks, receiver: PushReceiver
) -> None:
    receiver.answer("work", *[Answer(after_s=0.05)] * 12)
    for n in range(12):
        tasks.publish("work", {"n": n})
    work = Subscription(receiver.endpoint("work"), concurrency=3)
    with dispatching(tasks, work=work):
        receiver.wait_for("work", 12)
        wait_until_empty(tasks)
    assert receiver.most_at_once == 3


def test_a_busy_topic_does_not_hold_up_another(tasks: SqliteTasks, receiver: PushReceiver) -> None:
    receiver.answer("work", *[Answer(after_s=1.5)] * 2)
    subscriptions = {
        topic: Subscription(receiver.endpoint(topic), concurrency=2) for topic in ("work", "other")
    }
    with dispatching(tasks, **subscriptions):
        for n in range(2):
            tasks.publish("work", {"n": n})
        receiver.wait_for("work", 2)
        tasks.publish("other", {})
        started = time.monotonic()
        receiver.wait_for("other", 1)
        assert time.monotonic() - started < 1.0


def test_an_endpoint_that_is_not_up_yet_uses_up_no_attempt(
    tasks: SqliteTasks, receiver: PushReceiver
) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        nobody = f"http://127.0.0.1:{unused.getsockname()[1]}/"
    down = Subscription(nobody, min_backoff_s=0.01, max_backoff_s=0.02, dead_letter="dead")
    tasks.publish("work", {})
    with dispatching(tasks, work=down):
        time.sleep(0.4)
    assert (tasks.depth("work"), tasks.depth("dead")) == (1, 0)
    with dispatching(tasks, work=Subscription(receiver.endpoint("work"))):
        assert receiver.wait_for("work", 1)[0].body["deliveryAttempt"] == 1


def test_a_message_that_outlives_its_last_lease_is_buried(
    tasks: SqliteTasks, receiver: PushReceiver
) -> None:
    tasks.publish("work", {"n": 1})
    for _ in range(2):
        assert tasks.claim("work", 1, lease_s=0)
        time.sleep(0.001)
    work = Subscription(receiver.endpoint("work"), max_attempts=2, dead_letter="dead")
    with dispatching(tasks, work=work):
        wait_until_empty(tasks)
    assert receiver.deliveries("work") == []
    (dead,) = tasks.claim("dead", 1, lease_s=1)
    assert dead.data == '{"n":1}'


def test_a_claim_is_held_until_its_lease_ends(tasks: SqliteTasks) -> None:
    tasks.publish("work", {})
    (first,) = tasks.claim("work", 5, lease_s=0.1)
    assert tasks.claim("work", 5, lease_s=0.1) == []
    time.sleep(0.11)
    (second,) = tasks.claim("work", 5, lease_s=10)
    assert (first.attempt, second.attempt) == (1, 2)
    tasks.ack(first)
    tasks.retry(first, 0)
    tasks.bury(first, "dead", {})
    assert (tasks.depth("work"), tasks.depth("dead")) == (1, 0)
    assert tasks.claim("work", 5, lease_s=10) == []
    tasks.ack(second)
    assert tasks.depth("work") == 0


def test_a_message_id_is_never_used_again(tasks: SqliteTasks) -> None:
    ids = set()
    for _ in range(3):
        tasks.publish("work", {})
        (claim,) = tasks.claim("work", 1, lease_s=1)
        ids.add(claim.id)
        tasks.ack(claim)
    assert len(ids) == 3


def test_a_message_of_another_process_is_delivered_promptly(
    tasks: SqliteTasks, receiver: PushReceiver
) -> None:
    command = [sys.executable, "-c", PUBLISH, str(tasks.ledger.path)]
    with (
        dispatching(tasks, work=Subscription(receiver.endpoint("work"))),
        subprocess.Popen(command, stdin=subprocess.PIPE) as publisher,
    ):
        time.sleep(0.5)
        publisher.communicate(b"\n")
        (delivery,) = receiver.wait_for("work", 1)
    assert delivery.at_s - delivery.data["at"] < 1.0


def test_an_idle_dispatcher_costs_next_to_nothing(
    tasks: SqliteTasks, receiver: PushReceiver
) -> None:
    with dispatching(tasks, work=Subscription(receiver.endpoint("work"))):
        before = time.process_time()
        time.sleep(1.0)
        assert time.process_time() - before < 0.2


def test_two_dispatchers_and_their_kills_lose_nothing(
    tasks: SqliteTasks, receiver: PushReceiver
) -> None:
    command = [sys.executable, "-c", RUN, str(tasks.ledger.path), receiver.endpoint("work")]
    receiver.answer("work", *[Answer(after_s=0.01)] * 400)
    for n in range(200):
        tasks.publish("work", {"n": n})
    children = [subprocess.Popen(command) for _ in range(2)]
    for share in (20, 60, 100):
        receiver.wait_for("work", share)
        children[0].send_signal(signal.SIGKILL)
        children[0].wait()
        children = [children[1], subprocess.Popen(command)]
    wait_until_empty(tasks)
    for child in children:
        child.send_signal(signal.SIGKILL)
        child.wait()
    counts = Counter(delivery.data["n"] for delivery in receiver.deliveries("work"))
    assert set(counts) == set(range(200))
    # Each of three kills can at most repeat what four workers had in their hands.
    assert sum(counts.values()) - 200 <= 3 * 4
