from __future__ import annotations

import json

import pytest

from shared.analysis.predict import JUDGES, predict


@pytest.mark.parametrize("task", sorted(JUDGES))
def test_predict_writes_one_object_a_line(task):
    lines = ["I am so happy!\n", "\n", "忧虑 😀\r\n", "x" * 5000]
    found = [json.loads(line) for line in predict(task, lines)]
    assert len(found) == len(lines)
    for row in found:
        assert all(0 <= value <= 1 for value in row["probabilities"].values())
        assert set(row["labels"]) <= set(row["probabilities"])


def test_predict_does_not_let_a_line_depend_on_its_neighbours():
    lines = ["I am furious.", "Thank you so much!", "I have no idea what that means."]
    together = list(predict("emotions", lines))
    assert together == [line for text in lines for line in predict("emotions", [text])]


@pytest.mark.parametrize(
    ("task", "text", "label"),
    [
        ("emotions", "Thank you so much for your help!", "gratitude"),
        ("beliefs", "I'm a failure.", "limiting"),
        ("actions", "Please send me the report by Friday.", "request_or_commitment"),
        ("topics", "I cannot pay my bills.", "finances.debt"),
        ("intensity", "I am absolutely furious with him!", "anger"),
    ],
)
def test_predict_chooses_the_plain_answer(task, text, label):
    (line,) = predict(task, [text])
    assert label in json.loads(line)["labels"]


def test_predict_intensity_rises_with_graded_words():
    lines = ["I was a little sad.", "I was extremely sad."]
    mild, strong = (json.loads(line)["probabilities"] for line in predict("intensity", lines))
    assert mild["sadness"] < strong["sadness"]
