"""Labelled dialogues to train on: those written for it, and the tuning half of the gold set.

A file of `dialogues/` holds dialogues; `= name` begins one and every other line is a sentence:
`C lw ch: I'm useless and I can't get up.` is said by the client (T: by the therapist) and labelled
as a limiting belief of self-worth and a challenge. Lines of one speaker in a row are one turn.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from infra.models.corpora import Post, counsel_chat_posts
from shared.analysis.sentences import Sentence, is_monologue, split_sentences
from shared.domain.transcript import Role, Segment
from shared.speech.reader import TextTranscriptReader

WRITTEN = Path(__file__).parent / "dialogues"
GOLD = Path(__file__).parent / "gold"
POSTS = WRITTEN / "posts.jsonl"
# Of an answer, how many sentences were labelled.
ANSWER_SENTENCES = 8
CATEGORIES = {
    "w": "Self-Worth", "c": "Capability", "b": "Belonging", "k": "Control", "s": "Safety",
    "d": "Deservingness", "o": "Others", "v": "World View", "f": "Future", "p": "Purpose",
}  # fmt: skip
POLARITIES = {"l": "limiting", "e": "empowering"}
PLAIN = {"ch": "challenge", "ac": "action", "ob": "observation", "re": "recommendation"}
_LINE = re.compile(r"([CT])((?:\s+[a-z]{2})*): (\S.*)")
_ROLES = {"C": Role.CLIENT, "T": Role.THERAPIST}


@dataclass(frozen=True)
class Dialogue:
    """One dialogue in order.

    Attributes:
        name: unique; what is cross-validated keeps a dialogue whole.
        labels: per sentence, names of `PLAIN` and `limiting` or `empowering`.
        categories: per sentence, the category of its belief, None where none is given.
        answered: whether what the therapist says answers a finished text, whose writer was alone.
    """

    name: str
    sentences: tuple[Sentence, ...]
    labels: tuple[frozenset[str], ...]
    categories: tuple[str | None, ...]
    answered: bool = False

    @cached_property
    def is_alone(self) -> bool:
        """Whether the client alone spoke."""
        return self.answered or is_monologue(self.sentences)


def read_written() -> list[Dialogue]:
    """Read every dialogue that was written.

    Raises:
        ValueError: a line is not of the form, or is more or less than one sentence.
    """
    found = []
    for path in sorted(WRITTEN.glob("*.txt")):
        for part in re.split(r"^= ", path.read_text(encoding="utf-8"), flags=re.M)[1:]:
            name, *lines = part.strip().split("\n")
            found.append(_dialogue(f"{path.stem}/{name.strip()}", lines))
    return found


def _dialogue(name: str, lines: list[str]) -> Dialogue:
    turns: list[tuple[str, list[str]]] = []
    labels, categories = [], []
    for line in lines:
        match = _LINE.fullmatch(line)
        if match is None:
            raise ValueError(f"{name}: not a labelled sentence: {line}")
        speaker, marks, text = match.groups()
        if not turns or turns[-1][0] != speaker:
            turns.append((speaker, []))
        turns[-1][1].append(text)
        said, category = _read_marks(name, marks.split())
        labels.append(said)
        categories.append(category)
    sentences = split_sentences(list(_segments(name, turns)))
    said_texts = [text for _, texts in turns for text in texts]
    for sentence, text in zip(sentences, said_texts, strict=False):
        if sentence.text != text:
            raise ValueError(f"{name}: not one sentence: {text}")
    if len(sentences) != len(labels):
        raise ValueError(f"{name}: {len(labels)} lines, {len(sentences)} sentences")
    return Dialogue(name, tuple(sentences), tuple(labels), tuple(categories))


def _read_marks(name: str, marks: list[str]) -> tuple[frozenset[str], str | None]:
    labels, category = set(), None
    for mark in marks:
        if mark in PLAIN:
            labels.add(PLAIN[mark])
        elif mark[0] in POLARITIES and mark[1] in CATEGORIES:
            labels.add(POLARITIES[mark[0]])
            category = CATEGORIES[mark[1]]
        else:
            raise ValueError(f"{name}: no such label: {mark}")
    return frozenset(labels), category


def _segments(name: str, turns: list[tuple[str, list[str]]]) -> Iterator[Segment]:
    place = 0
    for number, (speaker, texts) in enumerate(turns):
        text = " ".join(texts)
        role = _ROLES[speaker]
        yield Segment(f"{name}-{number}", number, role.value, role, text, place, place + len(text))
        place += len(text) + 1


def read_tuning(data: Path) -> list[Dialogue]:
    """Read the transcripts of the gold set's tuning half; the held-out half is not looked at.

    Args:
        data: folder that holds transcripts/.
    """
    places = [json.loads(line) for line in (GOLD / "sentences.jsonl").open(encoding="utf-8")]
    names = sorted({p["id"].split(":")[0] for p in places if p["split"] == "tuning"})
    gold = {
        label["id"]: label
        for label in map(json.loads, (GOLD / "gold.jsonl").open(encoding="utf-8"))
        if label["id"].split(":")[0] in names
    }
    return [_transcript(data / "transcripts", name, gold) for name in names]


def read_posts(data: Path, path: Path = POSTS) -> list[Dialogue]:
    """Read posts of counsel-chat with the beginning of an answer; here lie their labels only.

    Args:
        data: folder that holds counsel-chat/.

    Raises:
        ValueError: a post has not the sentences that were labelled.
    """
    posts = counsel_chat_posts(data)
    return [
        _post(posts[entry["post"]], entry) for entry in map(json.loads, path.open(encoding="utf-8"))
    ]


def _post(post: Post, entry: dict[str, Any]) -> Dialogue:
    name = f"post/{entry['post']}"
    asked = f"{post.title} {post.text}".strip()
    segments = _segments(name, [("C", [asked]), ("T", [post.answer])])
    client, therapist = (split_sentences([segment]) for segment in segments)
    sentences = [*client, *therapist[:ANSWER_SENTENCES]]
    if len(sentences) != entry["sentences"]:
        raise ValueError(f"{name}: {len(sentences)} sentences, {entry['sentences']} labelled")
    marks = [entry["labels"].get(str(n), "").split() for n in range(len(sentences))]
    read = [_read_marks(name, found) for found in marks]
    labels, categories = (tuple(part) for part in zip(*read, strict=True))
    return Dialogue(name, tuple(sentences), labels, categories, answered=True)


def _transcript(folder: Path, name: str, gold: dict[str, dict[str, object]]) -> Dialogue:
    [path] = folder.glob(f"{name}.*")
    read = TextTranscriptReader().read(path.read_bytes(), filename=path.name, upload_id=name)
    sentences = split_sentences(read.segments)
    labels = [gold.get(f"{name}:{s.segment.start + s.start}", {}) for s in sentences]
    return Dialogue(
        f"gold/{name}",
        tuple(sentences),
        tuple(_gold_labels(label) for label in labels),
        (None,) * len(sentences),
    )


def _gold_labels(label: dict[str, object]) -> frozenset[str]:
    marks = [label.get("belief"), label.get("insight")]
    marks += [kind for kind in ("challenge", "action") if label.get(kind)]
    return frozenset(str(mark) for mark in marks if mark)
