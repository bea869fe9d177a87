"""Evidence holds, ids follow from what was found."""

from __future__ import annotations

from dataclasses import fields

from hypothesis import given
from hypothesis import strategies as st

from shared.domain.element_kinds import ELEMENT_KINDS
from shared.domain.elements import (
    KINDS,
    Elements,
    Emotion,
    Evidence,
    Provenance,
    element_id,
    is_evident,
)
from shared.domain.transcript import Role, Segment

SEGMENT = Segment("u-0", 0, "Alex", Role.CLIENT, "I am tired, so tired.", 0, 21)


def emotion(*evidence: Evidence) -> Emotion:
    return Emotion(
        id="e",
        evidence=evidence,
        provenance=Provenance("test", "none", "1"),
        name="tiredness",
        category="sadness",
        valence=-0.5,
        intensity=0.5,
    )


def test_quote_at_its_offsets_is_evident():
    assert is_evident(emotion(Evidence("u-0", 5, 10, "tired")), {"u-0": SEGMENT})


def test_quote_elsewhere_in_the_segment_is_not_evident():
    assert not is_evident(emotion(Evidence("u-0", 6, 11, "tired")), {"u-0": SEGMENT})


def test_quote_of_a_missing_segment_is_not_evident():
    assert not is_evident(emotion(Evidence("u-1", 5, 10, "tired")), {"u-0": SEGMENT})


def test_element_without_evidence_is_not_evident():
    assert not is_evident(emotion(), {"u-0": SEGMENT})


def test_one_false_quote_spoils_the_element():
    true, false = Evidence("u-0", 5, 10, "tired"), Evidence("u-0", 0, 4, "I'm ")
    assert not is_evident(emotion(true, false), {"u-0": SEGMENT})


@given(st.integers(-5, 40), st.integers(-5, 40), st.text(max_size=5))
def test_evidence_is_accepted_only_for_the_very_words(start, end, quote):
    accepted = is_evident(emotion(Evidence("u-0", start, end, quote)), {"u-0": SEGMENT})
    assert not accepted or (quote and SEGMENT.text[start:end] == quote and start >= 0)


def test_element_id_is_the_same_for_the_same_finding_and_differs_by_label_and_place():
    here, there = Evidence("u-0", 5, 10, "tired"), Evidence("u-0", 15, 20, "tired")
    assert element_id("emotion", "fatigue", here) == element_id("emotion", "fatigue", here)
    ids = {
        element_id("emotion", "fatigue", here),
        element_id("emotion", "sadness", here),
        element_id("emotion", "fatigue", there),
        element_id("emotion", "fatigue", here, there),
    }
    assert len(ids) == 4
    assert all(len(i) == 20 for i in ids)


def test_kinds_have_one_list_of_names():
    names = tuple(field.name for field in fields(Elements))
    assert (*ELEMENT_KINDS, "highlights") == (*KINDS, "highlights") == names
