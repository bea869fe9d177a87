"""How many of the feelings that clients tell are found by name.

    python -m infra.models.judge_feelings --data ../shared/data

Sentences of `feelings/written.tsv` stand alone, each by one of seven writers; the vocabulary was
widened with those of a, c, e and g in view, and those of b, d and f are held out.
`feelings/labels.jsonl` labels what clients say in dialogues and posts.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterable, Iterator
from pathlib import Path

from infra.models.labelled import read_posts, read_written
from shared.analysis.sentences import Sentence, split_text
from shared.analysis.tasks.emotions.naming import find_named
from shared.analysis.tasks.emotions.vocabulary import load_vocabulary

FOLDER = Path(__file__).parent / "feelings"
SEEN, HELD_OUT = "aceg", "bdf"
NONE = "none"

Labelled = tuple[tuple[Sentence, ...], frozenset[str]]


def alone(writers: str) -> Iterator[Labelled]:
    """Yield the sentences that these writers have written and what they meant them to say."""
    for line in (FOLDER / "written.tsv").read_text(encoding="utf-8").splitlines():
        writer, names, text = line.split("\t")
        if writer in writers:
            yield tuple(split_text(text)), _names(names)


def told(data: Path, *, in_posts: bool) -> Iterator[Labelled]:
    """Yield the clients' sentences of the labelled posts, or of the labelled dialogues.

    Args:
        data: folder that holds counsel-chat/.

    Raises:
        ValueError: a dialogue has not the sentences that were labelled.
    """
    dialogues = {found.name: found for found in (*read_written(), *read_posts(data))}
    for entry in map(json.loads, (FOLDER / "labels.jsonl").open(encoding="utf-8")):
        dialogue = dialogues[entry["dialogue"]]
        if len(dialogue.sentences) != entry["sentences"]:
            raise ValueError(f"{dialogue.name}: {entry['sentences']} sentences were labelled")
        if dialogue.name.startswith("post/") != in_posts:
            continue
        for number, sentence in enumerate(dialogue.sentences):
            if sentence.is_client:
                yield (sentence,), _names(entry["labels"].get(str(number), NONE))


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split(",")) - {NONE}


def judge(labelled: Iterable[Labelled]) -> dict[str, float]:
    """Return how many feelings are labelled, and precision and recall of those named."""
    vocabulary, right, found, there = load_vocabulary(), 0, 0, 0
    for sentences, names in labelled:
        named = {m.feeling.name for s in sentences for m in find_named(s, vocabulary)}
        right, found, there = right + len(named & names), found + len(named), there + len(names)
    return {
        "labelled": there,
        "precision": round(right / max(1, found), 3),
        "recall": round(right / max(1, there), 3),
    }


def main() -> None:
    """Run the command."""
    parser = argparse.ArgumentParser(prog="python -m infra.models.judge_feelings")
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    data = parser.parse_args().data
    for name, labelled in (
        ("alone, in view", alone(SEEN)),
        ("alone, held out", alone(HELD_OUT)),
        ("in dialogues", told(data, in_posts=False)),
        ("in posts", told(data, in_posts=True)),
    ):
        print(f"{name:<16}", judge(labelled))


if __name__ == "__main__":
    main()
