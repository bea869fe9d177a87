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
        ("beliefs", "I always end up alone, nobody could ever love me.", "limiting"),
        ("actions", "Please send me the report by Friday.", "request_or_commitment"),
        ("topics", "I cannot pay my bills.", "finances.debt"),
        ("ekman", "I miss her so much.", "sadness"),
        ("counsel-topics", "I drink every night. How do I stop?", "substance-abuse"),
        ("intensity", "I am absolutely furious with him!", "anger"),
    ],
)
def test_predict_chooses_the_plain_answer(task, text, label):
    (line,) = predict(task, [text])
    assert label in json.loads(line)["labels"]


@pytest.mark.parametrize(
    ("group", "lines"),
    [
        (
            "sadness",
            ["I am not sad.", "I am a bit sad.", "I am sad.", "I am very sad.",
             "I am utterly devastated."],
        ),
        ("anger", ["I'm not angry.", "I was slightly angry.", "I was angry.", "I was so angry."]),
        ("fear", ["I felt kind of scared.", "I felt scared.", "I felt extremely scared."]),
        ("joy", ["I'm a little happy.", "I'm happy.", "I'm really happy.", "I'm totally happy."]),
    ],
)  # fmt: skip
def test_predict_intensity_rises_with_graded_words(group, lines):
    found = [json.loads(line)["probabilities"][group] for line in predict("intensity", lines)]
    assert found == sorted(found)
    assert len(set(found)) == len(lines)


@pytest.mark.parametrize(
    ("group", "line"), [("sadness", "I am not sad."), ("anger", "I was never angry with you.")]
)
def test_predict_intensity_does_not_read_a_denied_feeling(group, line):
    (found,) = predict("intensity", [line])
    assert group not in json.loads(found)["labels"]
    assert json.loads(found)["probabilities"][group] <= 0.15


def test_predict_keeps_the_order_of_many_lines():
    lines = [f"The bus with number {number} was late." for number in range(300)]
    found = list(predict("beliefs", [*lines, "I'm a failure."]))
    assert len(found) == 301
    assert [row for row in found if "limiting" in json.loads(row)["labels"]] == found[-1:]
