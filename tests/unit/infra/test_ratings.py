"""What the intensity head is fitted to is there, whole and in range."""

from __future__ import annotations

import hashlib
from pathlib import Path

from infra.models.labelled import read_written

RATINGS = Path(__file__).parents[3] / "infra" / "models" / "ratings.tsv"


def _rows():
    return [line.split("\t") for line in RATINGS.read_text("utf-8").splitlines()]


def test_ratings_are_numbers_of_each_emotion_by_one_reader_or_two():
    rows = _rows()
    assert len({row[0] for row in rows}) == len(rows) > 1000
    for _, _, *ratings in rows:
        first, second = ratings[:4], ratings[4:]
        assert len(second) == 4
        assert all(0 <= int(value) <= 100 for value in first)
        assert second == [""] * 4 or all(0 <= int(value) <= 100 for value in second)


def test_rated_sentences_of_dialogues_are_those_that_stand_there():
    dialogues = {dialogue.name: dialogue for dialogue in read_written()}
    rated = [row for row in _rows() if ":" in row[0]]
    assert len(rated) > 100
    for key, digest, *_ in rated:
        name, number = key.rsplit(":", 1)
        text = dialogues[name].sentences[int(number)].own.strip()
        assert hashlib.sha256(text.encode()).hexdigest().startswith(digest)
