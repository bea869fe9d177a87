from __future__ import annotations

import pytest

from shared.analysis.tasks.topics.task import THRESHOLD
from shared.analysis.tasks.topics.taxonomy import load_taxonomy, parse_taxonomy


@pytest.mark.parametrize(
    ("text", "topic"),
    [
        ("I can't pay the rent and the credit card bills pile up.", "finances.debt"),
        ("I lie awake every night and sleep three hours at most.", "health.sleep"),
        ("My wife wants a divorce and we are separating.", "relationships.breakup"),
        ("My grandmother died last week and the funeral is tomorrow.", "transitions.loss"),
    ],
)
def test_topic_is_the_nearest_of_the_taxonomy(analyze, text, topic):
    found = analyze("C: " + text).topics
    assert found[0].topic_id == topic
    assert all(topic.confidence >= THRESHOLD for topic in found)


def test_topic_that_goes_on_is_one_with_several_quotes(analyze):
    found = analyze(
        "C: I lie awake every night until three in the morning.",
        "T: How long have you been sleeping so badly?",
        "C: I have slept badly for two years.",
    )
    (sleep,) = [topic for topic in found.topics if topic.topic_id == "health.sleep"]
    assert len({evidence.segment_id for evidence in sleep.evidence}) > 1


def test_topic_is_not_found_in_small_talk(analyze):
    assert analyze("C: Yeah, okay.", "T: Good, thank you so much.").topics == ()


def test_taxonomy_has_twelve_main_topics_with_stable_ids():
    topics = load_taxonomy().topics
    assert len({topic.category for topic in topics}) == 12
    assert len(topics) >= 55
    assert all(topic.description and topic.examples for topic in topics)


def test_taxonomy_refuses_an_id_twice_or_under_a_foreign_name():
    entry = {"id": "work.a", "name": "A", "description": "a", "examples": []}
    main = {"id": "work", "name": "Work", "topics": [entry]}
    with pytest.raises(ValueError, match="twice"):
        parse_taxonomy({"version": "1", "topics": [main, main]})
    with pytest.raises(ValueError, match="does not belong"):
        parse_taxonomy({"version": "1", "topics": [{**main, "id": "home"}]})
