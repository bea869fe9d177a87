"""A relay on a port of this process, a session, and clients that connect to it."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from functions.relay.server import RelayServer
from shared.application.access import load_living, save
from shared.application.create_session import NewSession, create_session
from shared.application.ports import Transaction
from shared.application.stream import append
from shared.domain.events import EventType
from shared.edge.call import LiveServices
from shared.live.limits import Limits

WITHIN_S = 15.0
Message = dict[str, Any]


def new_session(services: LiveServices, user: str = "ada") -> str:
    session_id = services.new_id()
    create_session(services, user, NewSession(title="Live"), session_id)
    return session_id


def tell(services: LiveServices, session_id: str, *numbers: int) -> None:
    """Commits one transaction with one event per number."""

    def work(transaction: Transaction) -> None:
        session = load_living(transaction, session_id)
        assert session is not None
        now = services.now()
        news = [(EventType.ANALYSIS_PROGRESS, {"progress": number}) for number in numbers]
        save(transaction, append(transaction, session, news, now), now)

    services.documents.transact(work)


@dataclass
class Stage:
    """Attributes:
    origin: of the relay.
    """

    services: LiveServices
    server: RelayServer
    origin: str

    def uri(self, session_id: str, query: str = "") -> str:
        return f"{self.origin}/api/v1/sessions/{session_id}/events{query}"

    def connect(
        self, session_id: str, query: str = "", user: str | None = "ada", **options: Any
    ) -> connect:
        headers: Mapping[str, str] = {"Authorization": f"Bearer token-of-{user}"} if user else {}
        return connect(
            self.uri(session_id, query), additional_headers=headers, proxy=None, **options
        )

    async def tell(self, session_id: str, *numbers: int) -> None:
        await asyncio.to_thread(tell, self.services, session_id, *numbers)

    async def until(self, holds: Callable[[], bool]) -> None:
        async with asyncio.timeout(WITHIN_S):
            while not holds():
                await asyncio.sleep(0.005)


@asynccontextmanager
async def stage(services: LiveServices, limits: Limits | None = None) -> AsyncIterator[Stage]:
    server = RelayServer(services, limits)
    await server.open("127.0.0.1", 0)
    try:
        yield Stage(services, server, f"ws://127.0.0.1:{server.port}")
    finally:
        await server.drain()
        services.listener.close()


async def take(client: ClientConnection, count: int) -> list[Message]:
    async with asyncio.timeout(WITHIN_S):
        return [json.loads(await client.recv()) for _ in range(count)]


async def closing(client: ClientConnection) -> tuple[int, str]:
    """The code and reason with which the relay closes; what it says before is passed over."""
    with contextlib.suppress(ConnectionClosed):
        async with asyncio.timeout(WITHIN_S):
            while True:
                await client.recv()
    assert client.close_code is not None
    return client.close_code, client.close_reason or ""


def run(scenario: Callable[[], Awaitable[None]]) -> None:
    async def bounded() -> None:
        async with asyncio.timeout(2 * WITHIN_S):
            await scenario()

    asyncio.run(bounded())
