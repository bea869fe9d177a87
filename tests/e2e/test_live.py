"""The socket of a session's events through the gateway, and API.md's own way to it."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
from typing import Any

import psutil
import pytest
import websockets
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from infra.demo.client import Client
from infra.demo.service import Service
from tests.e2e.api_examples.extract import API_MD, example

WITHIN_S = 90.0
TEXT = "Therapist: How was work?\nClient: I was so sad and anxious at work this week.\n"


def uri_of(client: Client, session_id: str, query: str = "") -> str:
    origin = client.origin.replace("http", "ws", 1)
    return f"{origin}/api/v1/sessions/{session_id}/events{query}"


def bearer(client: Client) -> dict[str, str]:
    return {"Authorization": f"Bearer {client.token}"}


async def until_completed(client: Client, session_id: str, **options: Any) -> list[dict[str, Any]]:
    messages = []
    async with asyncio.timeout(WITHIN_S):
        async with connect(uri_of(client, session_id), proxy=None, **options) as socket:
            async for message in socket:
                messages.append(json.loads(message))
                if messages[-1]["data"].get("status") == "completed":
                    break
    return messages


def kill(service: Service, program: str) -> None:
    for process in psutil.Process(service.process_id).children(recursive=True):
        with contextlib.suppress(psutil.NoSuchProcess):
            if program in " ".join(process.cmdline()):
                process.kill()


def test_socket_tells_what_polling_tells(client: Client) -> None:
    session_id = client.create_session(title="Live", inputMethod="text", text=TEXT)
    told = asyncio.run(until_completed(client, session_id, additional_headers=bearer(client)))
    polled = client.all_events(session_id)
    assert told == [{k: e[k] for k in ("id", "session_id", "type", "data")} for e in polled]


def test_ticket_opens_the_socket_from_a_browser(client: Client) -> None:
    session_id = client.create_session(title="Live", inputMethod="text", text=TEXT)
    ticket = client.call("POST", f"/api/v1/sessions/{session_id}/events/ticket")["data"]["ticket"]

    async def scenario() -> None:
        query, origin = f"?ticket={ticket}&after=0", client.origin
        async with connect(uri_of(client, session_id, query), proxy=None, origin=origin) as socket:
            assert json.loads(await asyncio.wait_for(socket.recv(), WITHIN_S))["id"] == 1

    asyncio.run(scenario())


def test_gateway_hands_every_upgrade_to_the_relay(client: Client) -> None:
    async def scenario() -> None:
        with pytest.raises(InvalidStatus) as refused:
            await connect(f"{client.origin.replace('http', 'ws')}/elsewhere", proxy=None)
        assert refused.value.response.status_code == 404

    asyncio.run(scenario())


@pytest.mark.skipif(
    os.environ.get("E2E_PLATFORM") == "google",
    reason="a load balancer holds its sockets itself and cuts them when it ends",
)
def test_socket_outlives_the_gateway_and_is_cut_with_the_relay(
    client: Client, service: Service
) -> None:
    session_id = client.create_session(title="Live")
    uri, options = uri_of(client, session_id), {"additional_headers": bearer(client), "proxy": None}

    async def scenario() -> None:
        async with asyncio.timeout(WITHIN_S), connect(uri, **options) as socket:
            await (await socket.ping())
            kill(service, "gateway")
            await (await socket.ping())
            kill(service, "infra.local.relay")
            with pytest.raises(ConnectionClosed):
                await socket.recv()
            async with connect(uri, **options) as again:
                await (await again.ping())

    asyncio.run(scenario())


def test_python_example_connects_to_events(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    session_id = client.create_session(title="Live", inputMethod="text", text=TEXT)
    namespace: dict[str, Any] = {}
    exec(compile(example("python"), str(API_MD), "exec"), namespace)
    seen: dict[str, list[Any]] = {"progress": [], "emotion": [], "topic": [], "insight": []}
    done = asyncio.Event()

    def on_progress(progress: float) -> None:
        seen["progress"].append(progress)
        if progress == 1.0:
            done.set()

    def connect_with_token(uri: str) -> connect:
        assert uri == f"ws://localhost:5000/api/v1/sessions/{session_id}/events"
        here = uri_of(client, session_id)
        return connect(here, additional_headers=bearer(client), proxy=None)

    async def scenario() -> None:
        watching = asyncio.create_task(
            namespace["SessionService"](None).connect_to_events(
                session_id,
                on_progress=on_progress,
                on_emotion=seen["emotion"].append,
                on_topic=seen["topic"].append,
                on_insight=seen["insight"].append,
            )
        )
        async with asyncio.timeout(WITHIN_S):
            await done.wait()
        watching.cancel()

    monkeypatch.setattr(websockets, "connect", connect_with_token)
    asyncio.run(scenario())
    session = client.session(session_id)
    assert [e["id"] for e in seen["emotion"]] == [e["id"] for e in session["emotions"]]
    assert [e["id"] for e in seen["topic"]] == [e["id"] for e in session["topics"]]
