from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.adapters.google.gemini.failures import SpendLimitReached
from shared.adapters.google.gemini.spend import (
    MIN_ANSWER_TOKENS,
    TOKENS_PER_WINDOW,
    Allowance,
    check_window,
)


@given(
    st.lists(st.tuples(st.integers(0, 50_000), st.none() | st.floats(0, 1)), max_size=20),
    st.integers(0, TOKENS_PER_WINDOW),
)
def test_allowance_never_lets_more_be_spent_than_it_has(
    requests: list[tuple[int, float | None]], tokens: int
) -> None:
    allowance, spent = Allowance(tokens), 0
    for prompt_tokens, share in requests:
        try:
            answer_tokens = allowance.open(prompt_tokens)
        except SpendLimitReached:
            continue
        assert answer_tokens >= MIN_ANSWER_TOKENS
        told = None if share is None else prompt_tokens + int(share * answer_tokens)
        allowance.settle(told)
        spent += prompt_tokens + answer_tokens if told is None else told
        assert spent + allowance.left == tokens
    assert spent <= tokens


@given(st.integers(1, 10_000_000))
def test_windows_within_the_limit_cost_no_more_than_it(limit: int) -> None:
    allowed = limit // TOKENS_PER_WINDOW
    for number in range(allowed):
        check_window(number, limit)
    with pytest.raises(SpendLimitReached):
        check_window(allowed, limit)
    assert allowed * TOKENS_PER_WINDOW <= limit
