from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.analysis.encoder import INTENSITIES, IntensityHead, shared_encoder
from shared.analysis.tasks.emotions.groups import graded, grades, group_intensities, ungraded

HEAD = IntensityHead(
    np.ones((1236, 4), np.float32), np.ones(4, np.float32), np.array([1, 0, 0], np.float32)
)


def test_text_is_read_without_the_words_that_grade_a_feeling():
    assert ungraded("I was so very angry, and so late.") == "I was angry, and so late."


@pytest.mark.parametrize(
    ("text", "moved"),
    [
        ("I was sad.", {"sadness": 0.0}),
        ("I was a bit sad.", {"sadness": -0.2}),
        ("I was extremely sad, then happy.", {"sadness": 0.25, "joy": 0.0}),
        ("At first I was a bit annoyed, then I was really angry.", {"anger": 0.15}),
        ("I was a bit sad.  I wasn't sad.", {"sadness": -0.2}),
        ("I wasn't sad.", {"sadness": None}),
        ("It rained.", {}),
    ],
)
def test_grades_are_the_strongest_of_a_groups_words(text, moved):
    assert grades(text) == moved


def test_group_intensities_move_by_grade_within_bounds():
    text = "I was extremely sad, a bit scared and never angry."
    found = group_intensities(text, HEAD, [0.6, 0.5, 0.1, 0.9])
    assert list(found) == list(INTENSITIES)
    assert found == {"anger": 0.15, "fear": 0.4, "joy": 0.1, "sadness": 0.925}


def test_group_intensities_hear_the_word_of_a_feeling_that_the_speaker_names():
    head = IntensityHead(HEAD.weights, HEAD.offsets, np.array([0.5, 0.5, 0.0], np.float32))
    sad, devastated = (
        group_intensities(text, head, [0.0, 0.0, 0.0, 0.6])["sadness"]
        for text in ("I am sad.", "I am devastated.")
    )
    assert 0.5 < sad < devastated < 1.0


@given(st.floats(0, 1), st.lists(st.floats(-0.2, 0.25), min_size=2, max_size=2, unique=True))
def test_graded_rises_with_the_grade_and_stays_in_bounds(value, moves):
    weaker, stronger = (graded(value, move) for move in sorted(moves))
    assert 0.0 <= weaker <= stronger <= 1.0


def test_intensity_head_reads_no_sentence_at_all():
    found = HEAD.intensities(np.zeros((0, 28, 3), np.float32), np.zeros((0, 1152), np.float32))
    assert found.shape == (0, 4)


def test_intensity_head_tells_a_strong_feeling_from_a_weak_one():
    weak, strong = (
        shared_encoder()
        .read(["It was not ideal that he was late.", "I hate him, I could scream with rage!"])
        .intensities[:, INTENSITIES.index("anger")]
    )
    assert 0.0 <= weak < strong - 0.1
    assert strong <= 1.0


def test_intensities_of_any_text_are_numbers():
    assert np.isfinite(shared_encoder().read(["", "😀"]).intensities).all()
