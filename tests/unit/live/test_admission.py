from __future__ import annotations

import pytest

from shared.live.admission import Admission
from shared.live.closing import Close, Closing
from shared.live.limits import Limits


def test_stranger_that_waited_longest_goes_for_a_new_one() -> None:
    admission: Admission[str] = Admission(Limits(max_unauthenticated=2))
    assert [admission.arrive(name) for name in "abcd"] == [None, None, "a", "b"]
    assert admission.strangers == 2


def test_admitted_are_no_strangers() -> None:
    admission: Admission[str] = Admission(Limits(max_unauthenticated=1))
    admission.arrive("a")
    admission.admit("a", "ada")
    assert admission.arrive("b") is None


def test_user_is_held_to_the_limit_until_one_departs() -> None:
    admission: Admission[str] = Admission(Limits(max_per_user=1))
    admission.admit("a", "ada")
    with pytest.raises(Closing) as refused:
        admission.admit("b", "ada")
    assert refused.value.code is Close.TOO_MANY
    admission.depart("b")
    admission.depart("a")
    admission.depart("a")
    admission.admit("c", "ada")


def test_nothing_is_kept_of_who_has_departed() -> None:
    admission: Admission[str] = Admission(Limits())
    for name in "abc":
        admission.arrive(name)
        admission.admit(name, f"user-{name}")
        admission.depart(name)
    assert vars(admission)["_sockets"] == {}
    assert vars(admission)["_users"] == {}
