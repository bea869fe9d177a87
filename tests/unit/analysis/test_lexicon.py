from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.analysis.encoder import ARTEFACT
from shared.analysis.lexicon import MAX_CHARS, Block, Lexicon, letters, read_lexicon, words

REPORT = Path(__file__).parents[3] / "infra" / "models" / "report.json"


SHIPPED = read_lexicon((ARTEFACT / "lexicon.npz").read_bytes())


def test_words_are_counted_alone_and_in_pairs():
    assert words("I can’t go, no.") == [
        "i", "can't", "go", ",", "no", ".", "i can't", "can't go", "go ,", ", no", "no .",
    ]  # fmt: skip


def test_letters_are_runs_within_a_word_and_its_blanks():
    assert letters("So a") == [" so", "so ", " so ", " a "]
    assert letters("sad ") == [" sa", "sad", "ad ", " sad", "sad ", " sad "]


def test_lexicon_weighs_rare_features_and_repeats():
    block = Block(
        features=str.split,
        columns={"sad": 0, "day": 1},
        rarity=np.array([2.0, 1.0], np.float32),
        weights=np.array([[100, -50], [0, 10]], np.int8),
    )
    small = Lexicon((block,), np.array([0.01, 0.1], np.float32), np.array([-1, 0], np.float32))
    (found,) = small.scores(["sad day , day"])
    # tf-idf: sad 1 * 2, day (1 + ln 2) * 1, to unit length.
    sad, day = np.array([2.0, 1.0 + np.log(2.0)]) / np.hypot(2.0, 1.0 + np.log(2.0))
    assert found == pytest.approx([sad - 1.0, -5.0 * sad + day], abs=1e-5)


def test_shipped_lexicon_scores_as_the_training_did():
    known = json.loads(REPORT.read_text("utf-8"))["golden_lexicon"]
    found = SHIPPED.scores([row["text"] for row in known])
    assert len(known) >= 4
    assert np.allclose(found, [row["scores"] for row in known], atol=1e-3)


@settings(deadline=None, max_examples=50)
@given(st.lists(st.text(max_size=60), max_size=4))
def test_lexicon_reads_any_text_by_itself_alone(texts: list[str]):
    together = SHIPPED.scores(texts)
    assert together.shape == (len(texts), 28 + 17)
    assert np.isfinite(together).all()
    for row, text in enumerate(texts):
        assert (SHIPPED.scores([text])[0] == together[row]).all()


def test_lexicon_reads_the_start_of_an_endless_line():
    line = "so sad and angry " * 100_000
    assert (SHIPPED.scores([line]) == SHIPPED.scores([line[:MAX_CHARS]])).all()
