from __future__ import annotations

import asyncio
import random
from typing import Any

import pytest

from shared.application.access import forget
from shared.application.delete_session import delete_session
from shared.application.ports import PushMessage, Query
from shared.application.purge_session import purge_session
from shared.domain.errors import PermissionDenied
from shared.live.closing import Close
from shared.live.limits import Limits
from tests.integration.conftest import Platform
from tests.integration.relay.stage import (
    Message,
    Stage,
    closing,
    new_session,
    run,
    stage,
    take,
    tell,
)


def ids(messages: list[Message]) -> list[int]:
    return [message["id"] for message in messages]


def test_message_is_the_envelope_of_api_md(platform: Platform) -> None:
    session_id = new_session(platform)

    async def scenario() -> None:
        async with stage(platform) as on, on.connect(session_id) as client:
            await on.tell(session_id, 7)
            assert await take(client, 1) == [
                {
                    "id": 1,
                    "session_id": session_id,
                    "type": "analysis_progress",
                    "data": {"progress": 7},
                }
            ]

    run(scenario)


def test_client_without_a_place_gets_everything(platform: Platform) -> None:
    session_id = new_session(platform)
    tell(platform, session_id, 1, 2, 3)

    async def scenario() -> None:
        async with stage(platform) as on, on.connect(session_id) as client:
            await on.tell(session_id, 4, 5)
            assert ids(await take(client, 5)) == [1, 2, 3, 4, 5]

    run(scenario)


def test_client_resumes_behind_the_id_in_the_address(platform: Platform) -> None:
    session_id = new_session(platform)
    tell(platform, session_id, 1, 2, 3)

    async def scenario() -> None:
        async with stage(platform) as on, on.connect(session_id, "?after=2") as client:
            await on.tell(session_id, 4)
            assert ids(await take(client, 2)) == [3, 4]

    run(scenario)


def test_client_resumes_behind_the_id_in_its_first_frame(platform: Platform) -> None:
    session_id = new_session(platform)
    tell(platform, session_id, 1, 2, 3)

    async def scenario() -> None:
        async with stage(platform) as on, on.connect(session_id, user=None) as client:
            await client.send('{"token": "token-of-ada", "after": 2}')
            assert ids(await take(client, 1)) == [3]

    run(scenario)


def test_history_longer_than_a_page_is_replayed_whole(platform: Platform) -> None:
    session_id = new_session(platform)
    tell(platform, session_id, *range(450))

    async def scenario() -> None:
        async with stage(platform) as on, on.connect(session_id) as client:
            assert ids(await take(client, 450)) == list(range(1, 451))

    run(scenario)


def test_clients_that_come_while_events_flow_get_each_once_in_order(platform: Platform) -> None:
    session_id = new_session(platform)

    async def watch(on: Any, delay_s: float) -> list[int]:
        await asyncio.sleep(delay_s)
        async with on.connect(session_id) as client:
            return ids(await take(client, 60))

    async def scenario() -> None:
        async with stage(platform) as on:
            watchers = [asyncio.create_task(watch(on, n / 100)) for n in range(15)]
            for number in range(60):
                await on.tell(session_id, number)
            for watcher in watchers:
                assert await watcher == list(range(1, 61))

    run(scenario)


def test_client_that_goes_from_relay_to_relay_gets_each_event_once_in_order(
    platform: Platform,
) -> None:
    session_id, other = new_session(platform), Platform(platform.config)

    async def wander(relays: tuple[Stage, Stage], seed: int) -> list[int]:
        found, choice = [0], random.Random(seed)
        while found[-1] < 60:
            relay = choice.choice(relays)
            async with relay.connect(session_id, f"?after={found[-1]}") as client:
                count = min(choice.randint(1, 9), 60 - found[-1])
                found += ids(await take(client, count))
        return found

    async def scenario() -> None:
        async with stage(platform) as first, stage(other) as second:
            wanderers = [asyncio.create_task(wander((first, second), n)) for n in range(10)]
            for number in range(60):
                await first.tell(session_id, number)
            for wanderer in wanderers:
                assert await wanderer == list(range(61))

    run(scenario)


def test_sockets_of_one_session_share_one_listening(platform: Platform) -> None:
    session_id, other = new_session(platform), new_session(platform)

    async def scenario() -> None:
        async with stage(platform) as on:
            fan_out = on.server.relay.fan_out
            async with on.connect(session_id), on.connect(session_id), on.connect(other):
                await on.until(lambda: len(fan_out) == 2)
            await on.until(lambda: len(fan_out) == 0)

    run(scenario)


def test_history_that_expired_is_told_by_a_reset(platform: Platform) -> None:
    session_id = new_session(platform)
    tell(platform, session_id, 1, 2, 3, 4)
    for document in platform.documents.query(Query(f"sessions/{session_id}/events"))[:2]:
        forget(platform.documents, document.path)

    async def scenario() -> None:
        async with stage(platform) as on, on.connect(session_id, "?after=1") as client:
            reset, *events = await take(client, 3)
            assert reset == {
                "id": 2,
                "session_id": session_id,
                "type": "reset",
                "data": {"reason": "expired"},
            }
            assert ids(events) == [3, 4]

    run(scenario)


def test_id_that_never_was_is_told_by_a_reset(platform: Platform) -> None:
    session_id = new_session(platform)
    tell(platform, session_id, 1, 2)

    async def scenario() -> None:
        async with stage(platform) as on, on.connect(session_id, "?after=99") as client:
            (reset,) = await take(client, 1)
            assert (reset["type"], reset["id"]) == ("reset", 2)
            await on.tell(session_id, 3)
            assert ids(await take(client, 1)) == [3]

    run(scenario)


def delete(platform: Platform, session_id: str, *, purged: bool) -> None:
    delete_session(platform, "ada", session_id)
    if purged:
        now = platform.now()
        purge_session(platform, PushMessage("purges", {"session_id": session_id}, {}, "m", now))


@pytest.mark.parametrize("purged", [False, True])
def test_deletion_closes_the_sockets(platform: Platform, purged: bool) -> None:
    session_id = new_session(platform)

    async def scenario() -> None:
        async with stage(platform) as on, on.connect(session_id) as client:
            await on.until(lambda: len(on.server.relay.fan_out) == 1)
            await asyncio.to_thread(delete, platform, session_id, purged=purged)
            assert (await closing(client))[0] == Close.NOT_FOUND

    run(scenario)


@pytest.mark.parametrize("purged", [False, True])
def test_deletion_between_replay_and_listening_closes_the_socket(
    platform: Platform, purged: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    session_id = new_session(platform)
    tell(platform, session_id, 1)
    listen = platform.listener.listen

    def listen_too_late(*given: Any) -> Any:
        delete(platform, session_id, purged=purged)
        return listen(*given)

    async def scenario() -> None:
        async with stage(platform) as on, on.connect(session_id) as client:
            assert (await closing(client))[0] == Close.NOT_FOUND

    monkeypatch.setattr(platform.listener, "listen", listen_too_late)
    run(scenario)


def test_client_that_comes_back_after_listening_failed_is_live(platform: Platform) -> None:
    session_id = new_session(platform)

    async def scenario() -> None:
        async with stage(platform, Limits(close_s=60.0)) as on, on.connect(session_id) as slow:
            channels = vars(on.server.relay.fan_out)["_channels"]
            await on.until(lambda: session_id in channels)
            failed, listening = channels[session_id]
            # It does not read its close frame yet, so that it is still there.
            slow.transport.pause_reading()
            listening._fail(PermissionDenied("The store may not be listened to."))
            async with on.connect(session_id) as client:
                await on.until(lambda: channels[session_id][0] is not failed)
                await on.tell(session_id, 1)
                assert ids(await take(client, 1)) == [1]
                assert slow.close_code is None
            slow.transport.resume_reading()
            assert (await closing(slow))[0] == Close.INTERNAL

    run(scenario)


def test_events_of_other_sessions_are_not_heard(platform: Platform) -> None:
    session_id, other = new_session(platform), new_session(platform)

    async def scenario() -> None:
        async with stage(platform) as on, on.connect(session_id) as client:
            await on.tell(other, 1)
            await on.tell(session_id, 2)
            assert [m["session_id"] for m in await take(client, 1)] == [session_id]

    run(scenario)


def test_deleted_session_is_not_found(platform: Platform) -> None:
    session_id = new_session(platform)
    delete_session(platform, "ada", session_id)

    async def scenario() -> None:
        async with stage(platform) as on, on.connect(session_id) as client:
            assert await closing(client) == (Close.NOT_FOUND, "not found")

    run(scenario)
