"""How many of the feelings that clients tell are found by name, and how many are read besides.

    python -m infra.models.judge_feelings --data ../shared/data

Sentences of `feelings/written.tsv` stand alone, each by one of seven writers; the vocabulary was
widened with those of a, c, e and g in view, and those of b, d and f are held out.
`feelings/labels.jsonl` labels what clients say in dialogues and posts. A feeling is read where none
is named in a sentence.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache
from pathlib import Path

from infra.models.labelled import read_posts, read_written
from shared.analysis.encoder import shared_encoder
from shared.analysis.sentences import Sentence, split_text
from shared.analysis.tasks.emotions.naming import find_named
from shared.analysis.tasks.emotions.task import EmotionTask
from shared.analysis.tasks.emotions.vocabulary import load_vocabulary

FOLDER = Path(__file__).parent / "feelings"
SEEN, HELD_OUT = "aceg", "bdf"
NONE = "none"

Labelled = tuple[tuple[Sentence, ...], frozenset[str]]
Find = Callable[[Sequence[Sentence]], set[str]]


def alone(writers: str) -> Iterator[Labelled]:
    """Yield the sentences that these writers have written and what they meant them to say."""
    for line in (FOLDER / "written.tsv").read_text(encoding="utf-8").splitlines():
        writer, names, text = line.split("\t")
        if writer in writers:
            yield tuple(split_text(text)), _names(names)


def told(data: Path) -> tuple[list[Labelled], list[Labelled]]:
    """Return the clients' sentences of the labelled dialogues, and those of the labelled posts.

    Args:
        data: folder that holds counsel-chat/.

    Raises:
        ValueError: a dialogue has not the sentences that were labelled.
    """
    known = {found.name: found for found in (*read_written(), *read_posts(data))}
    dialogues, posts = list[Labelled](), list[Labelled]()
    for entry in map(json.loads, (FOLDER / "labels.jsonl").open(encoding="utf-8")):
        dialogue = known[entry["dialogue"]]
        if len(dialogue.sentences) != entry["sentences"]:
            raise ValueError(f"{dialogue.name}: {entry['sentences']} sentences were labelled")
        found = posts if dialogue.name.startswith("post/") else dialogues
        for number, sentence in enumerate(dialogue.sentences):
            if sentence.is_client:
                found.append(((sentence,), _names(entry["labels"].get(str(number), NONE))))
    return dialogues, posts


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split(",")) - {NONE}


def named(sentences: Sequence[Sentence]) -> set[str]:
    """Return the feelings that the sentences name."""
    vocabulary = load_vocabulary()
    return {m.feeling.name for sentence in sentences for m in find_named(sentence, vocabulary)}


def read(sentences: Sequence[Sentence]) -> set[str]:
    """Return the feelings that are read in those sentences that name none."""
    silent = [sentence for sentence in sentences if not named([sentence])]
    readings = shared_encoder().read([sentence.text for sentence in silent])
    return {
        reading.feeling.name
        for row, sentence in enumerate(silent)
        for reading in _task().read(row, sentence, readings)
    }


@cache
def _task() -> EmotionTask:
    return EmotionTask(shared_encoder())


def judge(labelled: Iterable[Labelled], find: Find) -> dict[str, float]:
    """Return how many feelings are labelled and found, and precision and recall of these."""
    right, found, there = 0, 0, 0
    for sentences, names in labelled:
        known = find(sentences)
        right, found, there = right + len(known & names), found + len(known), there + len(names)
    return {
        "labelled": there,
        "found": found,
        "precision": round(right / max(1, found), 3),
        "recall": round(right / max(1, there), 3),
    }


def main() -> None:
    """Run the command."""
    parser = argparse.ArgumentParser(prog="python -m infra.models.judge_feelings")
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    data = parser.parse_args().data
    dialogues, posts = told(data)
    for name, labelled, find in (
        ("alone, in view", alone(SEEN), named),
        ("alone, held out", alone(HELD_OUT), named),
        ("in dialogues", dialogues, named),
        ("in posts", posts, named),
        ("read, alone", alone(SEEN + HELD_OUT), read),
        ("read, dialogues", dialogues, read),
        ("read, posts", posts, read),
    ):
        print(f"{name:<16}", judge(labelled, find))


if __name__ == "__main__":
    main()
