from __future__ import annotations

import pytest

from shared.analysis.stance import belongs_to_other, is_about_others, is_denied, is_imagined


@pytest.mark.parametrize(
    ("text", "denied"),
    [
        ("I'm not angry", True),
        ("I don't feel angry", True),
        ("I’m no longer angry", True),
        ("I was less angry", True),
        ("I'm angry", False),
        ("I'm not only tired but angry", False),
        ("I don't know, but I'm angry", False),
    ],
)
def test_denial_reaches_forward_within_its_clause(text, denied):
    assert is_denied(text, text.index("angry")) is denied


@pytest.mark.parametrize(
    ("text", "imagined"),
    [
        ("I want to feel calm", True),
        ("if I were calm", True),
        ("I would be calm", True),
        ("I felt calm", False),
        ("if it rains, I am calm", False),
    ],
)
def test_imagined_is_a_wish_or_a_condition(text, imagined):
    assert is_imagined(text, text.index("calm")) is imagined


def test_other_person_is_the_nearest_before():
    assert belongs_to_other("my boss was angry", 12)
    assert not belongs_to_other("when she left I was angry", 20)


def test_about_others_needs_the_speaker_absent():
    assert is_about_others("She was furious.")
    assert not is_about_others("She made me furious.")
    assert not is_about_others("It is exhausting.")
