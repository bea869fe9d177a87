from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from shared.analysis.encoder import (
    ARTEFACT,
    EXAMPLES,
    Group,
    SentenceEncoder,
    any_log_odds,
    choose,
    shared_encoder,
)
from shared.analysis.heads import HEADS_FILE
from shared.analysis.lexicon import read_lexicon
from shared.analysis.tasks.emotions.vocabulary import load_vocabulary
from shared.analysis.tasks.topics.taxonomy import load_taxonomy


def test_encoder_reads_rows_in_order_and_alone():
    texts = ["I am sad.", "", "I am sad.", "What a wonderful day this is!"]
    together = shared_encoder().read(texts)
    for row, text in enumerate(texts):
        alone = shared_encoder().read([text])
        assert (alone.emotions[0] == together.emotions[row]).all()
        assert (alone.vectors[0] == together.vectors[row]).all()
        assert (alone.statements[0] == together.statements[row]).all()
        assert (alone.intensities[0] == together.intensities[row]).all()


def test_encoder_adds_the_lexicon_to_what_it_says_of_statements():
    texts = ["I am a failure.", "Try to sleep at ten."]
    found, logits = shared_encoder().statements(texts), shared_encoder().statement_logits(texts)
    lexicon = read_lexicon((ARTEFACT / "lexicon.npz").read_bytes())
    assert (found == shared_encoder().read(texts).statements).all()
    assert np.allclose(found - logits, lexicon.scores(texts)[:, 28:], atol=1e-5)
    assert np.abs(found - logits).max() > 0.1


def test_encoder_gives_probabilities_and_unit_vectors():
    found = shared_encoder().read(["I am sad.", "word " * 5000])
    assert ((found.emotions >= 0) & (found.emotions <= 1)).all()
    assert ((found.requests >= 0) & (found.requests <= 1)).all()
    assert np.allclose(np.linalg.norm(found.vectors, axis=1), 1, atol=1e-5)


def test_encoder_reads_no_text_at_all():
    found = shared_encoder().read([])
    assert found.emotions.shape == (0, 28)
    assert found.vectors.shape == (0, 384)
    assert found.statements.shape == (0, 17)
    assert found.intensities.shape == (0, 4)
    assert shared_encoder().example_vectors([]).shape == (0, 384)


def test_encoder_artefact_is_the_one_its_calibration_was_fitted_to():
    calibration = json.loads((ARTEFACT / "calibration.json").read_text("utf-8"))
    contents = {name: (ARTEFACT / name).read_bytes() for name in calibration["sha256"]}
    for name, content in contents.items():
        assert hashlib.sha256(content).hexdigest() == calibration["sha256"][name]
    assert set(contents) == {
        "analyser.onnx", "companion.onnx", "lexicon.npz", "linear.npz", "tokenizer.json"
    }  # fmt: skip
    shipped = [Path(str(ARTEFACT / name)) for name in [*contents, EXAMPLES, HEADS_FILE]]
    assert sum(path.stat().st_size for path in shipped) < 40_000_000


def test_encoder_groups_hold_every_label_once():
    known = shared_encoder().calibration
    columns = [column for group in known.groups for column in group.columns]
    assert sorted(columns) == list(range(len(known.labels)))


def test_group_is_as_probable_as_its_labels_together():
    assert any_log_odds(np.array([[0.5, 0.5]], np.float32))[0] == pytest.approx(np.log(3), abs=1e-5)
    certain = any_log_odds(np.array([[1.0, 0.2], [0.0, 0.0]], np.float32))
    assert np.isfinite(certain).all()


def test_encoder_reads_groups_in_their_order_and_alone():
    texts = ["I love it, thank you so much!", "He died.", ""]
    names = [group.name for group in shared_encoder().calibration.groups]
    found = shared_encoder().groups(texts)
    happy, sad, _ = found[:, names.index("joy")]
    assert happy > 0.9 > 0.2 > sad
    for row, text in enumerate(texts):
        assert (shared_encoder().groups([text])[0] == found[row]).all()
    assert shared_encoder().groups([]).shape == (0, 7)


def test_group_joins_the_odds_of_its_labels_and_both_readings_of_itself():
    group = Group("joy", (0, 1), np.array([0.5, 0.25, 0.25], np.float32), -0.1, 0.5)
    emotions, logits = np.array([[0.5, 0.5, 0.9]], np.float32), np.array([[2.0, 4.0]], np.float32)
    expected = 1 / (1 + np.exp(-(0.5 * np.log(3) + 0.5 + 1.0 - 0.1)))
    assert group.probabilities(emotions, logits)[0] == pytest.approx(expected, abs=1e-5)


def test_labels_are_those_above_threshold_or_the_nearest_to_its_own():
    probabilities = np.array([[0.6, 0.1, 0.5], [0.2, 0.09, 0.3]], np.float32)
    chosen = choose(probabilities, np.array([0.5, 0.1, 0.6], np.float32))
    assert chosen.tolist() == [[True, True, False], [False, True, False]]


def test_encoder_reads_the_start_of_an_endless_line():
    line = "I am so sad about it. " * 50_000
    assert (shared_encoder().read([line]).vectors == shared_encoder().vectors([line[:4000]])).all()


def test_encoder_keeps_the_vectors_of_all_examples_as_it_reads_them(monkeypatch):
    # Where this fails, run `python -m infra.models.examples`.
    texts = [text for topic in load_taxonomy().topics for text in topic.texts]
    texts += [text for feeling in load_vocabulary().feelings for text in feeling.examples]
    read = SentenceEncoder().vectors(texts[::20])
    monkeypatch.setattr(SentenceEncoder, "_first", None)
    kept = SentenceEncoder().example_vectors(texts)
    # Another processor rounds otherwise, so they need not be equal.
    assert ((kept[::20] * read).sum(axis=1) > 0.995).all()


def test_encoder_reads_examples_that_nobody_kept_in_their_places():
    kept, own = load_taxonomy().topics[0].texts[0], "An example that nobody kept."
    found = shared_encoder().example_vectors([own, kept, own])
    assert (found[[0, 2]] == shared_encoder().vectors([own])).all()
    assert found[1] @ shared_encoder().vectors([kept])[0] > 0.995


def test_encoder_reads_examples_itself_that_were_kept_for_another():
    known = SentenceEncoder().calibration
    encoder = SentenceEncoder()
    encoder.calibration = replace(known, version="another")
    text = load_taxonomy().topics[0].texts[0]
    assert (encoder.example_vectors([text]) == encoder.vectors([text])).all()
