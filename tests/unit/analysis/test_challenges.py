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
        "I can't bring myself to open his wardrobe.",
        "We keep fighting about money in front of the kids.",
        "I still give in when my friends order a round.",
        "I keep putting things off until the night before the exam.",
        "I often snap at the children when I come home.",
        "Every night I lie awake until three.",
        "I find myself checking his phone, and I can't stop.",
        "It's really hard to be in the house without her.",
        "We've been fighting since the baby came.",
        "My mind just won't shut off at night.",
        "School has been really stressful this term.",
        "The cravings keep coming back in the evening.",
        "I can't enjoy the weekends with my family.",
        "I haven't been able to pass by her school.",
        "I never have enough time for my studies.",
        "I'm still having trouble with the stairs.",
        "Being patient with him is so hard right now.",
    ],
)
def test_challenge_is_heard_from_other_people(analyze, text):
    assert len(analyze("C: " + text).challenges) == 1


@pytest.mark.parametrize(
    "text",
    [
        "C: I kept replaying the accident that evening.",
        "C: When I catch myself spiraling, I call my sister.",
        "C: My husband keeps putting things off.",
        "C: She says that I shut down.",
        "C: I never avoid my mother's calls any more.",
        "C: It was really hard to be in the house without her.",
        "C: I stay calm under pressure.",
        "C: I can't believe how kind they were.",
        "C: I can't wait to see my grandson.",
        "C: I found the keys in the kitchen.",
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
