from __future__ import annotations

from dataclasses import replace

import pytest

from shared.analysis.evidence import keep_evident, quote, span
from shared.domain.elements import Elements


def test_evidence_of_neighbouring_sentences_is_one_quote(sentences):
    first, second, third = sentences("C: I am tired. So tired. It never ends.")
    (joined,) = span([first, second])
    assert joined.quote == "I am tired. So tired."
    assert [evidence.quote for evidence in span([first, third])] == [first.text, third.text]


def test_evidence_is_the_part_that_was_asked_for(sentences):
    (sentence,) = sentences("C:   I am tired.")
    assert quote(sentence, 5, 10).quote == "tired"
    assert sentence.segment.text[quote(sentence).start :] == "I am tired."


@pytest.mark.parametrize(
    "change",
    [
        {"quote": "I was so Anxious."},
        {"start": 1},
        {"end": 3},
        {"segment_id": "u-9"},
        {"start": -1},
    ],
)
def test_evidence_that_does_not_stand_there_drops_its_element(analyze, segments, change):
    text = "C: I was so anxious."
    (emotion,) = analyze(text).emotions
    false = replace(emotion, evidence=(replace(emotion.evidence[0], **change),))
    kept = keep_evident(Elements(emotions=(emotion, false)), segments(text))
    assert kept == Elements(emotions=(emotion,))


def test_evidence_must_be_there_at_all(analyze, segments):
    text = "C: I was so anxious."
    (emotion,) = analyze(text).emotions
    bare = replace(emotion, evidence=())
    assert keep_evident(Elements(emotions=(bare,)), segments(text)) == Elements()
