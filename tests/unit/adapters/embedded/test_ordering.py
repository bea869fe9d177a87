"""The encoding against a plain comparison of values, over generated values."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cmp_to_key
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.adapters.embedded import ordering
from shared.adapters.embedded.values import dump, load

INTEGERS = st.integers(-(2**63), 2**63 - 1)
NEAR_2_53 = st.integers(-3, 3).map(lambda n: n + 2**53)
FLOATS = st.floats(allow_nan=False, allow_infinity=False)
TIMES = st.datetimes(timezones=st.just(UTC)).map(lambda moment: moment.replace(fold=0))
TEXTS = st.text(st.sampled_from("\x00\x01aé\uffff😀") | st.characters(codec="utf-8"), max_size=6)
SCALARS = (
    st.none() | st.booleans() | INTEGERS | NEAR_2_53 | NEAR_2_53.map(float) | FLOATS | TIMES | TEXTS
)
KEYS = TEXTS.filter(lambda key: key and not (key.startswith("__") and key.endswith("__")))


def containers(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    not_lists = inner.filter(lambda value: not isinstance(value, list))
    return st.lists(not_lists, max_size=3) | st.dictionaries(KEYS, inner, max_size=3)


VALUES = st.recursive(SCALARS, containers, max_leaves=6)


def rank(value: Any) -> int:
    for number, kind in enumerate((type(None), bool, (int, float), datetime, str, list, dict)):
        if isinstance(value, kind):
            return number
    raise AssertionError


def compare(a: Any, b: Any) -> int:
    """Firestore's order, written down a second time and as plainly as possible."""
    if rank(a) != rank(b):
        return -1 if rank(a) < rank(b) else 1
    if isinstance(a, str):
        a, b = a.encode(), b.encode()
    if isinstance(a, dict):
        key = cmp_to_key(lambda x, y: compare(x, y))
        a, b = ([part for name in sorted(m, key=key) for part in (name, m[name])] for m in (a, b))
    if isinstance(a, list):
        for x, y in zip(a, b, strict=False):
            if different := compare(x, y):
                return different
        a, b = len(a), len(b)
    if a is None or a == b:
        return 0
    return -1 if a < b else 1


@given(VALUES, VALUES)
def test_bytes_are_ordered_as_values_are(a: Any, b: Any) -> None:
    x, y = ordering.encode(a), ordering.encode(b)
    assert (x > y) - (x < y) == compare(a, b)


@given(VALUES, VALUES)
def test_no_encoding_begins_another(a: Any, b: Any) -> None:
    x, y = ordering.encode(a), ordering.encode(b)
    assert x == y or not x.startswith(y)


@given(VALUES)
def test_a_type_range_holds_its_values(value: Any) -> None:
    encoded = ordering.encode(value)
    low, high = ordering.type_range(encoded)
    assert low <= encoded < high


@given(st.lists(FLOATS | INTEGERS | NEAR_2_53, max_size=20))
def test_numbers_of_both_kinds_are_sorted_by_value(numbers: list[float]) -> None:
    assert sorted(numbers, key=ordering.encode) == sorted(numbers)


@given(VALUES)
def test_stored_data_comes_back(value: Any) -> None:
    found = load(dump({"v": value}))["v"]
    assert repr(found) == repr(value)


def test_long_values_are_cut() -> None:
    for value in ("x" * 10**6, ["x" * 100] * 10_000, {f"k{n}": n for n in range(10_000)}):
        assert len(ordering.encode(value)) == ordering.MAX_KEY_BYTES
        with pytest.raises(ValueError, match="too long"):
            ordering.encode_whole(value)
