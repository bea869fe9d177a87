"""What the heads are trained on is read as it was labelled."""

from __future__ import annotations

import csv
import json

import numpy as np
import pytest

from infra.models import statements
from infra.models.corpora import written_questions
from infra.models.judge_feelings import HELD_OUT, SEEN, alone
from infra.models.labelled import POSTS, read_posts, read_written
from infra.models.statements import COLUMNS, FOLDS, read_crossed, read_labelled, write_crossed
from shared.analysis import heads
from shared.analysis.questions import load_topic_head
from shared.analysis.tasks.emotions.vocabulary import load_vocabulary

POST = {
    "questionID": "7", "questionTitle": "Why can't I sleep", "topic": "sleep",
    "questionText": "I lie awake<br>every night. I'm a failure.",
    "answerText": "That is hard. Try to get up at seven.",
}  # fmt: skip
ENTRY = {"post": "7", "sentences": 5, "labels": {"1": "ch", "2": "lw", "4": "re"}}


@pytest.fixture
def data(tmp_path):
    folder = tmp_path / "counsel-chat"
    folder.mkdir()
    with (folder / "20200325_counsel_chat.csv").open("w", encoding="utf-8", newline="") as file:
        rows = csv.DictWriter(file, POST)
        rows.writeheader()
        rows.writerow(POST)
    return tmp_path


def _posts(folder, **changed):
    path = folder / "posts.jsonl"
    path.write_text(json.dumps(ENTRY | changed) + "\n", encoding="utf-8")
    return path


def test_post_is_read_with_its_labels(data):
    (post,) = read_posts(data, _posts(data))
    assert [sentence.text for sentence in post.sentences] == [
        "Why can't I sleep.", "I lie awake every night.", "I'm a failure.",
        "That is hard.", "Try to get up at seven.",
    ]  # fmt: skip
    assert [sorted(labels) for labels in post.labels] == [
        [], ["challenge"], ["limiting"], [], ["recommendation"]
    ]  # fmt: skip
    assert post.categories[2] == "Self-Worth"
    assert [sentence.is_client for sentence in post.sentences] == [True, True, True, False, False]


def test_post_that_is_not_what_was_labelled_is_refused(data):
    with pytest.raises(ValueError, match="5 sentences, 6 labelled"):
        read_posts(data, _posts(data, sentences=6))
    with pytest.raises(ValueError, match="no such label"):
        read_posts(data, _posts(data, labels={"1": "xx"}))


def test_labels_of_posts_lie_within_their_post():
    entries = [json.loads(line) for line in POSTS.open(encoding="utf-8")]
    assert len({entry["post"] for entry in entries}) == len(entries) > 100
    assert all(int(row) < entry["sentences"] for entry in entries for row in entry["labels"])


@pytest.fixture
def labelled(data, monkeypatch):
    monkeypatch.setattr(statements, "read_posts", lambda _: [])
    monkeypatch.setattr(statements, "read_tuning", lambda _: [])
    monkeypatch.setattr(statements, "read_written", lambda: read_written()[:12])
    return read_labelled(data)


def test_dialogue_is_whole_in_one_fold(labelled):
    folds = {}
    for row, fold in zip(labelled.rows, labelled.folds, strict=True):
        folds.setdefault(row.dialogue.name, set()).add(int(fold))
    assert len(folds) == 12
    assert all(len(found) == 1 for found in folds.values())
    assert set.union(*folds.values()) == set(range(FOLDS))


def test_written_person_is_whole_in_one_fold(data, monkeypatch):
    over_months = [d for d in read_written() if d.name.startswith("sessions_over_months/")]
    monkeypatch.setattr(statements, "read_posts", lambda _: [])
    monkeypatch.setattr(statements, "read_tuning", lambda _: [])
    monkeypatch.setattr(statements, "read_written", lambda: over_months)
    labelled, folds = read_labelled(data), {}
    for row, fold in zip(labelled.rows, labelled.folds, strict=True):
        folds.setdefault(row.dialogue.name.split("/")[1].split("_")[0], set()).add(int(fold))
    assert len(folds) < len(over_months)
    assert all(len(found) == 1 for found in folds.values())


def test_column_asks_the_one_who_may_say_it(labelled):
    asked = dict(zip(COLUMNS, labelled.asked.T > 0, strict=True))
    therapist = np.array([row.is_therapist for row in labelled.rows])
    assert (asked[heads.BELIEF] == ~therapist).all()
    assert (asked[heads.RECOMMENDATION] == therapist).all()
    assert not (asked[heads.AGREEMENT] & ~therapist).any()
    held = labelled.targets[:, list(COLUMNS).index(heads.BELIEF)] > 0
    assert (asked[heads.EMPOWERING] == (held & ~therapist)).all()


def test_crossed_scores_of_other_labels_or_encoders_are_refused(labelled, tmp_path):
    path, logits = tmp_path / "crossed.npz", np.ones(labelled.targets.shape, np.float32)
    write_crossed(labelled, logits, "one", path)
    assert (read_crossed(labelled, "one", path) == logits).all()
    with pytest.raises(ValueError, match="changed"):
        read_crossed(labelled, "another", path)
    labelled.rows[0].dialogue.__dict__["labels"] = (frozenset({"challenge"}),) * len(
        labelled.rows[0].dialogue.labels
    )
    with pytest.raises(ValueError, match="changed"):
        read_crossed(labelled, "one", path)


def test_written_questions_show_every_topic_and_none_twice():
    questions = written_questions(load_topic_head().labels)
    assert len(set(questions.texts)) == len(questions.texts)
    assert (questions.targets.sum(axis=1) == 1).all()
    assert questions.targets.sum(axis=0).min() >= 20


def test_feelings_are_labelled_by_the_names_of_the_vocabulary():
    known = {feeling.name for feeling in load_vocabulary().feelings}
    rows = [names for sentences, names in alone(SEEN + HELD_OUT) if len(sentences) == 1]
    assert len(rows) == 3017
    assert set().union(*rows) == known
