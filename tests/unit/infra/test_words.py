"""Words that were said are laid beside words that were heard."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.models.words import align

WORDS = st.lists(st.sampled_from(["a", "b", "c"]), max_size=8)


@pytest.mark.parametrize(
    ("said", "heard", "errors"),
    [
        ("i was so sad", "i was so sad", [0, 0, 0, 0]),
        ("i was so sad", "i was sad", [0, 0, 1]),
        ("i was sad", "i was so sad", [0, 0, 1, 0]),
        ("i was sad", "i is sad", [0, 1, 0]),
        ("mister hale", "mr hale", [0, 0]),
    ],
)
def test_errors_stand_where_they_were_made(said: str, heard: str, errors: list[int]) -> None:
    assert list(align(said.split(), heard.split()).errors) == errors


def test_where_nothing_was_heard_all_was_missed() -> None:
    assert align(["i", "was"], []).missed == 2


@given(WORDS, WORDS.filter(bool))
def test_counts_add_up(said: list[str], heard: list[str]) -> None:
    found = align(said, heard)
    assert sum(found.said) == len(said)
    wrong = len(heard) - sum(found.right)
    assert wrong <= sum(found.errors) <= max(len(said), len(heard))
    assert abs(len(said) - len(heard)) <= sum(found.errors)
