"""What an endpoint is: how it is called, and what its service is made of."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Caller(StrEnum):
    """Who may call: anyone, a signed-in user, or the platform's own push and scheduler."""

    ANYONE = "anyone"
    USER = "user"
    PLATFORM = "platform"


class Account(StrEnum):
    """In whose name a service runs; `infra/build/rights.py` says what each may do."""

    OPEN = "open"
    READER = "reader"
    WRITER = "writer"
    RECEIVER = "receiver"
    TRANSCRIBER = "transcriber"
    ANALYST = "analyst"
    PURGER = "purger"
    KEEPER = "keeper"
    RELAY = "relay"


@dataclass(frozen=True, slots=True)
class Subscription:
    """How a topic is delivered to a pipeline function.

    Sources: Pub/Sub push subscriptions, sections "Acknowledgement deadline" (at most 600 s),
    "Retry policy" and "Dead-letter topics" (5 to 100 attempts).
    """

    topic: str
    ack_deadline_s: int = 600
    min_backoff_s: int = 1
    max_backoff_s: int = 60
    max_attempts: int = 8
    dead_letter: bool = True


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One Cloud Run function.

    Attributes:
        name: operation id, function target and, with dashes, service name.
        source: the function file.
        body, query, reply: wire models; None where there is none. `body` None with
            `multipart=True` is a file upload.
        success: HTTP status when all is well.
        timeout_s, memory_mib, cpu, concurrency: of its Cloud Run service; it has as many threads as
            requests at a time.
        least_instances, most_instances: of its Cloud Run service; 0 costs nothing while idle.
        account: in whose name it runs; None for what its kind has (`account_of`).
        loads_model: whether it holds the analyser's model in memory.
    """

    name: str
    method: str
    path: str
    source: str
    summary: str
    tag: str
    body: str | None = None
    query: str | None = None
    reply: str | None = None
    success: int = 200
    caller: Caller = Caller.USER
    multipart: bool = False
    idempotent_by_key: bool = False
    subscriptions: tuple[Subscription, ...] = ()
    timeout_s: int = 60
    memory_mib: int = 512
    cpu: float = 1
    concurrency: int = 40
    least_instances: int = 0
    most_instances: int = 20
    account: Account | None = None
    loads_model: bool = False


@dataclass(frozen=True, slots=True)
class Relay:
    """The WebSocket service, on the path of the list of events.

    Sources: Cloud Run, "Using WebSockets" (a socket is a request: at most 3,600 s; session
    affinity) and "Maximum concurrent requests" (at most 1,000).
    """

    path: str
    name: str = "relay"
    timeout_s: int = 3_600
    memory_mib: int = 1_024
    cpu: float = 1
    concurrency: int = 1_000
    least_instances: int = 0
    most_instances: int = 20
    account: Account = Account.RELAY


def account_of(endpoint: Endpoint) -> Account:
    """In whose name the service of `endpoint` runs."""
    if endpoint.account is not None:
        return endpoint.account
    if endpoint.caller is Caller.ANYONE:
        return Account.OPEN
    return Account.READER if endpoint.method == "GET" else Account.WRITER
