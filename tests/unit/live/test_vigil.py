from __future__ import annotations

from shared.live.closing import Close
from shared.live.limits import Limits
from shared.live.vigil import Vigil

LIMITS = Limits(heartbeat_s=20.0, max_missed=2, max_age_s=1_000.0)


def test_socket_that_answers_stays() -> None:
    vigil = Vigil(LIMITS, 0.0, None, 0.0)
    for beat in range(1, 10):
        vigil.heard = True
        assert vigil.beat(20.0 * beat) is None


def test_socket_that_is_silent_is_closed_after_the_missed_heartbeats() -> None:
    vigil = Vigil(LIMITS, 0.0, None, 0.0)
    codes = [vigil.beat(20.0 * beat) for beat in range(1, 5)]
    assert codes == [None, None, None, Close.SILENT]


def test_socket_ends_with_its_token() -> None:
    vigil = Vigil(LIMITS, 100.0, 130.0, 0.0)
    assert vigil.due_in_s(100.0) == 20.0
    assert vigil.due_in_s(120.0) == 10.0
    assert vigil.beat(130.0) is Close.UNAUTHENTICATED


def test_newer_token_keeps_the_socket() -> None:
    vigil = Vigil(LIMITS, 100.0, 130.0, 0.0)
    vigil.until_s = 300.0
    assert vigil.beat(130.0) is None


def test_socket_moves_on_at_its_age() -> None:
    vigil = Vigil(LIMITS, 0.0, None, 0.0)
    assert vigil.beat(999.0) is None
    assert vigil.beat(1_000.0) is Close.MOVE_ON


def test_ages_are_spread_over_a_tenth() -> None:
    vigil = Vigil(LIMITS, 0.0, None, 1.0)
    assert vigil.beat(900.0) is Close.MOVE_ON


def test_default_age_is_below_the_hour_of_cloud_run() -> None:
    assert Limits().max_age_s + Limits().heartbeat_s < 3_600
