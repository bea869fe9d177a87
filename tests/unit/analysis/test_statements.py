"""What the trained heads find in words that no rule knows."""

from __future__ import annotations

import pytest

from shared.analysis.tasks.beliefs.task import CATEGORIES
from shared.analysis.tasks.beliefs.traps import find_trap

# None of these sentences stands in the data that the heads were trained on.
LIMITING = (
    "Deep down I reckon I'm a fake and somebody's bound to notice.",
    "I'm simply not the kind of person who gets to be loved.",
)
CHALLENGES = (
    "Every single morning I sit on the edge of the bed and can't make myself stand up.",
    "I keep picking fights with my husband over nothing.",
)
SEEING = (
    "I'm beginning to see that I only shout when I'm actually scared.",
    "It makes me realise how much I hide from my own family.",
)
PROPOSALS = (
    "You might try leaving your laptop at work on Fridays.",
    "Would you be willing to call the landlord before Friday?",
)
COMMITMENTS = (
    "I'm going to ring the clinic on Tuesday morning.",
    "I'll leave the car at home twice this week and walk.",
)
# What only looks like it.
NOTHING = (
    "I used to lie awake for hours, but that's over.",
    "My brother thinks he's a failure.",
    "I should probably call her.",
    "We had pasta for dinner.",
    "The bus was late again this morning.",
)


@pytest.mark.parametrize("text", LIMITING)
def test_belief_is_found_without_a_rule(analyze, text):
    (belief,) = analyze("C: " + text).beliefs
    assert belief.polarity == "limiting"
    assert belief.category in CATEGORIES
    assert belief.evidence[0].quote == belief.text
    assert 0.5 < belief.confidence <= 1


@pytest.mark.parametrize("text", CHALLENGES)
def test_challenge_is_found_without_a_rule(analyze, text):
    (challenge,) = analyze("C: " + text).challenges
    assert 0 < challenge.severity <= 1
    assert 0.4 < challenge.confidence <= 1


@pytest.mark.parametrize("text", SEEING)
def test_observation_has_a_confidence(analyze, text):
    (insight,) = analyze("C: " + text).insights
    assert insight.type == "observation"
    assert 0.5 < insight.confidence <= 1


@pytest.mark.parametrize("text", PROPOSALS)
def test_proposal_is_a_recommendation_and_with_a_yes_an_action_item(analyze, text):
    (insight,) = analyze("T: " + text).insights
    assert insight.type == "recommendation"
    assert 0.3 <= insight.confidence <= 1
    (item,) = analyze("T: " + text, "C: Okay, I can do that.").action_items
    assert item.assignee == "client"
    assert item.status == "open"
    assert len(item.evidence) == 2
    assert analyze("T: " + text, "C: No, I don't want to.").action_items == ()


@pytest.mark.parametrize("text", COMMITMENTS)
def test_commitment_has_a_confidence(analyze, text):
    (item,) = analyze("C: " + text).action_items
    assert 0.3 <= item.confidence <= 1


def test_commitment_has_its_date(analyze):
    text = "I'll put the gym bag by the door tomorrow."
    (item,) = analyze("C: " + text).action_items
    assert item.due == "2025-05-02"


@pytest.mark.parametrize("text", NOTHING)
def test_heads_leave_alone_what_only_looks_like_it(analyze, text):
    found = analyze("C: " + text)
    told = (*found.beliefs, *found.challenges, *found.action_items, *found.insights)
    assert told == ()


def test_statements_are_taken_from_whom_they_belong_to(analyze):
    said = "I'm simply not the kind of person who gets to be loved."
    assert analyze("T: " + said).beliefs == ()
    assert analyze("C: " + PROPOSALS[0]).insights == ()


@pytest.mark.parametrize(
    ("text", "trap"),
    [
        ("I'm such a failure.", "labelling"),
        ("I should be able to do this alone.", "should statement"),
        ("They must think I'm dull.", "mind reading"),
        ("It's going to fall apart.", "fortune telling"),
        ("Nobody stays.", "overgeneralisation"),
        ("I'm not clever.", None),
        ("I should never let anyone down.", None),
    ],
)
def test_trap_is_named_where_just_one_is_plain(text, trap):
    assert find_trap(text) == trap


def test_belief_is_less_sure_where_nobody_else_speaks(analyze):
    said = "C: Deep down I'm convinced that everyone I love will leave me in the end."
    [alone] = analyze(said).beliefs
    [answered] = analyze("T: What did you tell yourself then?", said).beliefs
    assert alone.text == answered.text
    assert alone.confidence < answered.confidence
