"""The Python client on a bad network: everything happens once, and every event comes once."""

from __future__ import annotations

import asyncio
import secrets
import time
from pathlib import Path

import pytest

from clients.python.insight_journey import (
    AuthService,
    Event,
    Place,
    Retry,
    SessionService,
    Transport,
)
from infra.demo.service import Service
from tests.e2e.clients.cutting_proxy import cutting_proxy

RETRY = Retry(attempts=40, base_s=0.01, cap_s=0.05)
WITHIN_S = 90
SESSIONS = 5


def patient(port: int) -> AuthService:
    transport = Transport(retry=RETRY, sleep=lambda delay_s: time.sleep(min(delay_s, 0.1)))
    return AuthService(Place.local(f"http://127.0.0.1:{port}"), transport=transport)


async def follow(sessions: SessionService, session_id: str) -> list[Event]:
    found: list[Event] = []
    async with asyncio.timeout(WITHIN_S), sessions.events(session_id, retry=RETRY) as events:
        async for event in events:
            found.append(event)
            if event["data"].get("status") == "completed":
                break
    return found


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_all_happens_once_whatever_is_cut(service: Service, transcript: Path, seed: int) -> None:
    with cutting_proxy(service.port, seed) as proxy, patient(proxy.port) as auth:
        auth.sign_up(f"{secrets.token_hex(8)}@example.org", "a long passphrase")
        sessions = SessionService(auth)
        made = [sessions.create_session(f"{n}")["session_id"] for n in range(SESSIONS)]
        uploaded = sessions.upload_content(made[0], transcript)
        events = asyncio.run(follow(sessions, made[0]))
        # Else the test would show nothing.
        assert proxy.cuts > 0
    with AuthService(Place.local(service.origin)) as direct:
        direct.resume(auth.refresh_token)
        assert_all_once(SessionService(direct), made, uploaded["id"], events)


def assert_all_once(
    sessions: SessionService, made: list[str], upload_id: str, events: list[Event]
) -> None:
    assert [each["id"] for each in sessions.iter_sessions(order="asc")] == made
    assert [each["id"] for each in sessions.list_uploads(made[0])] == [upload_id]
    told = sessions.list_events(made[0], limit=500)["events"]
    assert [event["id"] for event in events] == [event["id"] for event in told]
    assert [event["data"] for event in events] == [event["data"] for event in told]
