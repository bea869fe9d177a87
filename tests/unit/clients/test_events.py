from __future__ import annotations

import asyncio
import itertools
import json
import random
from collections.abc import Awaitable, Callable
from dataclasses import replace
from http import HTTPStatus
from typing import Any

import pytest
from websockets.asyncio.server import ServerConnection, serve
from websockets.http11 import Request, Response

from clients.python.insight_journey import (
    Event,
    EventStream,
    Place,
    Retry,
    SessionGone,
    StreamClosed,
    events,
)
from clients.python.insight_journey.events import deliver

from .conftest import ORIGIN, Service

Script = Callable[[ServerConnection, int], Awaitable[None]]
AT_ONCE = Retry(base_s=0.0)


def event(seq: int, kind: str = "analysis_progress", **data: Any) -> dict[str, Any]:
    return {"id": seq, "session_id": "s", "type": kind, "data": data or {"progress": seq / 100}}


class Relay:
    """Plays one script per connection; the last goes on for all later ones.

    Attributes:
        asked: `after` of each connection.
        tokens: of each connection.
    """

    def __init__(self, *scripts: Script, refusals: tuple[int, ...] = ()) -> None:
        self._scripts = scripts
        self._refusals = list(refusals)
        self.asked: list[int] = []
        self.tokens: list[str] = []

    async def __call__(self, socket: ServerConnection) -> None:
        assert socket.request is not None
        after = int(socket.request.path.rsplit("after=", 1)[1])
        self.asked.append(after)
        script = self._scripts[min(len(self.asked), len(self._scripts)) - 1]
        await script(socket, after)

    def screen(self, socket: ServerConnection, request: Request) -> Response | None:
        self.tokens.append(request.headers["Authorization"])
        if self._refusals:
            return socket.respond(HTTPStatus(self._refusals.pop(0)), "no")
        return None

    def follow(self, service: Service, after: int = 0) -> list[Event]:
        """All that a client makes of it, to the end of the stream."""
        found: list[Event] = []
        self.deliver_to(service, after, on_event=found.append)
        return found

    def deliver_to(self, service: Service, after: int = 0, **handlers: Any) -> None:
        async def run() -> None:
            async with serve(self, "127.0.0.1", 0, process_request=self.screen) as server:
                port = server.sockets[0].getsockname()[1]
                auth = service.auth()
                auth.place = replace(Place.local(ORIGIN), api_url=f"http://127.0.0.1:{port}/api/v1")
                await deliver(EventStream(auth, "s", after, retry=AT_ONCE), handlers)  # type: ignore[arg-type]

        asyncio.run(asyncio.wait_for(run(), 30))


def says(*events: dict[str, Any], close: int | None = 1012) -> Script:
    """Sends `events` and closes; with None it is cut."""

    async def script(socket: ServerConnection, _: int) -> None:
        for each in events:
            await socket.send(json.dumps(each))
        if close is None:
            socket.transport.abort()
        else:
            await socket.close(close)

    return script


LAST = event(9, "session_deleted")


def numbers(events: list[Event]) -> list[int]:
    return [each["id"] for each in events]


def test_stream_resumes_after_the_last_event(service: Service) -> None:
    relay = Relay(says(event(5), event(6), close=None), says(event(7), event(8)), says(LAST))
    assert numbers(relay.follow(service, after=4)) == [5, 6, 7, 8, 9]
    assert relay.asked == [4, 6, 8]


@pytest.mark.parametrize("seed", range(20))
def test_stream_gives_each_event_once_in_order_whatever_is_cut(service: Service, seed: int) -> None:
    dice = random.Random(seed)

    async def script(socket: ServerConnection, after: int) -> None:
        # A relay that repeats, leaves out and hangs up.
        start = max(1, after + 1 - dice.randrange(3))
        for seq in range(start, 31):
            if dice.random() < 0.1:
                socket.transport.abort()
                return
            if dice.random() < 0.05:
                continue
            kind = "session_deleted" if seq == 30 else "analysis_progress"
            await socket.send(json.dumps(event(seq, kind)))
        await socket.close(4000)

    assert numbers(Relay(script).follow(service)) == list(range(1, 31))


def test_reset_is_told_and_followed(service: Service) -> None:
    relay = Relay(
        says(event(50, "reset", reason="expired"), event(51)),
        says(event(52), event(53, "session_deleted")),
    )
    assert numbers(relay.follow(service, after=3)) == [50, 51, 52, 53]
    assert relay.asked == [3, 51]


def test_reset_to_before_what_was_seen_is_followed(service: Service) -> None:
    relay = Relay(says(event(2, "reset", reason="expired"), event(3), event(4, "session_deleted")))
    assert numbers(relay.follow(service, after=70)) == [2, 3, 4]


@pytest.mark.parametrize("code", [1011, 1012, 1013, 4000, 4001, 4429])
def test_stream_comes_back_after(service: Service, code: int) -> None:
    relay = Relay(says(event(8), close=code), says(LAST))
    assert numbers(relay.follow(service, after=7)) == [8, 9]


@pytest.mark.parametrize("code", [1002, 1003, 1007, 1009, 4400])
def test_stream_ends_after(service: Service, code: int) -> None:
    with pytest.raises(StreamClosed) as caught:
        Relay(says(close=code)).follow(service)
    assert caught.value.code == code


def test_stream_of_no_session_is_told(service: Service) -> None:
    with pytest.raises(SessionGone):
        Relay(says(close=4404)).follow(service)


@pytest.mark.parametrize("code", [4401, 4408])
def test_stream_signs_in_again(service: Service, code: int) -> None:
    relay = Relay(says(event(8), close=code), says(LAST))
    assert numbers(relay.follow(service, after=7)) == [8, 9]
    assert relay.tokens == ["Bearer token-1", "Bearer token-2"]


def test_stream_gives_up_where_no_token_is_taken(service: Service) -> None:
    relay = Relay(says(close=4401))
    with pytest.raises(StreamClosed):
        relay.follow(service)
    assert service.refreshed < 5


@pytest.mark.parametrize("code", [4401, 4000])
def test_stream_of_a_quiet_session_goes_on_hour_after_hour(
    service: Service, code: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Clock:
        monotonic = itertools.count(0, 3_600).__next__

    monkeypatch.setattr(events, "time", Clock)
    relay = Relay(*[says(close=code)] * 8, says(LAST))
    assert numbers(relay.follow(service, after=8)) == [9]
    assert service.refreshed == (8 if code == 4401 else 0)


@pytest.mark.parametrize("status", [429, 500, 502, 503])
def test_refused_opening_is_tried_again(service: Service, status: int) -> None:
    relay = Relay(says(LAST), refusals=(status,))
    assert numbers(relay.follow(service, after=8)) == [9]


def test_opening_refused_for_good_ends(service: Service) -> None:
    with pytest.raises(StreamClosed, match="501"):
        Relay(says(LAST), refusals=(501,)).follow(service)


def test_handlers_are_called_with_what_api_md_names(service: Service) -> None:
    told: list[tuple[str, Any]] = []
    kinds = ("emotion", "topic", "insight", "belief", "challenge", "action_item")
    elements = [event(2 + i, f"new_{kind}", **{kind: {"id": kind}}) for i, kind in enumerate(kinds)]
    failed = event(8, "analysis_failed", error={"code": "x", "message": "y"}, revision=1)
    relay = Relay(says(event(1), *elements, failed, LAST))

    def teller(name: str) -> Callable[[Any], None]:
        return lambda given: told.append((name, given))

    async def on_topic(topic: Any) -> None:
        await asyncio.sleep(0)
        told.append(("on_topic", topic))

    names = [f"on_{kind}" for kind in kinds]
    handlers = {name: teller(name) for name in [*names, "on_progress", "on_failed", "on_deleted"]}
    relay.deliver_to(service, **{**handlers, "on_topic": on_topic})
    assert told == [
        ("on_progress", 0.01),
        *zip(names, ({"id": kind} for kind in kinds), strict=True),
        ("on_failed", failed["data"]),
        ("on_deleted", LAST["data"]),
    ]


def test_failing_handler_ends_the_stream(service: Service) -> None:
    def on_progress(_: float) -> None:
        raise KeyError("a fault of the caller's")

    with pytest.raises(KeyError):
        Relay(says(event(1), LAST)).deliver_to(service, on_progress=on_progress)


def test_unknown_type_is_passed_over(service: Service) -> None:
    told: list[float] = []
    Relay(says(event(7, "weather", sky="blue"), event(8), LAST)).deliver_to(
        service, 6, on_progress=told.append
    )
    assert told == [0.08]


def test_service_that_is_away_is_waited_for(service: Service) -> None:
    auth = service.auth(Retry(attempts=1))
    waits = itertools.count()

    class Impatient(Retry):
        def jitter_s(self, failures: int) -> float:
            if next(waits) == 3:
                raise KeyboardInterrupt
            return 0.0

    async def run() -> None:
        async for _ in EventStream(auth, "s", retry=Impatient()):
            pass

    auth.place = Place("http://127.0.0.1:1/api/v1", "", "", "")
    with pytest.raises(KeyboardInterrupt):
        asyncio.run(run())
