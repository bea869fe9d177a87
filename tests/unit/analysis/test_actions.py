from __future__ import annotations

import pytest

from shared.domain.transcript import Role


def _texts(found):
    return [item.text for item in found.action_items]


@pytest.mark.parametrize(
    ("text", "action"),
    [
        ("C: I’ll try to share an idea in our meeting, even if I worry.",
         "I’ll try to share an idea in our meeting"),
        ("C: I will call my sister on Sunday.", "I will call my sister on Sunday"),
        ("C: I'm going to write down three good things a day.",
         "I'm going to write down three good things a day"),
    ],
)  # fmt: skip
def test_action_item_is_what_the_client_commits_to(analyze, text, action):
    (item,) = analyze(text).action_items
    assert (item.text, item.assignee, item.status) == (action, Role.CLIENT, "open")


@pytest.mark.parametrize(
    "text",
    [
        "C: I should probably call my sister on Sunday.",
        "C: If I don't call her, I'll make a fool of myself.",
        "C: I keep thinking, “I will make a mistake in the meeting.”",
        "C: My brother said, “I'll call you on Sunday at noon.”",
        "C: I'll give it a try.",
        "C: Will I call my sister on Sunday?",
    ],
)
def test_action_item_needs_a_commitment(analyze, text):
    assert _texts(analyze(text)) == []


def test_action_item_joins_the_suggestion_and_the_yes(analyze):
    found = analyze(
        "T: I’d like you to try setting a firm work boundary this week. How does that feel?",
        "C: It feels doable. I’ll give it a try.",
    )
    (item,) = found.action_items
    assert item.text == "try setting a firm work boundary this week"
    assert [e.segment_id for e in item.evidence] == ["u-0", "u-1"]
    assert [insight.type for insight in found.insights] == ["recommendation"]


def test_action_item_without_a_yes_is_only_a_recommendation(analyze):
    found = analyze(
        "T: I’d like you to try setting a firm work boundary this week.",
        "C: I'm not sure that I can do that.",
    )
    assert _texts(found) == []
    assert [insight.type for insight in found.insights] == ["recommendation"]


def test_action_items_are_split_out_of_a_closing_list(analyze):
    found = analyze(
        "T: So your action items are: practice mindfulness daily, collect evidence about your"
        " triggers, and share one idea in your next meeting. Does that sound good?",
        "C: Yes, that works for me.",
    )
    assert _texts(found) == [
        "practice mindfulness daily",
        "collect evidence about your triggers",
        "share one idea in your next meeting",
    ]
