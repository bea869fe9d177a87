"""Delivers the queue's messages by HTTP push, as Pub/Sub does.

Each topic has one subscription. A message is sent as a POST in Pub/Sub's envelope
(cloud.google.com/pubsub/docs/push, "Receive push messages"); an answer of 2xx within the ack
deadline acknowledges it. Otherwise it is sent again after an exponential backoff, until it was
tried `max_attempts` times and goes to the dead-letter topic, if there is one.

    stop = threading.Event()
    Dispatcher(tasks, {"transcribe": Subscription("http://127.0.0.1:8081/")}, signer).run(stop)

Several dispatchers may serve one ledger. None of them need stop in an orderly way: what one held
when it was killed is delivered again once its lease ends.
"""

from __future__ import annotations

import logging
import random
import threading
from collections import Counter
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import dataclass
from sqlite3 import Connection

import urllib3

from shared.domain.errors import Unavailable

from .envelope import dead_letter_attributes, envelope
from .push_token import PushSigner
from .tasks import Claim, SqliteTasks

_LOG = logging.getLogger(__name__)

# How often the ledger is asked whether another process wrote to it: one cheap read.
_POLL_S = 0.02
# Time to record the outcome of a delivery that took the whole ack deadline.
_LEASE_MARGIN_S = 1.0
_CONNECT_TIMEOUT_S = 5.0
_MAX_IDLE_S = 5.0


@dataclass(frozen=True, slots=True)
class Subscription:
    """Where a topic's messages go, and how.

    Attributes:
        endpoint: URL that takes the POST.
        ack_deadline_s: time that the endpoint has to answer; Pub/Sub allows 10 to 600.
        min_backoff_s, max_backoff_s: wait before the second delivery, and the longest wait; each
            further one is twice the one before, less a random part of up to half.
        max_attempts: deliveries before the message goes to `dead_letter`.
        concurrency: deliveries at the same time.
        dead_letter: topic for what could not be delivered; None: try for ever.
    """

    endpoint: str
    ack_deadline_s: float = 600.0
    min_backoff_s: float = 1.0
    max_backoff_s: float = 60.0
    max_attempts: int = 5
    concurrency: int = 4
    dead_letter: str | None = None

    def backoff_s(self, attempt: int) -> float:
        """Wait after delivery number `attempt` failed."""
        # 2 ** 30 is beyond any maximum; a larger exponent would only overflow.
        longest = min(self.max_backoff_s, self.min_backoff_s * 2.0 ** min(attempt - 1, 30))
        # Jitter keeps messages that failed together from coming back together.
        return max(self.min_backoff_s, longest * random.uniform(0.5, 1.0))  # noqa: S311


class Dispatcher:
    """Pushes what is due to the endpoints of `subscriptions`, by topic."""

    def __init__(
        self, tasks: SqliteTasks, subscriptions: Mapping[str, Subscription], signer: PushSigner
    ) -> None:
        self._tasks = tasks
        self._subscriptions = dict(subscriptions)
        self._signer = signer
        self._in_flight: Counter[str] = Counter()
        self._lock = threading.Lock()
        self._wake = threading.Event()
        workers = max(1, sum(each.concurrency for each in self._subscriptions.values()))
        self._pool = ThreadPoolExecutor(workers, thread_name_prefix="push")
        self._http = urllib3.PoolManager(
            num_pools=len(self._subscriptions) + 1, maxsize=workers, retries=False
        )

    def run(self, stop: threading.Event) -> None:
        """Delivers until `stop` is set, then waits for the deliveries under way.

        To be called once.
        """
        with self._pool, closing(self._tasks.ledger.connect()) as watch:
            while not stop.is_set():
                version = _version(watch)
                with _logged("The queue cannot be read"):
                    for topic in self._subscriptions:
                        self._start_due(topic)
                self._wait(watch, version, stop)

    def _start_due(self, topic: str) -> None:
        subscription = self._subscriptions[topic]
        lease_s = subscription.ack_deadline_s + _LEASE_MARGIN_S
        for claim in self._tasks.claim(topic, self._free(topic), lease_s):
            with self._lock:
                self._in_flight[topic] += 1
            self._pool.submit(self._handle, claim)

    def _free(self, topic: str) -> int:
        with self._lock:
            return self._subscriptions[topic].concurrency - self._in_flight[topic]

    def _wait(self, watch: Connection, version: int, stop: threading.Event) -> None:
        """Returns when another process wrote, a delivery ended, a message is due, or at `stop`."""
        remaining = self._idle_s()
        while remaining > 0 and not stop.is_set() and _version(watch) == version:
            if self._wake.wait(min(_POLL_S, remaining)):
                break
            remaining -= _POLL_S
        self._wake.clear()

    def _idle_s(self) -> float:
        open_topics = [topic for topic in self._subscriptions if self._free(topic) > 0]
        try:
            until_due = self._tasks.seconds_until_due(open_topics)
        except Unavailable:
            return _POLL_S
        return _MAX_IDLE_S if until_due is None else min(_MAX_IDLE_S, until_due)

    def _handle(self, claim: Claim) -> None:
        try:
            with _logged("The outcome of a delivery could not be recorded"):
                self._deliver(claim, self._subscriptions[claim.topic])
        finally:
            with self._lock:
                self._in_flight[claim.topic] -= 1
            self._wake.set()

    def _deliver(self, claim: Claim, subscription: Subscription) -> None:
        # Whoever held the last attempt may have been killed before it could bury the message.
        if subscription.dead_letter and claim.attempt > subscription.max_attempts:
            self._bury(claim, subscription.dead_letter)
            return
        outcome = self._push(claim, subscription)
        if outcome == "acknowledged":
            self._tasks.ack(claim)
            return
        _LOG.warning(
            "Delivery failed: topic=%s message=%d attempt=%d outcome=%s",
            *(claim.topic, claim.id, claim.attempt, outcome),
        )
        if outcome == "unreachable":
            # The endpoint has not seen it, so this says nothing of the message.
            delay_s = subscription.backoff_s(claim.attempt)
            self._tasks.retry(claim, delay_s, counted=False)
        elif subscription.dead_letter and claim.attempt >= subscription.max_attempts:
            self._bury(claim, subscription.dead_letter)
        else:
            self._tasks.retry(claim, subscription.backoff_s(claim.attempt))

    def _bury(self, claim: Claim, topic: str) -> None:
        self._tasks.bury(claim, topic, dead_letter_attributes(claim))

    def _push(self, claim: Claim, subscription: Subscription) -> str:
        deadline_s = subscription.ack_deadline_s
        timeout = urllib3.Timeout(connect=min(_CONNECT_TIMEOUT_S, deadline_s), total=deadline_s)
        try:
            response = self._http.request(
                "POST",
                subscription.endpoint,
                json=envelope(claim),
                headers=self._signer.headers(),
                timeout=timeout,
                redirect=False,
            )
        except (urllib3.exceptions.NewConnectionError, urllib3.exceptions.ConnectTimeoutError):
            return "unreachable"
        except urllib3.exceptions.HTTPError as error:
            return type(error).__name__
        return "acknowledged" if 200 <= response.status < 300 else f"status {response.status}"


def _version(watch: Connection) -> int:
    # Changes whenever another connection commits (sqlite.org/pragma.html#pragma_data_version).
    version: int = watch.execute("PRAGMA data_version").fetchone()[0]
    return version


@contextmanager
def _logged(fact: str) -> Iterator[None]:
    # Whatever it was, the lease brings the message back.
    try:
        yield
    except Exception as error:
        _LOG.warning("%s, and is tried again: %s", fact, type(error).__name__)
