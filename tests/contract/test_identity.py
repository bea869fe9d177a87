"""What `ports.Identity` promises: only a token that is ours and in force opens anything."""

from __future__ import annotations

import pytest

from shared.domain.errors import Unauthenticated

from .forgery import FLAWS
from .harness import IdentityHarness


def refused(harness: IdentityHarness, token: str) -> bool:
    with pytest.raises(Unauthenticated) as caught:
        harness.identity.verify(token)
    parts = [part for part in token.split(".") if len(part) > 8]
    assert not any(part in str(caught.value) for part in parts)
    return True


def test_a_token_speaks_for_its_user(identity_harness: IdentityHarness) -> None:
    user_id, token = identity_harness.sign_up()
    principal = identity_harness.identity.verify(token)
    assert principal.user_id == user_id
    assert principal.claims["sub"] == user_id
    assert principal.claims["exp"] > principal.claims["iat"]


def test_two_users_are_told_apart(identity_harness: IdentityHarness) -> None:
    first, first_token = identity_harness.sign_up()
    second, second_token = identity_harness.sign_up()
    assert first != second
    assert identity_harness.identity.verify(first_token).user_id == first
    assert identity_harness.identity.verify(second_token).user_id == second


@pytest.mark.parametrize("flaw", FLAWS)
def test_a_flawed_token_is_refused(identity_harness: IdentityHarness, flaw: str) -> None:
    user_id, _ = identity_harness.sign_up()
    assert refused(identity_harness, identity_harness.forge(user_id, flaw))


@pytest.mark.parametrize(
    "garbage", ["", " ", "abc", "a.b.c", "..", "....", "e30.e30.e30", "x" * 9000, "é.ü.ñ", "\x00"]
)
def test_garbage_is_refused(identity_harness: IdentityHarness, garbage: str) -> None:
    assert refused(identity_harness, garbage)


def test_a_cut_or_lengthened_token_is_refused(identity_harness: IdentityHarness) -> None:
    _, token = identity_harness.sign_up()
    for changed in (token[:-1], token[1:], token + "A", token.rsplit(".", 1)[0], token + "."):
        assert refused(identity_harness, changed)


def test_a_revoked_token_is_refused_and_a_new_one_taken(identity_harness: IdentityHarness) -> None:
    user_id, token = identity_harness.sign_up()
    identity_harness.revoke(user_id)
    assert refused(identity_harness, token)
    new = identity_harness.sign_in(user_id)
    assert identity_harness.identity.verify(new).user_id == user_id
    assert refused(identity_harness, token)


def test_a_disabled_user_is_refused(identity_harness: IdentityHarness) -> None:
    user_id, token = identity_harness.sign_up()
    identity_harness.disable(user_id)
    assert refused(identity_harness, token)


def test_a_deleted_user_is_refused(identity_harness: IdentityHarness) -> None:
    user_id, token = identity_harness.sign_up()
    identity_harness.delete(user_id)
    assert refused(identity_harness, token)


def test_what_happens_to_one_user_does_not_touch_another(
    identity_harness: IdentityHarness,
) -> None:
    user_id, _ = identity_harness.sign_up()
    other, other_token = identity_harness.sign_up()
    identity_harness.revoke(user_id)
    identity_harness.delete(user_id)
    assert identity_harness.identity.verify(other_token).user_id == other
