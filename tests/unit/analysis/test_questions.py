from __future__ import annotations

import numpy as np

from shared.analysis.encoder import shared_encoder
from shared.analysis.questions import load_topic_head, question_vectors, question_views, softmax

TEXTS = ["How do I stop drinking? I have tried twice.", "", "So. " * 60]


def test_topic_head_gives_one_distribution_a_question():
    views = question_views(shared_encoder(), TEXTS)
    logits = shared_encoder().topics(TEXTS)
    found = load_topic_head().probabilities(question_vectors(views), logits)
    assert found.shape == (3, 31)
    assert np.allclose(found.sum(axis=1), 1, atol=1e-5)


def test_question_views_are_of_the_whole_its_first_sentence_and_the_mean():
    whole, first, mean = question_views(shared_encoder(), TEXTS[:1])[0]
    sentences = shared_encoder().vectors(["How do I stop drinking?", "I have tried twice."])
    assert (whole == shared_encoder().vectors(TEXTS[:1])[0]).all()
    assert (first == sentences[0]).all()
    assert np.allclose(
        mean, sentences.sum(axis=0) / np.linalg.norm(sentences.sum(axis=0)), atol=1e-6
    )


def test_question_views_of_nothing_are_none():
    assert question_views(shared_encoder(), []).shape == (0, 3, 384)


def test_softmax_rows_sum_to_one_without_overflow():
    found = softmax(np.array([[1000.0, 0.0], [0.0, 0.0]], np.float32))
    assert np.allclose(found, [[1, 0], [0.5, 0.5]])
    assert softmax(np.zeros((0, 3), np.float32)).shape == (0, 3)
