"""What is learnt of labelled dialogues: one column per thing to be told.

A column asks only some sentences: whether the client says a belief is not asked of the therapist's.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from infra.models.labelled import (
    CATEGORIES,
    PLAIN,
    Dialogue,
    read_posts,
    read_tuning,
    read_written,
)
from shared.analysis import heads
from shared.analysis.sentences import Sentence
from shared.analysis.tasks.actions.assent import find_assent
from shared.domain.transcript import Role

Floats = NDArray[np.float32]

CROSSED = Path(__file__).parent / "crossed_statements.npz"
SEED, FOLDS = 1, 5
SOURCES = {"gold": "tuning", "post": "posts"}
_BELIEFS = frozenset({"limiting", "empowering"})
_TAKEN_HOME = frozenset({"action", "recommendation"})


@dataclass(frozen=True)
class Row:
    """One sentence of a dialogue."""

    dialogue: Dialogue
    number: int

    @property
    def sentence(self) -> Sentence:
        """The sentence itself."""
        return self.dialogue.sentences[self.number]

    @property
    def text(self) -> str:
        """Its words without what they quote of others."""
        return self.sentence.own.strip()

    @property
    def labels(self) -> frozenset[str]:
        """Its labels."""
        return self.dialogue.labels[self.number]

    @property
    def category(self) -> str | None:
        """The category of its belief."""
        return self.dialogue.categories[self.number]

    @property
    def source(self) -> str:
        """`tuning` of the gold set, which rules were written from; `posts`; or `written`."""
        return SOURCES.get(self.dialogue.name.split("/")[0], "written")

    @property
    def is_therapist(self) -> bool:
        """Whether the therapist says it."""
        return self.sentence.segment.role is Role.THERAPIST

    @property
    def is_alone(self) -> bool:
        """Whether the client says it where nobody else speaks."""
        return not self.is_therapist and self.dialogue.is_alone

    @property
    def is_agreed(self) -> bool:
        """Whether the client says yes to it."""
        return bool(find_assent(self.dialogue.sentences, self.number))


@dataclass(frozen=True)
class Column:
    """Which sentences are asked, and which of them are so."""

    asks: Callable[[Row], bool]
    is_so: Callable[[Row], bool]


def _has(*labels: str) -> Callable[[Row], bool]:
    return lambda row: bool(row.labels & set(labels))


def _is_client(row: Row) -> bool:
    return not row.is_therapist


def _may_be_agreed(row: Row) -> bool:
    # What a client says no to teaches nothing of what he takes home as his task.
    return row.is_therapist and ("recommendation" not in row.labels or row.is_agreed)


def _category(name: str) -> Column:
    return Column(
        lambda row: _is_client(row) and row.category is not None, lambda row: row.category == name
    )


COLUMNS: dict[str, Column] = {
    heads.BELIEF: Column(_is_client, _has(*_BELIEFS)),
    heads.CHALLENGE: Column(_is_client, _has(PLAIN["ch"])),
    heads.COMMITMENT: Column(_is_client, _has(PLAIN["ac"])),
    heads.OBSERVATION: Column(_is_client, _has(PLAIN["ob"])),
    heads.RECOMMENDATION: Column(lambda row: row.is_therapist, _has(PLAIN["re"])),
    heads.AGREEMENT: Column(_may_be_agreed, lambda row: row.labels >= _TAKEN_HOME),
    heads.EMPOWERING: Column(
        lambda row: _is_client(row) and bool(row.labels & _BELIEFS), _has("empowering")
    ),
    **{name: _category(name) for name in CATEGORIES.values()},
}


@dataclass(frozen=True)
class Labelled:
    """Every labelled sentence.

    Attributes:
        rows: n sentences.
        targets, asked: (n, columns) of 0 and 1, in the order of `COLUMNS`.
        folds: (n,); a dialogue is whole in one, and so are those written ones whose names begin
            with the same word: one person speaks in them. The transcripts of the gold set have one
            client in common, in both of its halves.
    """

    rows: tuple[Row, ...]
    targets: Floats
    asked: Floats
    folds: NDArray[np.int64]

    @property
    def texts(self) -> tuple[str, ...]:
        """What is read of each sentence."""
        return tuple(row.text for row in self.rows)


def read_labelled(data: Path) -> Labelled:
    """Read the written dialogues, the labelled posts and the tuning half of the gold set.

    Args:
        data: folder that holds transcripts/ and counsel-chat/.
    """
    dialogues = [*read_written(), *read_posts(data), *read_tuning(data)]
    rows = tuple(Row(d, number) for d in dialogues for number in range(len(d.sentences)))
    columns = COLUMNS.values()
    return Labelled(
        rows,
        np.array([[column.is_so(row) for column in columns] for row in rows], np.float32),
        np.array([[column.asks(row) for column in columns] for row in rows], np.float32),
        _folds(rows),
    )


def _folds(rows: Sequence[Row]) -> NDArray[np.int64]:
    names = sorted({_speaker(row.dialogue) for row in rows})
    order = np.random.default_rng(SEED).permutation(len(names))
    fold = {names[place]: number % FOLDS for number, place in enumerate(order)}
    return np.array([fold[_speaker(row.dialogue)] for row in rows], np.int64)


def _speaker(dialogue: Dialogue) -> str:
    source, _, name = dialogue.name.partition("/")
    return name if source in SOURCES else name.split("_")[0]


def write_crossed(labelled: Labelled, logits: Floats, version: str, path: Path = CROSSED) -> None:
    """Keep what encoder and lexicon say of sentences that they have not seen.

    Args:
        logits: (sentences, columns), the sums of both.
        version: of the shipped encoders that were trained beside those.
    """
    np.savez_compressed(
        path,
        logits=logits.astype(np.float16),
        labelled=np.str_(_digest(labelled)),
        version=np.str_(version),
    )


def read_crossed(labelled: Labelled, version: str, path: Path = CROSSED) -> Floats:
    """Return the (sentences, columns) logits.

    Raises:
        ValueError: they belong to other dialogues, or to other encoders.
    """
    found = np.load(path)
    if (str(found["labelled"]), str(found["version"])) != (_digest(labelled), version):
        raise ValueError("dialogues or encoders have changed: run python -m infra.models.build")
    return np.asarray(found["logits"], np.float32)


def _digest(labelled: Labelled) -> str:
    rows = [
        (row.dialogue.name, row.is_therapist, sorted(row.labels), row.category, row.text)
        for row in labelled.rows
    ]
    return hashlib.sha256(repr((tuple(COLUMNS), rows)).encode()).hexdigest()
