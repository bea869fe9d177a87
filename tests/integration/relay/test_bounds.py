from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from typing import Any

import pytest

from shared.application.access import load_living, save
from shared.application.ports import Transaction
from shared.application.stream import append
from shared.domain.errors import Unavailable
from shared.domain.events import EventType
from shared.edge import logs
from shared.live.closing import Close
from shared.live.limits import Limits
from tests.integration.conftest import Platform
from tests.integration.relay.raw import raw
from tests.integration.relay.stage import Stage, closing, new_session, run, stage, take, tell

LARGE = "x" * 200_000


def tell_large(platform: Platform, session_id: str) -> None:
    def work(transaction: Transaction) -> None:
        session = load_living(transaction, session_id)
        assert session is not None
        now, news = platform.now(), [(EventType.NEW_INSIGHT, {"insight": {"content": LARGE}})]
        save(transaction, append(transaction, session, news, now), now)

    platform.documents.transact(work)


async def is_empty(on: Stage) -> None:
    """Returns when the relay holds nothing of any connection any more."""
    relay = on.server.relay
    await on.until(lambda: len(relay.fan_out) == 0 and not vars(relay.admission)["_users"])
    await on.until(lambda: relay.admission.strangers == 0)


def test_slow_reader_is_closed_and_others_are_not_held_up(platform: Platform) -> None:
    session_id = new_session(platform)

    async def scenario() -> None:
        limits = Limits(max_backlog_bytes=64 * 1024, close_s=0.1)
        async with stage(platform, limits) as on, raw(on.server.port, receive_bytes=4096) as slow:
            await slow.shake_hands(session_id)
            async with on.connect(session_id, max_size=None) as quick:
                for _ in range(60):
                    await asyncio.to_thread(tell_large, platform, session_id)
                    await take(quick, 1)
                (channel, _), *_ = vars(on.server.relay.fan_out)["_channels"].values()
                await on.until(lambda: len(channel.outlets) == 1)
            await is_empty(on)

    run(scenario)


def test_reader_that_stands_still_in_its_history_is_closed(platform: Platform) -> None:
    session_id = new_session(platform)
    for _ in range(60):
        tell_large(platform, session_id)

    async def scenario() -> None:
        limits = Limits(stall_s=0.2, close_s=0.1)
        async with stage(platform, limits) as on, raw(on.server.port, receive_bytes=4096) as slow:
            await slow.shake_hands(session_id)
            await is_empty(on)

    run(scenario)


def test_client_that_answers_no_heartbeat_is_closed(platform: Platform) -> None:
    session_id = new_session(platform)

    async def scenario() -> None:
        limits = Limits(heartbeat_s=0.05, close_s=0.1)
        async with stage(platform, limits) as on, raw(on.server.port) as dead:
            await dead.shake_hands(session_id)
            assert await dead.close_code() == Close.SILENT
            await is_empty(on)

    run(scenario)


def test_client_that_answers_heartbeats_stays(platform: Platform) -> None:
    session_id = new_session(platform)

    async def scenario() -> None:
        async with (
            stage(platform, Limits(heartbeat_s=0.02)) as on,
            on.connect(session_id) as client,
        ):
            await asyncio.sleep(0.5)
            await on.tell(session_id, 1)
            await take(client, 1)

    run(scenario)


def test_socket_moves_on_at_its_age_and_resumes(platform: Platform) -> None:
    session_id = new_session(platform)
    tell(platform, session_id, 1)

    async def scenario() -> None:
        async with stage(platform, Limits(max_age_s=0.2)) as on:
            async with on.connect(session_id) as client:
                assert (await closing(client))[0] == Close.MOVE_ON
            await on.tell(session_id, 2)
            async with on.connect(session_id, "?after=1") as client:
                assert [m["id"] for m in await take(client, 1)] == [2]

    run(scenario)


def test_drain_tells_every_client_to_come_back(platform: Platform) -> None:
    session_id = new_session(platform)

    async def scenario() -> None:
        async with AsyncExitStack() as clients:
            async with stage(platform) as on:
                sockets = [await clients.enter_async_context(on.connect(session_id)) for _ in "abc"]
                await on.tell(session_id, 1)
                for socket in sockets:
                    await take(socket, 1)
            for socket in sockets:
                assert await closing(socket) == (Close.RESTART, "restart")

    run(scenario)


@pytest.mark.parametrize("say", [b"", b"GET /api/v1/sessions/a/events HTTP/1.1\r\n"])
def test_strangers_are_bounded_and_keep_nobody_out(platform: Platform, say: bytes) -> None:
    session_id = new_session(platform)
    tell(platform, session_id, 1)

    async def scenario() -> None:
        limits = Limits(max_unauthenticated=50, first_frame_s=2.0)
        async with AsyncExitStack() as strangers, stage(platform, limits) as on:
            for _ in range(500):
                stranger = await strangers.enter_async_context(raw(on.server.port))
                stranger.writer.write(say)
                assert on.server.relay.admission.strangers <= 50
            async with on.connect(session_id) as client:
                await take(client, 1)
            await is_empty(on)

    run(scenario)


def test_strangers_after_the_handshake_are_bounded_too(platform: Platform) -> None:
    session_id = new_session(platform)
    tell(platform, session_id, 1)

    async def scenario() -> None:
        limits = Limits(max_unauthenticated=20, first_frame_s=2.0)
        async with AsyncExitStack() as strangers, stage(platform, limits) as on:
            for _ in range(200):
                stranger = await strangers.enter_async_context(raw(on.server.port))
                await stranger.shake_hands(session_id, user=None)
                assert on.server.relay.admission.strangers <= 20
            async with on.connect(session_id) as client:
                await take(client, 1)

    run(scenario)


def test_store_that_cannot_be_reached_says_try_later(
    platform: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    session_id = new_session(platform)

    def fail(*_: Any) -> None:
        raise Unavailable("The store cannot be reached.")

    async def scenario() -> None:
        async with stage(platform) as on:
            monkeypatch.setattr(platform.documents, "get", fail)
            async with on.connect(session_id) as client:
                assert (await closing(client))[0] == Close.TRY_LATER

    run(scenario)


def test_unexpected_error_says_nothing_of_itself(
    platform: Platform, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    session_id = new_session(platform)
    logs.configure("INFO", "test")

    def fail(*_: Any) -> None:
        raise ZeroDivisionError(f"about {session_id}")

    async def scenario() -> None:
        async with stage(platform) as on:
            monkeypatch.setattr(platform.documents, "get", fail)
            async with on.connect(session_id) as client:
                assert await closing(client) == (Close.INTERNAL, "internal error")

    run(scenario)
    said = capsys.readouterr()
    assert session_id not in said.out + said.err
