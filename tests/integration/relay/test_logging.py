"""What the relay logs of clients that it cannot understand: nothing of what they sent."""

from __future__ import annotations

import asyncio
import logging
import socket

import pytest

from functions.relay.server import RelayServer
from shared.live.limits import Limits
from tests.integration.conftest import Platform
from tests.integration.relay.raw import raw
from tests.integration.relay.stage import new_session, run, stage

SECRET = "LEAKTOKEN"
PATH = "/api/v1/sessions/{session_id}/events"
UPGRADE = (
    "Host: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Version: 13\r\n"
)
HEADS = [
    f"GET {PATH} HTTP/1.1\r\nAuthorization Bearer {SECRET}\r\n{UPGRADE}\r\n",
    f"GET {PATH} HTTP/1.1\r\nAuthorization: \x00{SECRET}\r\n{UPGRADE}\r\n",
    f"GET {PATH}?ticket={SECRET}é HTTP/1.1\r\n{UPGRADE}\r\n",
    f"GET {PATH}?token={SECRET}%ff&after={SECRET} HTTP/1.1\r\n{UPGRADE}\r\n",
    f"GET http://[{SECRET}{PATH} HTTP/1.1\r\n{UPGRADE}\r\n",
    f"GET {PATH}?{SECRET} HTTP/9\r\n{UPGRADE}\r\n",
    f"POST {PATH}?{SECRET} HTTP/1.1\r\n{UPGRADE}\r\n",
    f"GET {PATH} HTTP/1.1\r\nOrigin: {SECRET}\r\n{UPGRADE}\r\n",
    f"GET {PATH} HTTP/1.1\r\nContent-Length: {SECRET}\r\n{UPGRADE}\r\n",
    f"GET {PATH} HTTP/1.1\r\nSec-WebSocket-Extensions: {SECRET}=\r\n{UPGRADE}\r\n",
    f"GET {PATH} HTTP/1.1\r\nX: {SECRET * 2_000}\r\n{UPGRADE}\r\n",
    f"{SECRET}\r\n\r\n",
]


@pytest.mark.parametrize("head", HEADS)
@pytest.mark.parametrize("adopted", [False, True])
def test_what_is_no_handshake_is_not_logged(
    platform: Platform, caplog: pytest.LogCaptureFixture, head: str, adopted: bool
) -> None:
    sent = head.format(session_id=new_session(platform)).encode()
    caplog.set_level(logging.DEBUG)

    async def scenario() -> None:
        async with stage(platform, Limits(first_frame_s=0.2, close_s=0.1)) as on:
            await (hand_over(on.server, sent) if adopted else send(on.server, sent))

    run(scenario)
    assert SECRET not in caplog.text


async def send(server: RelayServer, sent: bytes) -> None:
    async with raw(server.port) as client:
        client.writer.write(sent)
        await client.ended()


async def hand_over(server: RelayServer, sent: bytes) -> None:
    near, far = socket.socketpair()
    with near:
        near.setblocking(False)
        await server.adopt(far, sent)
        while await asyncio.get_running_loop().sock_recv(near, 65_536):
            pass
