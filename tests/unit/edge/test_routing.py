"""Paths and methods."""

from __future__ import annotations

from contextlib import nullcontext

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from shared.domain.errors import (
    ElementNotFound,
    MethodNotAllowed,
    NotFound,
    RouteNotFound,
    SessionNotFound,
)
from shared.edge.routing import allowed_methods, check_ids, check_method, match_path
from shared.endpoints import BY_NAME

GET = BY_NAME["get_session"]


def test_a_path_gives_its_parameters() -> None:
    path = "/api/v1/sessions/s1/action_items/a-_9"
    found = match_path(BY_NAME["update_action_item"], path)
    assert found == {"session_id": "s1", "action_item_id": "a-_9"}
    check_ids(found)


@pytest.mark.parametrize("rest", ["", "/", "/a/b", "/a/", "//a"])
def test_another_path_is_none_of_the_endpoint(rest: str) -> None:
    with pytest.raises(RouteNotFound):
        match_path(GET, f"/api/v1/sessions{rest}")


@given(st.text(max_size=70))
@example("__x__")
@example("____")
@example("__")
@example("___")
def test_an_id_is_well_formed_or_missing(value: str) -> None:
    plain = value.isascii() and value.replace("-", "a").replace("_", "a").isalnum()
    reserved = len(value) > 3 and value.startswith("__") and value.endswith("__")
    expected = (
        nullcontext()
        if plain and not reserved and len(value) <= 64
        else pytest.raises(SessionNotFound)
    )
    with expected:
        check_ids({"session_id": value})


def test_each_kind_of_id_is_missing_in_its_own_words() -> None:
    with pytest.raises(ElementNotFound):
        check_ids({"action_item_id": "."})
    with pytest.raises(NotFound):
        check_ids({"asset": "a/b"})


def test_methods_of_one_path_stand_together() -> None:
    assert allowed_methods(GET.path) == ("DELETE", "GET", "HEAD", "PUT", "OPTIONS")
    check_method(GET, "HEAD")
    with pytest.raises(MethodNotAllowed):
        check_method(GET, "PUT")
