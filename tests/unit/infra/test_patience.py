"""How slow a client may be; the clock of these tests moves only when they say so."""

from __future__ import annotations

import socket
from collections.abc import Iterator

import pytest

from infra.local import patience
from infra.local.patience import PacedSocket

SILENCE_S = 30


class Clock:
    """Tells a time that is later by `step_s` with every reading."""

    def __init__(self) -> None:
        self.now_s = self.step_s = 0.0

    def monotonic(self) -> float:
        self.now_s += self.step_s
        return self.now_s


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(patience, "time", clock)
    return clock


@pytest.fixture
def pair() -> Iterator[tuple[PacedSocket, socket.socket]]:
    near, far = socket.socketpair()
    paced = PacedSocket.of(near, SILENCE_S)
    with paced, far:
        yield paced, far


Pair = tuple[PacedSocket, socket.socket]


def drips(pair: Pair, clock: Clock, step_s: float, most: int) -> int:
    """How many bytes were taken of a client that sends one every `step_s`."""
    near, far = pair
    clock.step_s = step_s
    for taken in range(most):
        far.send(b"x")
        try:
            near.recv(8192)
        except BlockingIOError:
            return taken
    return most


def test_client_that_drips_is_given_up_on(pair: Pair, clock: Clock) -> None:
    assert drips(pair, clock, 29.0, 100) == 4
    assert clock.now_s < 6 * 2 * SILENCE_S


def test_client_that_goes_on_at_a_modest_pace_is_not(pair: Pair, clock: Clock) -> None:
    near, far = pair
    clock.step_s = 1.0
    for _ in range(1_000):
        far.send(b"x" * 500)
        assert len(near.recv(8192)) == 500


def test_pause_between_two_requests_does_not_count(pair: Pair, clock: Clock) -> None:
    for _ in range(50):
        pair[0].begin()
        assert drips(pair, clock, 29.0, 4) == 4


def test_time_between_two_reads_does_not_count(pair: Pair, clock: Clock) -> None:
    near, far = pair
    for _ in range(100):
        far.send(b"x")
        near.recv(1)
        # What the application does with it.
        clock.now_s += 60


def test_client_that_takes_its_answer_in_drips_is_given_up_on(pair: Pair, clock: Clock) -> None:
    near, far = pair
    clock.step_s = 29.0
    for _ in range(4):
        near.sendall(b"x")
        far.recv(1)
    with pytest.raises(BlockingIOError):
        near.sendall(b"x")
    assert clock.now_s < 6 * 2 * SILENCE_S


def test_everything_is_sent_and_in_order(pair: Pair) -> None:
    near, far = pair
    content = bytes(range(256)) * 100
    near.sendall(memoryview(content))
    near.shutdown(socket.SHUT_WR)
    assert b"".join(iter(lambda: far.recv(65_536), b"")) == content


def test_without_a_bound_any_pace_will_do(clock: Clock) -> None:
    near, far = socket.socketpair()
    with PacedSocket.of(near, 0) as paced, far:
        assert drips((paced, far), clock, 1_000.0, 50) == 50
