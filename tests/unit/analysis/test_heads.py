from __future__ import annotations

import json
import math
from dataclasses import asdict, replace

import numpy as np
import pytest

from shared.analysis.encoder import ARTEFACT, shared_encoder
from shared.analysis.heads import HEADS_FILE, Curve, Stated, parse_heads, shared_heads

CURVE = Curve(slope=1.0, known=2.0, offset=-0.5, least=0.6, least_known=0.3)


def test_heads_of_other_encoders_are_refused(monkeypatch):
    # Where the first line fails, run `python -m infra.models.calibrate_heads`.
    assert shared_heads().names == shared_encoder().calibration.statements
    other = replace(shared_encoder().calibration, version="another")
    monkeypatch.setattr(shared_encoder(), "calibration", other)
    with pytest.raises(ValueError, match="calibrate_heads"):
        shared_heads.__wrapped__()


def test_heads_have_a_curve_for_all_that_is_told():
    curves = shared_heads().curves
    assert set(curves) == {
        "belief", "challenge", "commitment", "observation", "recommendation", "agreement",
        "promise", "answer", "empowering",
    }  # fmt: skip
    assert set(shared_heads().alone) == {"belief", "challenge", "commitment", "observation"}
    for known in (curves, shared_heads().alone):
        assert all(0 <= curve.least_known <= curve.least <= 1 for curve in known.values())


def test_curve_gives_the_calibrated_probability():
    assert CURVE.probability(0.5, is_rule=False) == pytest.approx(0.5)
    assert CURVE.probability(0.5, is_rule=True) == pytest.approx(1 / (1 + math.exp(-2)))
    assert CURVE.probability(-1e9, is_rule=False) == pytest.approx(0, abs=1e-9)


def _stated(*scores, is_alone=False):
    content = json.loads((ARTEFACT / HEADS_FILE).read_text(encoding="utf-8"))
    content["names"] = ["belief"]
    content["curves"] = {kind: asdict(CURVE) for kind in ("belief", "agreement")}
    content["alone"] = {"belief": asdict(replace(CURVE, offset=-1.5))}
    scored = np.array(scores, np.float32)[:, None]
    return Stated(parse_heads(content), scored, is_alone=is_alone)


def test_stated_asks_less_of_what_a_rule_finds_too():
    stated = _stated(0.5, -1.5, 2.0)
    assert stated.confidence("belief", 0, is_rule=False) is None
    assert stated.confidence("belief", 0, is_rule=True) == pytest.approx(0.881)
    assert stated.confidence("belief", 1, is_rule=True) == pytest.approx(0.5)
    assert stated.confidence("belief", 2, is_rule=False) == pytest.approx(0.818)


def test_stated_says_nothing_of_what_was_not_read():
    assert _stated(float("nan")).confidence("belief", 0, is_rule=True) is None


def test_stated_believes_less_where_one_person_alone_speaks():
    among_others, alone = _stated(2.5), _stated(2.5, is_alone=True)
    assert among_others.confidence("belief", 0, is_rule=False) == pytest.approx(0.881)
    assert alone.confidence("belief", 0, is_rule=False) == pytest.approx(0.731)


def test_stated_takes_the_one_curve_of_what_is_put_alike_everywhere():
    stated = _stated(2.5, is_alone=True)
    assert stated.heads.curve("agreement", is_alone=True) == CURVE
