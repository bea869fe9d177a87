from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cached_property
from pathlib import Path

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from shared.application.event_ticket import issue_ticket
from shared.application.ports import Principal
from shared.config import Config
from shared.live.closing import Close
from shared.live.limits import Limits
from tests.integration.conftest import ORIGIN, NamedIdentity, Platform
from tests.integration.relay.stage import closing, new_session, run, stage, take, tell

QUICK = Limits(first_frame_s=0.2)


class LapsingIdentity(NamedIdentity):
    """Tokens that end so many seconds from now, as their second part says."""

    def verify(self, token: str) -> Principal:
        name, _, lasts_s = token.partition("/")
        until = datetime.now(UTC) + timedelta(seconds=float(lasts_s or 3600))
        return replace(super().verify(name), claims={"exp": until.timestamp()})


class LapsingPlatform(Platform):
    @cached_property
    def identity(self) -> LapsingIdentity:  # type: ignore[override]
        return LapsingIdentity()


@pytest.fixture
def lapsing(tmp_path: Path) -> Iterator[LapsingPlatform]:
    return LapsingPlatform(Config(data_dir=tmp_path))


def test_ticket_opens_the_socket_once(platform: Platform) -> None:
    session_id = new_session(platform)
    tell(platform, session_id, 1)
    ticket = issue_ticket(platform, "ada", session_id, None)

    async def scenario() -> None:
        async with stage(platform) as on:
            query = f"?ticket={ticket.secret}"
            async with on.connect(session_id, query, user=None) as client:
                await take(client, 1)
            async with on.connect(session_id, query, user=None) as client:
                assert await closing(client) == (Close.UNAUTHENTICATED, "unauthenticated")

    run(scenario)


def test_ticket_carries_the_end_of_its_token(platform: Platform) -> None:
    session_id = new_session(platform)
    until = platform.now() + timedelta(seconds=0.3)
    ticket = issue_ticket(platform, "ada", session_id, until)

    async def scenario() -> None:
        query = f"?ticket={ticket.secret}"
        async with stage(platform) as on, on.connect(session_id, query, user=None) as client:
            assert (await closing(client))[0] == Close.UNAUTHENTICATED

    run(scenario)


def test_silent_stranger_is_sent_away(platform: Platform) -> None:
    session_id = new_session(platform)

    async def scenario() -> None:
        async with stage(platform, QUICK) as on, on.connect(session_id, user=None) as client:
            assert (await closing(client))[0] == Close.TOO_LATE

    run(scenario)


@pytest.mark.parametrize(
    ("frame", "code"),
    [
        ('{"token": "nobody"}', Close.UNAUTHENTICATED),
        ("{}", Close.MALFORMED),
        ("[]", Close.MALFORMED),
        ("no json", Close.MALFORMED),
        ('{"token": 1}', Close.MALFORMED),
        ('{"token": "token-of-ada", "after": -1}', Close.MALFORMED),
        ('{"token": "token-of-ada", "after": true}', Close.MALFORMED),
        ('{"token": "token-of-ada", "after": 1.5}', Close.MALFORMED),
        ("[" * 10_000, Close.MALFORMED),
        (b"\x00\x01", Close.NOT_TEXT),
        ("x" * 20_000, Close.TOO_BIG),
        ('{"token": "token-of-bob"}', Close.NOT_FOUND),
    ],
)
def test_first_frame_is_told_what_is_wrong(
    platform: Platform, frame: str | bytes, code: Close
) -> None:
    session_id = new_session(platform)

    async def scenario() -> None:
        async with stage(platform) as on, on.connect(session_id, user=None) as client:
            await client.send(frame)
            assert (await closing(client))[0] == code

    run(scenario)


@pytest.mark.parametrize(
    ("query", "user", "code"),
    [
        ("", "bob", Close.NOT_FOUND),
        ("?after=x", "ada", Close.MALFORMED),
        ("?after=1&after=2", "ada", Close.MALFORMED),
        ("?after=-1", "ada", Close.MALFORMED),
        ("?after=99999999999999999999", "ada", Close.MALFORMED),
        ("?ticket=false", None, Close.UNAUTHENTICATED),
        ("?" + "&".join(f"p{n}=1" for n in range(50)), "ada", Close.MALFORMED),
    ],
)
def test_address_is_told_what_is_wrong(
    platform: Platform, query: str, user: str | None, code: Close
) -> None:
    session_id = new_session(platform)

    async def scenario() -> None:
        async with stage(platform) as on, on.connect(session_id, query, user=user) as client:
            assert (await closing(client))[0] == code

    run(scenario)


def test_missing_and_foreign_sessions_are_closed_alike(platform: Platform) -> None:
    foreign = new_session(platform, "bob")

    async def scenario() -> None:
        async with stage(platform) as on:
            async with on.connect(foreign) as client:
                told = await closing(client)
            async with on.connect("missing") as client:
                assert await closing(client) == told

    run(scenario)


@pytest.mark.parametrize(
    ("path", "origin", "status"),
    [
        ("/api/v1/sessions/a/events", "https://evil.example", 403),
        ("/api/v1/sessions/a/events", "null", 403),
        ("/api/v1/sessions/a/other", None, 404),
        ("/api/v1/sessions/a%2Fb/events", None, 404),
        ("/", None, 404),
    ],
)
def test_what_is_no_socket_of_events_is_refused_over_http(
    platform: Platform, path: str, origin: str | None, status: int
) -> None:
    async def scenario() -> None:
        async with stage(platform) as on:
            with pytest.raises(InvalidStatus) as refused:
                await connect(f"{on.origin}{path}", origin=origin, proxy=None)
            response = refused.value.response
            assert response.status_code == status
            assert response.headers["Content-Type"] == "application/problem+json"

    run(scenario)


def test_origins_of_the_configuration_and_its_own_are_let_in(platform: Platform) -> None:
    session_id = new_session(platform)
    tell(platform, session_id, 1)

    async def scenario() -> None:
        async with stage(platform) as on:
            for origin in (ORIGIN, on.origin.replace("ws:", "http:")):
                async with on.connect(session_id, origin=origin) as client:
                    await take(client, 1)

    run(scenario)


def test_socket_ends_with_its_token(lapsing: LapsingPlatform) -> None:
    session_id = new_session(lapsing)

    async def scenario() -> None:
        async with stage(lapsing) as on, on.connect(session_id, user="ada/0.3") as client:
            assert (await closing(client))[0] == Close.UNAUTHENTICATED

    run(scenario)


def test_newer_token_keeps_the_socket(lapsing: LapsingPlatform) -> None:
    session_id = new_session(lapsing)

    async def scenario() -> None:
        async with stage(lapsing) as on, on.connect(session_id, user="ada/1") as client:
            await client.send('{"token": "token-of-ada"}')
            await asyncio.sleep(1.2)
            await on.tell(session_id, 1)
            await take(client, 1)

    run(scenario)


def test_newer_token_must_be_of_the_same_user(platform: Platform) -> None:
    session_id = new_session(platform)

    async def scenario() -> None:
        async with stage(platform) as on, on.connect(session_id) as client:
            await client.send('{"token": "token-of-bob"}')
            assert (await closing(client))[0] == Close.UNAUTHENTICATED

    run(scenario)


def test_user_has_a_limited_number_of_sockets(platform: Platform) -> None:
    session_id = new_session(platform)
    foreign = new_session(platform, "bob")
    tell(platform, session_id, 1)
    tell(platform, foreign, 1)

    async def scenario() -> None:
        async with stage(platform, Limits(max_per_user=2)) as on:
            async with on.connect(session_id) as first, on.connect(session_id) as second:
                await take(first, 1)
                await take(second, 1)
                async with on.connect(session_id) as third:
                    assert (await closing(third))[0] == Close.TOO_MANY
                async with on.connect(foreign, user="bob") as other:
                    await take(other, 1)
            async with on.connect(session_id) as again:
                await take(again, 1)

    run(scenario)
