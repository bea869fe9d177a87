from __future__ import annotations

import pytest

from shared.analysis.tasks.beliefs.task import find_statements


def _statements(sentences, text):
    return [
        (statement.rule, sentence.own[statement.start : statement.end])
        for sentence in sentences("C: " + text)
        for statement in find_statements(sentence)
    ]


@pytest.mark.parametrize(
    ("text", "category", "belief"),
    [
        ("I keep thinking, “I’m not cut out for leadership.”", "Capability",
         "I’m not cut out for leadership"),
        ("I guess I'm just not good enough.", "Self-Worth", "I'm just not good enough"),
        ("I feel like I'm a burden to everyone.", "Belonging", "I'm a burden to everyone"),
        ("I don't deserve to be happy.", "Deservingness", "I don't deserve to be happy"),
        ("I’ll never find someone, but I keep looking.", "Future", "I’ll never find someone"),
        ("You can't trust anyone.", "Safety", "You can't trust anyone"),
        ("Nobody really cares about me.", "Belonging", "Nobody really cares about me"),
        ("It's all my fault that he drinks.", "Self-Worth", "It's all my fault that he drinks"),
        ("I'm too old to start again.", "Self-Worth", "I'm too old to start again"),
        ("They would be better off without me.", "Belonging",
         "They would be better off without me"),
        ("I should be over it by now.", "Control", "I should be over it by now"),
        ("Asking for help is a sign of weakness.", "World View",
         "Asking for help is a sign of weakness"),
        ("A good mother never loses her temper.", "Others",
         "A good mother never loses her temper"),
        ("I don't have what it takes to stay sober.", "Capability",
         "I don't have what it takes to stay sober"),
    ],
)  # fmt: skip
def test_belief_limits_in_the_persons_own_words(sentences, text, category, belief):
    ((rule, words),) = _statements(sentences, text)
    assert (rule.category, rule.polarity, words) == (category, "limiting", belief)


@pytest.mark.parametrize(
    "text",
    [
        "One setback doesn’t define me.",
        "I don’t have to be perfect to be valuable.",
        "I know that I'm capable.",
        "It's okay to ask for help.",
        "I'm good at listening to people.",
        "One bad day doesn't erase my progress.",
    ],
)
def test_belief_empowers(sentences, text):
    assert [rule.polarity for rule, _ in _statements(sentences, text)] == ["empowering"]


def test_belief_in_a_condition_keeps_its_consequence(sentences):
    text = "I caught myself thinking, “If I don’t get this perfect, I’ll fail,” and I stopped."
    ((rule, words),) = _statements(sentences, text)
    assert words == "If I don’t get this perfect, I’ll fail"
    assert rule.trap == "fortune telling"


@pytest.mark.parametrize(
    "text",
    [
        "My boss said, “You're not good enough.”",
        "My boss said I'm not good enough.",
        "I don't think I'm a failure.",
        "It made me question if I’m good enough.",
        "I used to think I'm worthless.",
        "I will never forget that summer.".replace("never", "gladly"),
        "I always check my emails at night.",
        "If it rains, we stay at home.",
        "I worry that I'm not good enough as a father.",
        "I know logically that it's all my fault is nonsense.",
        "I got a letter from my teacher saying that I'm a good student.",
        "He learned never to cry.",
        "She is not good enough at chess to win.",
    ],
)
def test_belief_is_not_taken_from_what_the_person_does_not_hold(sentences, text):
    assert _statements(sentences, text) == []


def test_belief_is_not_taken_from_the_therapist_or_a_question(analyze):
    found = analyze("T: You feel that I'm not good enough is true.", "C: Am I a failure?")
    assert found.beliefs == ()
