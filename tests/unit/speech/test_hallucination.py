"""Text that a recogniser made up is told from text that it heard."""

from __future__ import annotations

from dataclasses import replace

import pytest

from shared.speech.hallucination import Generated, is_doubtful, is_silence, runs_in_circles

HEARD = Generated(("i", "was", "so", "sad", "about", "work"), 3.0, 0.05, -0.3, 1.2)


def test_what_was_heard_clearly_is_believed() -> None:
    assert not is_doubtful(HEARD)
    assert not is_silence(HEARD)


@pytest.mark.parametrize(
    "change",
    [{"log_probability": -1.2}, {"compression": 2.6}, {"duration_s": 0.3}, {"words": ("so",) * 9}],
)
def test_each_sign_alone_is_enough_for_doubt(change: dict) -> None:
    assert is_doubtful(replace(HEARD, **change))


def test_silence_needs_both_signs() -> None:
    assert is_silence(replace(HEARD, no_speech=0.9, log_probability=-1.4))
    assert not is_silence(replace(HEARD, no_speech=0.9))
    assert not is_silence(replace(HEARD, log_probability=-1.4))


@pytest.mark.parametrize(
    ("text", "circles"),
    [
        ("thank you. Thank you, thank you! thank you thank you", True),
        ("no no no no", False),
        ("no no no no no", True),
        ("i do not know what to do i do not know what to say", False),
        ("", False),
    ],
)
def test_repetition_is_counted_by_phrase(text: str, circles: bool) -> None:
    assert runs_in_circles(text.split()) is circles
