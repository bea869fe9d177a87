from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.analysis.arc import MAX_POINTS, trace_arc
from shared.domain.elements import Emotion, Evidence, Provenance, element_id


def emotion(number: int, valence: float, intensity: float) -> Emotion:
    evidence = (Evidence("u-0", number, number + 1, "x"),)
    return Emotion(
        id=element_id("emotion", "n", *evidence),
        evidence=evidence,
        provenance=Provenance("local", "m", "1"),
        name="n",
        category="c",
        valence=valence,
        intensity=intensity,
    )


LEVELS = st.tuples(st.floats(0, 1), st.floats(-1, 1), st.floats(0, 1))


@given(st.lists(LEVELS, max_size=30))
def test_arc_stays_within_the_tones_that_it_is_made_of(levels):
    placed = [(at, emotion(n, valence, how)) for n, (at, valence, how) in enumerate(levels)]
    arc = trace_arc(placed)
    assert len(arc) == len(levels)
    assert [point.position for point in arc] == sorted(point.position for point in arc)
    tones = [point.tone for point in arc]
    for point in arc:
        assert min(tones) - 1e-4 <= point.mood <= max(tones) + 1e-4


def test_mood_follows_what_is_near_and_hardly_what_is_far():
    early = [(0.01 * n, emotion(n, -1.0, 0.8)) for n in range(3)]
    late = [(0.97 + 0.01 * n, emotion(90 + n, 1.0, 0.5)) for n in range(3)]
    moods = [point.mood for point in trace_arc([*early, *late])]
    assert moods == pytest.approx([-0.8] * 3 + [0.5] * 3, abs=1e-3)


def test_one_feeling_has_its_own_tone_as_mood():
    (point,) = trace_arc([(0.3, emotion(1, -0.5, 0.6))])
    assert (point.tone, point.mood) == (-0.3, -0.3)


def test_arc_of_thousands_keeps_the_strongest_of_every_stretch():
    placed = [(n / 5_000, emotion(n, -1.0, 0.9 if n == 2_345 else 0.2)) for n in range(5_000)]
    arc = trace_arc(placed)
    assert len(arc) == MAX_POINTS
    assert max(arc, key=lambda point: -point.tone).emotion.id == placed[2_345][1].id
    assert trace_arc([]) == ()
