from __future__ import annotations

import json
import math
from dataclasses import asdict

import numpy as np
import pytest

from shared.analysis.encoder import ARTEFACT, shared_encoder
from shared.analysis.heads import HEADS_FILE, Curve, Stated, parse_heads, shared_heads
from shared.analysis.wording import grams, tokens

CURVE = Curve(slope=1.0, known=2.0, offset=-0.5, least=0.6, least_known=0.3)


def test_heads_read_the_vectors_of_the_shipped_encoder():
    # Where this fails, run `python -m infra.models.build_heads`.
    assert shared_heads().encoder == shared_encoder().calibration.version


def test_heads_have_weights_for_all_that_they_read():
    heads = shared_heads()
    known = shared_encoder().calibration
    assert heads.reading.shape == (384 + len(known.labels) + 1, len(heads.names))
    assert heads.bias.shape == (len(heads.names),)
    assert {len(row) for row in heads.wording.values()} == {7}
    assert (ARTEFACT / HEADS_FILE).stat().st_size < 1_000_000


def test_curve_gives_the_calibrated_probability():
    assert CURVE.probability(0.5, is_rule=False) == pytest.approx(0.5)
    assert CURVE.probability(0.5, is_rule=True) == pytest.approx(1 / (1 + math.exp(-2)))
    assert CURVE.probability(-1e9, is_rule=False) == pytest.approx(0, abs=1e-9)


def _stated(*scores):
    content = json.loads((ARTEFACT / HEADS_FILE).read_text(encoding="utf-8"))
    content["names"] = ["belief"]
    content["curves"] = {"belief": asdict(CURVE)}
    return Stated(parse_heads(content), np.array(scores, np.float32)[:, None])


def test_stated_asks_less_of_what_a_rule_finds_too():
    stated = _stated(0.5, -1.5, 2.0)
    assert stated.confidence("belief", 0, is_rule=False) is None
    assert stated.confidence("belief", 0, is_rule=True) == pytest.approx(0.881)
    assert stated.confidence("belief", 1, is_rule=True) == pytest.approx(0.5)
    assert stated.confidence("belief", 2, is_rule=False) == pytest.approx(0.818)


def test_stated_says_nothing_of_what_was_not_read():
    assert _stated(float("nan")).confidence("belief", 0, is_rule=True) is None


def test_heads_score_a_sentence_alike_in_any_company(sentences):
    said = sentences("C: I can't sleep. I'm not good enough. Yeah.")
    encoder, heads = shared_encoder(), shared_heads()
    together = heads.scores(said, encoder.read([s.own.strip() for s in said]))
    for row, sentence in enumerate(said):
        alone = heads.scores([sentence], encoder.read([sentence.own.strip()]))
        np.testing.assert_allclose(alone[0], together[row], rtol=1e-5, atol=1e-5)


def test_grams_hold_the_words_and_the_frame():
    found = grams("I keep replaying it")
    assert {"replaying", "i keep", "~keep *ing it", "~< i keep", "it >"} <= found
    assert grams("I’m 40.") == grams("i'm 40.")


def test_tokens_of_an_endless_text_are_few():
    assert len(tokens("word " * 100_000)) == 120
