from __future__ import annotations

import hashlib
import json

import numpy as np

from shared.analysis.encoder import ARTEFACT, shared_encoder


def test_encoder_reads_rows_in_order_and_alone():
    texts = ["I am sad.", "", "I am sad.", "What a wonderful day this is!"]
    together = shared_encoder().read(texts)
    for row, text in enumerate(texts):
        alone = shared_encoder().read([text])
        assert (alone.emotions[0] == together.emotions[row]).all()
        assert (alone.vectors[0] == together.vectors[row]).all()


def test_encoder_gives_probabilities_and_unit_vectors():
    found = shared_encoder().read(["I am sad.", "word " * 5000])
    assert ((found.emotions >= 0) & (found.emotions <= 1)).all()
    assert ((found.requests >= 0) & (found.requests <= 1)).all()
    assert np.allclose(found.topics.sum(axis=1), 1, atol=1e-5)
    assert np.allclose(np.linalg.norm(found.vectors, axis=1), 1, atol=1e-5)


def test_encoder_reads_no_text_at_all():
    found = shared_encoder().read([])
    assert found.emotions.shape == (0, 28)
    assert found.vectors.shape == (0, 384)


def test_encoder_artefact_is_the_one_its_calibration_was_fitted_to():
    weights = (ARTEFACT / "analyser.onnx").read_bytes()
    calibration = json.loads((ARTEFACT / "calibration.json").read_text("utf-8"))
    assert hashlib.sha256(weights).hexdigest() == calibration["sha256"]
    assert len(weights) < 30_000_000
