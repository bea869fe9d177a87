"""The summary is there at every moment of a session's life, of what is read then."""

from __future__ import annotations

import pytest

from shared.application.element_views import merge_path
from shared.application.read_summary import read_summary
from shared.application.request_analysis import request_analysis
from shared.domain.errors import SessionNotFound
from tests.unit.application.story import OWNER, create, elements_of, long_text


def summary(world, sentences=5):
    return read_summary(world, OWNER, "s1", sentences)


def quotes(report):
    return [sentence["text"] for sentence in report.sentences]


def test_summary_shows_sentences_and_feelings_with_their_places(world):
    create(world, "C: hello to you all\nC: I am sad about work and all of that\nT: and why?\n")
    world.drain()
    report = summary(world)
    assert report.complete
    assert quotes(report) == ["C: I am sad about work and all of that"]
    (sentence,) = report.sentences
    found = elements_of(world)
    assert sentence["elements"] == [*found["emotions"], *found["topics"]]
    (point,) = report.arc
    assert (point["element_id"], point["start_ms"]) == (found["emotions"][0], 10_000)
    # Five words before, three within the sentence, of eighteen.
    assert point["position"] == pytest.approx(8 / 18, abs=1e-4)
    assert (point["tone"], point["mood"]) == (-0.35, -0.35)


def test_summary_before_the_end_is_of_the_windows_that_are_there(world):
    create(world, long_text())
    assert (summary(world).sentences, summary(world).arc, summary(world).complete) == (
        [],
        [],
        False,
    )
    for _ in range(2):
        world.deliver(world.queue.pop(0))
    growing = summary(world)
    assert (bool(growing.sentences), bool(growing.arc), growing.complete) == (True, True, False)
    world.drain()
    assert summary(world).complete
    assert len(summary(world).arc) > len(growing.arc)


def test_summary_of_fewer_sentences_is_part_of_one_of_more_in_transcript_order(world):
    create(world, long_text())
    world.drain()
    two, all_ = summary(world, 2), summary(world, 10)
    assert [sentence["rank"] for sentence in all_.sentences] != []
    assert {s["id"] for s in two.sentences} == {s["id"] for s in all_.sentences if s["rank"] <= 2}
    places = [sentence["place"] for sentence in all_.sentences]
    assert places == sorted(places)


def test_summary_is_made_anew_with_the_analysis(world):
    create(world)
    world.drain()
    before = summary(world)
    request_analysis(world, OWNER, "s1")
    assert summary(world).complete
    assert summary(world).sentences == before.sentences
    world.drain()
    assert world.documents.get(merge_path("s1", 1)) is None
    assert summary(world).sentences == before.sentences


def test_summary_of_windows_from_before_there_were_summaries(world):
    create(world, long_text())
    world.drain()
    now = summary(world)
    path = merge_path("s1", 1)
    old = dict(world.documents.get(path).data)
    del old["summary"]
    world.documents.transact(lambda tx: tx.set(path, old))
    then = summary(world)
    assert (then.sentences, then.arc, then.complete) == (now.sentences, now.arc, True)


def test_summary_belongs_to_the_owner(world):
    create(world)
    with pytest.raises(SessionNotFound):
        read_summary(world, "mallory", "s1", 5)
