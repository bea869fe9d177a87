from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime

import pytest

from shared.analysis.engine import LocalAnalyzer
from shared.analysis.tasks.topics.task import THRESHOLD
from shared.analysis.tasks.topics.taxonomy import (
    TaxonomyInvalid,
    load_taxonomy,
    read_taxonomy,
)
from shared.domain.window import Window

SESSION_DATE = datetime(2025, 5, 1, 16, tzinfo=UTC)


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


ENTRY = {"id": "faith.doubt", "name": "Doubt", "description": "Losing faith.", "examples": ["a"]}
MAIN = {"id": "faith", "name": "Faith", "topics": [ENTRY]}
OWN = {"version": "clinic-1", "topics": [MAIN]}


def written(data: object) -> bytes:
    return json.dumps(data).encode()


def with_entry(**changes: object) -> dict[str, object]:
    return {**OWN, "topics": [{**MAIN, "topics": [{**ENTRY, **changes}]}]}


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ([], "must be a JSON object"),
        ({"version": "1"}, "lacks topics"),
        ({**OWN, "version": "a b"}, r"version: must be text"),
        ({**OWN, "extend": True}, "unknown fields: extend"),
        ({**OWN, "extends": "yes"}, "extends: must be true or false"),
        ({**OWN, "topics": {}}, "must be a list"),
        ({**OWN, "topics": []}, "hold no sub topic"),
        ({**OWN, "topics": [MAIN, MAIN]}, "hold faith.doubt twice"),
        ({**OWN, "topics": [{**MAIN, "id": "home"}]}, "faith.doubt does not belong to home"),
        ({**OWN, "topics": [{"id": "faith", "topics": [ENTRY]}]}, r"topics\[0\]: lacks name"),
        ({**OWN, "topics": ["faith"]}, r"topics\[0\]: must be a JSON object"),
        (with_entry(id="faith"), r"topics\[0\]\.topics\[0\]\.id: must be text"),
        (with_entry(description=" "), "description: must be text"),
        (with_entry(examples="a"), "examples: must be a list"),
        (with_entry(examples=["a", 1]), r"examples\[1\]: must be text"),
        (with_entry(least_similarity=1.5), "least_similarity: must be a number from 0 to 1"),
        (with_entry(examples=["a"] * 2_000), "2001 texts; 2000 are allowed"),
    ],
)
def test_taxonomy_that_is_none_is_refused_with_the_place(data, said):
    with pytest.raises(TaxonomyInvalid, match=said):
        read_taxonomy(written(data))


@pytest.mark.parametrize("content", [b"", b"{", b"\xff"])
def test_taxonomy_must_be_json(content):
    with pytest.raises(TaxonomyInvalid, match="not JSON"):
        read_taxonomy(content)


def test_own_taxonomy_stands_alone_or_is_added_to_the_shipped_one():
    assert list(read_taxonomy(written(OWN)).by_id) == ["faith.doubt"]
    work = {**ENTRY, "id": "work.workload", "name": "Shifts"}
    extended = {**OWN, "extends": True, "topics": [MAIN, {"id": "work", "topics": [work]}]}
    topics = read_taxonomy(written(extended)).by_id
    assert len(topics) == len(load_taxonomy().topics) + 1
    assert (topics["work.workload"].name, topics["work.workload"].category) == ("Shifts", "Work")
    assert topics["faith.doubt"].category == "Faith"


def test_own_taxonomy_is_found_by_and_named_by_the_engine(segments):
    entry = {**ENTRY, "examples": ["I don't know what I believe in any more."]}
    own = read_taxonomy(written(with_entry(**entry)))
    engine = LocalAnalyzer(taxonomy=own)
    window = Window(0, segments("C: I don't know what I believe in any more.", "C: I work a lot."))
    (topic,) = engine.analyze(window, SESSION_DATE).topics
    assert (topic.topic_id, topic.name, topic.category) == ("faith.doubt", "Doubt", "Faith")
    assert topic.provenance.version.endswith(f"+topics.{own.mark}")
    assert own.mark.startswith("clinic-1-")
    assert "+topics" not in LocalAnalyzer().provenance.version


def test_ids_of_shipped_topics_are_those_that_results_hold():
    # Ids may be added, never taken away or given another meaning: stored results name them.
    ids = sorted(load_taxonomy().by_id)
    assert hashlib.sha256("\n".join(ids).encode()).hexdigest()[:16] == "9529224bed6754da"
