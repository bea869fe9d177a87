from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.domain.events import Event, EventType
from shared.live.closing import Close
from shared.live.fanout import Channel, FanOut
from shared.live.frames import frame_of
from shared.live.replay import replay_pieces

SESSION = "s"
NOW = datetime(2026, 1, 1, tzinfo=UTC)


def event(seq: int, kind: EventType = EventType.ANALYSIS_PROGRESS) -> Event:
    return Event(seq, SESSION, kind, {}, NOW)


def events(first: int, last: int) -> list[Event]:
    return [event(seq) for seq in range(first, last + 1)]


def ids_in(frames: bytes) -> list[int]:
    """The ids in frames of messages under 126 bytes."""
    found, place = [], 0
    while place < len(frames):
        end = place + 2 + frames[place + 1]
        found.append(json.loads(frames[place + 2 : end])["id"])
        place = end
    return found


@dataclass(eq=False)
class Client:
    """An outlet and what its client has received."""

    cursor: int = 0
    session_id: str = SESSION
    received: list[int] = field(default_factory=list)
    closed: Close | None = None

    def write(self, frames: bytes) -> None:
        self.received += ids_in(frames)

    def end(self, code: Close) -> None:
        self.closed = code


class Listenings:
    """Counts what goes on."""

    def __init__(self) -> None:
        self.channels: list[Channel] = []
        self.open = 0

    def listen(self, channel: Channel) -> Listenings:
        self.channels.append(channel)
        self.open += 1
        return self

    def close(self) -> None:
        self.open -= 1


def live(*cursors: int) -> tuple[Channel, list[Client]]:
    listenings, clients = Listenings(), [Client(cursor) for cursor in cursors]
    fan_out = FanOut(listenings.listen)
    for client in clients:
        assert fan_out.join(client)
    return listenings.channels[0], clients


def test_every_outlet_gets_what_is_new() -> None:
    channel, clients = live(0, 0)
    channel.publish(events(1, 3))
    assert [client.received for client in clients] == [[1, 2, 3], [1, 2, 3]]


def test_what_was_told_already_is_not_told_again() -> None:
    channel, (client,) = live(0)
    channel.publish(events(1, 2))
    channel.publish(events(1, 3))
    channel.publish(events(2, 3))
    assert client.received == [1, 2, 3]


def test_outlet_that_is_ahead_gets_only_the_rest() -> None:
    channel, (behind, ahead, far) = live(2, 4, 6)
    channel.publish(events(3, 5))
    assert (behind.received, ahead.received, far.received) == ([3, 4, 5], [5], [])
    channel.publish(events(6, 7))
    assert (behind.received, ahead.received, far.received) == ([3, 4, 5, 6, 7], [5, 6, 7], [7])


@pytest.mark.parametrize("told", [events(2, 3), [event(1), event(3)]])
def test_gap_ends_every_outlet_instead_of_being_passed_over(told: list[Event]) -> None:
    channel, (client,) = live(0)
    channel.publish(told)
    assert (client.received, client.closed) == ([], Close.MOVE_ON)


def test_deletion_is_told_and_then_ends_every_outlet() -> None:
    channel, (client,) = live(0)
    channel.publish([event(1, EventType.SESSION_DELETED)])
    assert (client.received, client.closed) == ([1], Close.NOT_FOUND)


def test_outlet_behind_its_channel_has_more_to_replay() -> None:
    listenings = Listenings()
    fan_out = FanOut(listenings.listen)
    fan_out.join(Client(5))
    late = Client(4)
    assert not fan_out.join(late)
    late.cursor = 5
    assert fan_out.join(late)


def test_client_that_comes_back_to_a_failed_channel_hears_anew() -> None:
    listenings = Listenings()
    fan_out = FanOut(listenings.listen)
    first, second = Client(3), Client(3)
    assert fan_out.join(first)
    listenings.channels[0].fail(Close.INTERNAL)
    assert first.closed == Close.INTERNAL
    # The first is still on its way out.
    assert fan_out.join(second)
    fan_out.leave(first)
    assert (listenings.open, len(fan_out)) == (1, 1)
    listenings.channels[-1].publish(events(4, 5))
    assert (second.received, first.received) == ([4, 5], [])
    fan_out.leave(second)
    assert (listenings.open, len(fan_out)) == (0, 0)


def test_listening_lasts_from_the_first_outlet_to_the_last() -> None:
    listenings = Listenings()
    fan_out = FanOut(listenings.listen)
    first, second, stranger = Client(), Client(), Client(session_id="other")
    fan_out.join(first)
    fan_out.join(second)
    assert (listenings.open, len(fan_out)) == (1, 1)
    fan_out.leave(first)
    fan_out.leave(stranger)
    assert listenings.open == 1
    fan_out.leave(second)
    fan_out.leave(second)
    assert (listenings.open, len(fan_out)) == (0, 0)


class Store:
    """Events as they are committed, and as the listener tells of them: later, in any pieces."""

    def __init__(self) -> None:
        self.committed = 0

    def page(self, after: int, limit: int) -> list[Event]:
        return events(after + 1, min(self.committed, after + limit))


class Storm:
    """Clients that come, replay step by step, go live and are cut, in any order."""

    def __init__(self, page: int) -> None:
        self.store, self.listenings, self.page = Store(), Listenings(), page
        self.fan_out = FanOut(self.listenings.listen)
        self.clients: list[list[int]] = []
        self.replaying: dict[int, Client] = {}
        self.live: dict[int, Client] = {}

    def commit(self, count: int) -> None:
        self.store.committed += count

    def tell(self, count: int) -> None:
        """The listener of the open channel tells `count` more events, and one of them again."""
        for channel in self.listenings.channels[-1:] if self.listenings.open else []:
            told = self.store.page(max(0, channel.head - 1), count + 1)
            channel.publish(told)

    def arrive(self, number: int) -> None:
        if number >= len(self.clients):
            self.clients.append([])
            number = len(self.clients) - 1
        if number not in self.replaying and number not in self.live:
            seen = self.clients[number]
            self.replaying[number] = Client(seen[-1] if seen else 0)

    def step(self, number: int) -> None:
        client = self.replaying.get(number)
        if client is None:
            return
        page = self.store.page(client.cursor, self.page)
        last = page[-1].seq if page else client.cursor
        client.write(b"".join(replay_pieces(SESSION, page, last, gone=False)))
        client.cursor = last
        if len(page) < self.page and self.fan_out.join(client):
            self.live[number] = self.replaying.pop(number)

    def cut(self, number: int, lost: int) -> None:
        """The connection breaks; the last `lost` messages were still under way."""
        client = self.replaying.pop(number, None) or self.live.pop(number, None)
        if client is not None:
            self.fan_out.leave(client)
            self.clients[number] += client.received[: len(client.received) - lost]

    def settle(self) -> None:
        for number in range(len(self.clients)):
            self.arrive(number)
            while number in self.replaying:
                self.step(number)
        while self.listenings.open and self.listenings.channels[-1].head < self.store.committed:
            self.tell(7)
        for number in range(len(self.clients)):
            self.cut(number, 0)


ACTIONS = st.one_of(
    st.tuples(st.just("commit"), st.integers(1, 5)),
    st.tuples(st.just("tell"), st.integers(1, 6)),
    st.tuples(st.just("arrive"), st.integers(0, 4)),
    st.tuples(st.just("step"), st.integers(0, 4)),
    st.tuples(st.just("cut"), st.integers(0, 4), st.integers(0, 3)),
)


@settings(max_examples=400, deadline=None)
@given(page=st.integers(1, 4), actions=st.lists(ACTIONS, max_size=60))
def test_every_client_gets_every_event_once_in_order(
    page: int, actions: Sequence[tuple[str, int]]
) -> None:
    storm = Storm(page)
    for name, *arguments in actions:
        getattr(storm, name)(*arguments)
    storm.settle()
    for received in storm.clients:
        assert received == list(range(1, storm.store.committed + 1))


def test_frame_is_built_once_for_all_outlets(monkeypatch: pytest.MonkeyPatch) -> None:
    built: list[int] = []

    def build(told: Event) -> bytes:
        built.append(told.seq)
        return frame_of(told)

    monkeypatch.setattr("shared.live.fanout.frame_of", build)
    channel, _ = live(*[0] * 10)
    channel.publish(events(1, 2))
    assert built == [1, 2]
