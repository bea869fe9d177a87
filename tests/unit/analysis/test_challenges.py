from __future__ import annotations

import pytest


@pytest.mark.parametrize(
    ("text", "challenge"),
    [
        ("C: But I still struggle with letting go of control.",
         "I still struggle with letting go of control"),
        ("C: It’s just hard to shake off those feelings sometimes.",
         "It’s just hard to shake off those feelings sometimes"),
        ("C: I don’t even know how to show up for her, but I try.",
         "I don’t even know how to show up for her"),
    ],
)  # fmt: skip
def test_challenge_is_said_in_the_clients_words(analyze, text, challenge):
    assert [found.text for found in analyze(text).challenges] == [challenge]


@pytest.mark.parametrize(
    "text",
    [
        "T: It sounds like it is hard to let go of control.",
        "C: I used to struggle with letting go of control.",
        "C: Is it hard to let go of control?",
        "C: I don't struggle with deadlines any more.",
        "C: My sister said, “I struggle with letting go of him.”",
    ],
)
def test_challenge_is_not_invented(analyze, text):
    assert analyze(text).challenges == ()


def test_challenge_is_more_severe_with_stronger_words(analyze):
    (mild,) = analyze("C: I struggle a bit with sleeping at night.").challenges
    (plain,) = analyze("C: I struggle with sleeping at night.").challenges
    assert 0 <= mild.severity <= plain.severity <= 1
