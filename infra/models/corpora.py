"""Readers of the public data sets the analyser is trained on."""

from __future__ import annotations

import csv
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

WRITTEN_QUESTIONS = Path(__file__).parent / "questions.tsv"


@dataclass(frozen=True)
class Corpus:
    """Texts and their targets.

    Attributes:
        texts: n texts.
        targets: (n, labels) of 0 and 1, float32.
        labels: label names in column order.
        groups: n keys; rows with one key never fall on both sides of a split.
    """

    texts: tuple[str, ...]
    targets: NDArray[np.float32]
    labels: tuple[str, ...]
    groups: tuple[str, ...]


def goemotions(data: Path, split: str) -> Corpus:
    """Read GoEmotions (arXiv 2005.00547): multi-label, 27 emotions and neutral."""
    folder = data / "goemotions"
    labels = tuple((folder / "labels.txt").read_text().split())
    rows = [
        line.split("\t")
        for line in (folder / f"{split}.tsv").read_text(encoding="utf-8").splitlines()
    ]
    targets = np.zeros((len(rows), len(labels)), dtype=np.float32)
    for row, (_, ids, _) in enumerate(rows):
        targets[row, [int(number) for number in ids.split(",")]] = 1.0
    return Corpus(tuple(row[0] for row in rows), targets, labels, tuple(row[2] for row in rows))


@dataclass(frozen=True)
class Post:
    """A question to counsellors with one of the answers, without mark-up and line breaks."""

    title: str
    text: str
    answer: str


def counsel_chat_posts(data: Path) -> dict[str, Post]:
    """Read the posts of counsel-chat by their ids, each with the first answer in the file."""
    found: dict[str, Post] = {}
    for row in _counsel_chat_rows(data):
        title = _plain(row["questionTitle"])
        title += "" if title.endswith((".", "?", "!")) else "."
        post = Post(title, _plain(row["questionText"]), _plain(row["answerText"]))
        found.setdefault(row["questionID"], post)
    return found


def _counsel_chat_rows(data: Path) -> list[dict[str, str]]:
    path = data / "counsel-chat" / "20200325_counsel_chat.csv"
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _plain(text: str) -> str:
    text = re.sub(r"<[^>]+>", " ", text).replace("\xa0", " ")
    return re.sub(r"\s+", " ", text).strip()


def counsel_chat(data: Path) -> Corpus:
    """Read counsel-chat: one row per question, its one topic given by counsellors."""
    questions = {row["questionID"]: row for row in _counsel_chat_rows(data)}
    rows = [questions[key] for key in sorted(questions, key=int)]
    labels = tuple(sorted({row["topic"] for row in rows}))
    targets = _one_topic([row["topic"] for row in rows], labels)
    texts = tuple(f"{row['questionTitle']}. {row['questionText']}" for row in rows)
    return Corpus(texts, targets, labels, tuple(row["questionID"] for row in rows))


def written_questions(labels: tuple[str, ...]) -> Corpus:
    """Read the questions that were written to train on, filed under the topics of counsel-chat."""
    rows = [line.split("\t") for line in WRITTEN_QUESTIONS.read_text("utf-8").splitlines()]
    texts = tuple(f"{title}. {text}" for _, title, text in rows)
    return Corpus(texts, _one_topic([topic for topic, _, _ in rows], labels), labels, texts)


def _one_topic(topics: Sequence[str], labels: tuple[str, ...]) -> NDArray[np.float32]:
    targets = np.zeros((len(topics), len(labels)), dtype=np.float32)
    targets[np.arange(len(topics)), [labels.index(topic) for topic in topics]] = 1.0
    return targets


def email_intent(data: Path) -> Corpus:
    """Read EmailIntentDataSet: does a sentence hold a request or a commitment."""
    lines = (data / "email-intent" / "train.txt").read_text(encoding="utf-8").splitlines()
    rows = [line.split("\t", 1) for line in lines if "\t" in line]
    targets = np.array([[float(answer == "Yes")] for answer, _ in rows], dtype=np.float32)
    texts = tuple(text for _, text in rows)
    return Corpus(texts, targets, ("request_or_commitment",), texts)
