from __future__ import annotations

from datetime import UTC, datetime

import pytest

from shared.domain.transcript import Role
from shared.domain.window import Window

SESSION_DATE = datetime(2025, 5, 1, 16, tzinfo=UTC)


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
        "C: I'll never get over her death, whatever people say.",
        "C: Sometimes I'll call my ex at two in the morning.",
        "C: I could call my sister on Sunday.",
        "C: I told my wife I'll come home earlier on Fridays.",
        "C: I'm scared that I'll start shouting at the kids again.",
        "C: My boss said he'll give me the forms tomorrow.",
        "C: I know I'll drink again at the wedding party.",
        "C: I'll let you know how it goes with my son.",
        "C: I feel like I'll take it out on the children.",
        "C: Will I call my sister on Sunday?",
    ],
)
def test_action_item_needs_a_commitment(analyze, text):
    assert _texts(analyze(text)) == []


@pytest.mark.parametrize(
    "text",
    [
        "I think I'll visit her grave with my brother on Sunday.",
        "I've decided to tell my wife about the debts tonight.",
        "I'm going to hand in the essay even if it's not perfect.",
        "I'm planning to go to a meeting on Thursday evening.",
        "My goal for this week is to have dinner with the kids twice.",
        "When the craving comes, I'll call my sponsor first.",
        "I'll have a talk with my husband about the money.",
    ],
)
def test_action_item_is_heard_in_many_wordings(analyze, text):
    assert len(_texts(analyze("C: " + text))) == 1


def test_action_item_is_a_possibility_when_asked_for(analyze):
    answer = "C: I could write to my daughter before bed."
    asked = analyze("T: What is one small step you would be willing to try this week?", answer)
    assert _texts(asked) == ["I could write to my daughter before bed"]
    assert _texts(analyze("T: What else have you thought of so far?", answer)) == []


@pytest.mark.parametrize(
    "proposal",
    [
        "Would you be willing to call your sponsor every evening?",
        "Could you write her a letter that you don't send?",
        "It might help to take a walk with the dog before the children wake up.",
        "When the craving comes, try to wait ten minutes before you decide.",
        "One thing that might help is setting aside an hour for your studies.",
        "Maybe you could tell your husband how lonely the evenings are.",
        "Your homework is to note three things that went well.",
        "What if you asked your teacher for more time?",
        "That helps; keep writing to her every evening.",
        "Whenever doubts arise, remind yourself of the exam that you passed.",
        "Talk to your husband about the money this week.",
        "Let's plan for you to visit the support group on Tuesday.",
    ],
)
def test_action_item_is_any_proposal_with_a_yes(analyze, proposal):
    found = analyze("T: " + proposal, "C: Yeah, I can do that.")
    assert len(found.action_items) == 1
    assert [insight.type for insight in found.insights] == ["recommendation"]


@pytest.mark.parametrize(
    "answer",
    [
        "No, I can't do that.",
        "That sounds really hard.",
        "I'm not sure about that.",
        "I should probably do that.",
        "Yeah, I don't know.",
        "My mother died on a Tuesday.",
    ],
)
def test_action_item_needs_a_plain_yes(analyze, answer):
    found = analyze("T: Would you be willing to call your sponsor every evening?", "C: " + answer)
    assert _texts(found) == []


@pytest.mark.parametrize(
    "said",
    [
        "Would you like to tell me more about the funeral?",
        "Can you describe what happened with your son this week?",
        "What do you think you could do about that?",
        "How could you tell him that you are hurt?",
        "You might be grieving more than your brother.",
        "Take care of yourself.",
        "Could you tell me about a time this week when you wanted to drink?",
        "Close your eyes and try to focus on your breath.",
        "Did you try writing to her last week?",
        "Keep going.",
        "Keep up the good work, and I look forward to next week.",
        "Let me know how the week with your son goes.",
        "You are doing well, and you keep showing up.",
    ],
)
def test_recommendation_is_not_taken_from_talk(analyze, said):
    found = analyze("T: " + said, "C: Yes.")
    assert found.insights == ()
    assert found.action_items == ()


def test_recommendation_for_now_is_no_action_item(analyze):
    found = analyze("T: Would you like to try a breathing exercise now?", "C: Sure.")
    assert [insight.type for insight in found.insights] == ["recommendation"]
    assert found.action_items == ()


def test_action_item_of_an_open_question_has_no_yes(analyze):
    found = analyze(
        "T: It might help to take a walk after work. How did your father take the news?",
        "C: Okay, I guess.",
    )
    assert found.action_items == ()


def test_action_item_joins_the_clients_own_words_for_it(analyze):
    found = analyze(
        "T: Could you call your sponsor when the craving comes?",
        "C: Yes, that makes sense.",
        "T: Good.",
        "C: I'll call my sponsor tonight.",
        "T: And I'll send you the worksheet tomorrow.",
    )
    own, promised = found.action_items
    assert [e.segment_id for e in own.evidence] == ["u-0", "u-1", "u-3"]
    assert (own.assignee, own.due) == (Role.CLIENT, "2025-05-01")
    assert (promised.text, promised.assignee, promised.due) == (
        "I'll send you the worksheet tomorrow", Role.THERAPIST, "2025-05-02",
    )  # fmt: skip


def test_action_item_of_something_else_stands_alone(analyze):
    found = analyze(
        "T: Could you call your sponsor when the craving comes?",
        "C: Yes. And I'll clear out the wine cellar on Saturday.",
    )
    assert len(found.action_items) == 2


def test_action_item_takes_in_the_words_that_it_leans_on(analyze):
    found = analyze(
        "T: It might help to write her a letter. Would you be willing to try that this week?",
        "C: Okay.",
    )
    (item,), (insight,) = found.action_items, found.insights
    assert item.text == "write her a letter"
    assert [e.quote for e in insight.evidence] == ["write her a letter", "try that this week"]


def test_action_item_across_two_windows_is_found_once(engine, segments):
    spoken = segments(
        "T: Could you call your sponsor every evening?",
        "C: Yes, I can do that.",
        "T: Good.",
        "C: I'll call my sponsor tonight.",
    )
    first = engine.analyze(Window(0, spoken[:2], (), spoken[2:]), SESSION_DATE)
    second = engine.analyze(Window(1, spoken[2:], spoken[:2], ()), SESSION_DATE)
    assert [len(item.evidence) for item in first.action_items] == [3]
    assert second.action_items == ()


def test_action_item_joins_the_suggestion_and_the_yes(analyze):
    found = analyze(
        "T: I’d like you to try setting a firm work boundary this week. How does that feel?",
        "C: It feels doable. I’ll give it a try.",
    )
    (item,) = found.action_items
    assert item.text == "try setting a firm work boundary this week"
    assert [e.segment_id for e in item.evidence] == ["u-0", "u-1"]
    assert item.due == "2025-05-08"
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
