from __future__ import annotations

from tests.bench.strange_texts import adversarial_text, random_text
from tests.bench.truth import Findings


def test_nothing_is_found_that_is_not_in_a_text_at_random() -> None:
    found = Findings()
    for seed in range(60):
        found.add(random_text(seed).encode("utf-8", "replace"))
    assert (found.texts, found.untrue, found.invalid) == (60, 0, 0)
    assert found.elements > 50
    assert {"emotion", "belief", "challenge", "topic", "highlight"} <= set(found.kinds)


def test_nothing_is_found_that_is_not_in_a_text_against_the_analyser() -> None:
    found = Findings()
    for seed in range(20):
        found.add(adversarial_text(seed).encode("utf-8", "replace"))
    assert (found.untrue, found.invalid) == (0, 0)
    assert found.elements > 10
