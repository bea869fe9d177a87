from __future__ import annotations

import asyncio
import gc
import random
import struct
from collections.abc import Callable

import pytest
from websockets.frames import Opcode

from shared.live.closing import Close
from shared.live.limits import Limits
from tests.integration.conftest import Platform
from tests.integration.relay.raw import Raw, raw
from tests.integration.relay.stage import WITHIN_S, Stage, new_session, run, stage, take, tell
from tests.integration.relay.test_bounds import is_empty

MASK = b"\x01\x02\x03\x04"


def frame(first: int, size: int, content: bytes, *, masked: bool = True) -> bytes:
    """Any frame, right or wrong; `size` is what it claims."""
    bit = 0x80 if masked else 0
    head = struct.pack("!BBQ", first, bit | 127, size) if size > 125 else bytes((first, bit | size))
    if not masked:
        return head + content
    return head + MASK + bytes(b ^ MASK[n % 4] for n, b in enumerate(content))


@pytest.mark.parametrize(
    ("sent", "code"),
    [
        (frame(0x83, 1, b"x"), Close.PROTOCOL_ERROR),
        (frame(0xC1, 1, b"x"), Close.PROTOCOL_ERROR),
        (frame(0x81, 1, b"x", masked=False), Close.PROTOCOL_ERROR),
        (frame(0x80, 1, b"x"), Close.PROTOCOL_ERROR),
        (frame(0x09, 1, b"x"), Close.PROTOCOL_ERROR),
        (frame(0x89, 200, b"x" * 200), Close.PROTOCOL_ERROR),
        (frame(0x81, 2**62, b""), Close.TOO_BIG),
        (frame(0x81, 2**63, b""), Close.TOO_BIG),
        (frame(0x81, 17_000, b"x" * 17_000), Close.TOO_BIG),
        (frame(0x01, 10_000, b"x" * 10_000) + frame(0x80, 10_000, b"x" * 10_000), Close.TOO_BIG),
        (frame(0x81, 2, b"\xc3\x28"), Close.NOT_UTF8),
        (frame(0x01, 1, b"{") + frame(0x81, 1, b"}"), Close.PROTOCOL_ERROR),
        (frame(0x82, 1, b"x"), Close.NOT_TEXT),
        (frame(0x88, 1, b"x"), Close.PROTOCOL_ERROR),
    ],
)
@pytest.mark.parametrize("user", ["ada", None])
def test_broken_frame_closes_its_own_socket(
    platform: Platform, sent: bytes, code: Close, user: str | None
) -> None:
    session_id = new_session(platform)

    async def scenario() -> None:
        async with stage(platform, Limits(close_s=0.1)) as on, raw(on.server.port) as client:
            await client.shake_hands(session_id, user)
            client.writer.write(sent)
            assert await client.close_code() == code
            await is_empty(on)

    run(scenario)


HALF_A_FRAME = frame(0x81, 20, b'{"token": "nothing"}')[:9]


@pytest.mark.parametrize("half", [b"", HALF_A_FRAME, frame(0x01, 1, b"{")])
@pytest.mark.parametrize("user", ["ada", None])
def test_connection_that_is_open_on_one_side_only_is_closed(
    platform: Platform, half: bytes, user: str | None
) -> None:
    session_id = new_session(platform)

    async def scenario() -> None:
        # Only the half-close can end it: neither a heartbeat nor the first frame is due.
        limits = Limits(first_frame_s=60.0, heartbeat_s=60.0, close_s=0.1)
        async with stage(platform, limits) as on, raw(on.server.port) as client:
            await client.shake_hands(session_id, user)
            client.writer.write(half)
            client.writer.write_eof()
            async with asyncio.timeout(WITHIN_S):
                await client.ended()
            await is_empty(on)

    run(scenario)


@pytest.mark.parametrize("half", [b"", b"GET /api", b"GET /api/v1/sessions/a/events HTTP/1.1\r\n"])
def test_connection_that_is_half_closed_before_its_request_is_closed(
    platform: Platform, half: bytes
) -> None:
    async def scenario() -> None:
        limits = Limits(first_frame_s=60.0, close_s=0.1)
        async with stage(platform, limits) as on, raw(on.server.port) as client:
            client.writer.write(half)
            client.writer.write_eof()
            async with asyncio.timeout(WITHIN_S):
                await client.ended()
            await is_empty(on)

    run(scenario)


@pytest.mark.parametrize("begun", [HALF_A_FRAME, frame(0x01, 1, b"{"), frame(0x81, 16_000, b"{")])
def test_client_that_stops_within_a_frame_is_closed(platform: Platform, begun: bytes) -> None:
    session_id = new_session(platform)

    async def scenario() -> None:
        limits = Limits(heartbeat_s=0.05, close_s=0.1)
        async with stage(platform, limits) as on, raw(on.server.port) as client:
            await client.shake_hands(session_id)
            client.writer.write(begun)
            assert await client.close_code() == Close.SILENT
            await is_empty(on)

    run(scenario)


def noise(choice: random.Random) -> bytes:
    return choice.randbytes(choice.randint(1, 400))


def frames(choice: random.Random) -> bytes:
    content = choice.randbytes(choice.randint(0, 125))
    return b"".join(
        frame(choice.randrange(256), len(content), content, masked=choice.random() < 0.9)
        for _ in range(choice.randint(1, 8))
    )


def torn(choice: random.Random) -> bytes:
    whole = frame(0x81, 20, b'{"token": "nothing"}')
    return whole[: choice.randrange(len(whole))]


async def attack(
    on: Stage, session_id: str, choice: random.Random, make: Callable[[random.Random], bytes]
) -> None:
    async with raw(on.server.port) as client:
        if choice.random() < 0.8:
            try:
                await client.shake_hands(session_id, choice.choice(["ada", None]))
            except asyncio.IncompleteReadError:
                return  # on a busy machine the handshake itself may be given up
        client.writer.write(make(choice))
        if choice.random() < 0.7:
            await until_ended(client)


async def until_ended(client: Raw) -> None:
    try:
        async with asyncio.timeout(0.05):
            await client.ended()
    except TimeoutError:
        client.send(Opcode.CLOSE, b"")


@pytest.mark.parametrize("make", [noise, frames, torn])
def test_random_bytes_leave_nothing_behind(
    platform: Platform, make: Callable[[random.Random], bytes]
) -> None:
    session_id = new_session(platform)
    tell(platform, session_id, 1)
    limits = Limits(first_frame_s=0.5, close_s=0.1, max_per_user=1_000)

    async def scenario() -> None:
        choice = random.Random(7)
        async with stage(platform, limits) as on:
            await asyncio.gather(*(attack(on, session_id, choice, make) for _ in range(20)))
            await is_empty(on)
            await on.until(lambda: len(asyncio.all_tasks()) <= 2)
            for _ in range(10):
                await asyncio.gather(*(attack(on, session_id, choice, make) for _ in range(20)))
            await is_empty(on)
            await on.until(lambda: len(asyncio.all_tasks()) <= 2)
            gc.collect()
            kinds = [type(each).__name__ for each in gc.get_objects()]
            assert kinds.count("RelayConnection") == 0
            assert kinds.count("SocketOutlet") == 0
            async with on.connect(session_id) as client:
                await take(client, 1)

    run(scenario)
