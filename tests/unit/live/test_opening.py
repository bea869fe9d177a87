from __future__ import annotations

import contextlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.live.closing import Close, Closing
from shared.live.opening import MAX_SEQ, Opening, read_frame, read_opening


def test_address_and_header_make_an_opening() -> None:
    opening = read_opening("after=12&ticket=abc&other=1", "Bearer t0ken")
    assert opening == Opening(after=12, token="t0ken", ticket="abc")


def test_secrets_have_no_repr() -> None:
    assert "t0ken" not in repr(Opening(token="t0ken"))


@pytest.mark.parametrize("header", ["Basic abc", "Bearer", "Bearer ", "", "Bearer " + "x" * 9_000])
def test_other_headers_do_not_authenticate(header: str) -> None:
    with pytest.raises(Closing) as refused:
        read_opening("", header)
    assert refused.value.code is Close.UNAUTHENTICATED


@pytest.mark.parametrize("query", ["after=", "after=1.0", "after=²", f"after={MAX_SEQ + 1}"])
def test_place_must_be_a_number(query: str) -> None:
    with pytest.raises(Closing) as refused:
        read_opening(query, None)
    assert refused.value.code is Close.MALFORMED


def test_frame_makes_an_opening() -> None:
    assert read_frame('{"token": "t", "after": 3}') == Opening(after=3, token="t")


@given(st.text())
def test_any_text_is_read_or_refused(text: str) -> None:
    with contextlib.suppress(Closing):
        assert read_frame(text).token
    with contextlib.suppress(Closing):
        assert read_opening(text, text).token


@given(st.recursive(st.none() | st.booleans() | st.floats() | st.text(), st.lists, max_leaves=5))
def test_only_numbers_are_places(value: object) -> None:
    with pytest.raises(Closing):
        read_frame(json.dumps({"token": "t", "after": value}))
