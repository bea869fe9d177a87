"""How strong emotions are: a linear head fitted to ratings, cross-validated.

`ratings.tsv` holds how strong each of `INTENSITIES` is, 0 to 100, in comments of GoEmotions' dev
split (by their ids), which neither encoder nor lexicon has learnt from, and in sentences of the
written dialogues (`name:number`). A large language model rated them, many of them twice, each time
without sight of the other. The second column tells the text that was rated.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import Ridge

from infra.models.corpora import Corpus
from infra.models.labelled import read_written
from infra.models.statements import FOLDS
from shared.analysis.encoder import INTENSITIES, IntensityHead, SentenceEncoder
from shared.analysis.sentences import split_text
from shared.analysis.tasks.emotions.groups import (
    GROUP_OF,
    graded,
    grades,
    group_intensities,
    ungraded,
)
from shared.analysis.tasks.emotions.intensity import grade
from shared.analysis.tasks.emotions.naming import Mention, find_named
from shared.analysis.tasks.emotions.vocabulary import load_vocabulary

Floats = NDArray[np.float32]

RATINGS = Path(__file__).parent / "ratings.tsv"
# Chosen among a few on the same folds: how much the many states may say beside the scores.
STRENGTH, STATES_SHARE = 400.0, 0.3
# Features that are scores of emotions; states follow.
SCORES = 28 * 3


@dataclass(frozen=True)
class Rated:
    """Rated sentences.

    Attributes:
        texts: n sentences.
        groups: n keys; what has one key is in one fold.
        first: (n, 4) of the first reader, 0..1.
        second: (n, 4) of the second, NaN where nobody read it twice.
    """

    texts: tuple[str, ...]
    groups: tuple[str, ...]
    first: Floats
    second: Floats

    @property
    def moves(self) -> Floats:
        """How far graded words move each rating, (n, 4); 0 where nothing grades it."""
        found = [grades(text) for text in self.texts]
        return np.array([[row.get(name) or 0.0 for name in INTENSITIES] for row in found])

    @property
    def plain(self) -> Floats:
        """The (n, 4) ratings without what the graded words have moved."""
        moves = self.moves
        up, down = (self.first - moves) / (1.0 - moves), self.first / (1.0 + moves)
        return np.where(moves > 0, np.maximum(up, 0.0), np.minimum(down, 1.0))


def digest(text: str) -> str:
    """Return what the file knows a text by."""
    return hashlib.sha256(text.encode()).hexdigest()[:8]


def read_rated(comments: Corpus, path: Path = RATINGS) -> Rated:
    """Read the ratings and the texts that they are of.

    Raises:
        KeyError: a text is not there.
        ValueError: it is another than was rated.
    """
    texts = dict(zip(comments.groups, comments.texts, strict=True))
    for dialogue in read_written():
        for number, sentence in enumerate(dialogue.sentences):
            texts[f"{dialogue.name}:{number}"] = sentence.own.strip()
    rows = [line.split("\t") for line in path.read_text(encoding="utf-8").splitlines()]
    for key, known, *_ in rows:
        if digest(texts[key]) != known:
            raise ValueError(f"{key} is not the text that was rated")
    ratings = np.array([[float(value or "nan") for value in row[2:]] for row in rows]) / 100
    keys = [row[0] for row in rows]
    return Rated(
        tuple(texts[key] for key in keys),
        tuple(key.split(":")[0] for key in keys),
        ratings[:, :4],
        ratings[:, 4:],
    )


def fit_intensities(
    encoder: SentenceEncoder, rated: Rated, seed: int
) -> tuple[IntensityHead, dict[str, Any]]:
    """Return the head and its out-of-fold figures.

    It reads sentences without their graded words and learns what is left of a rating when these
    are taken from it.
    """
    plain = [ungraded(text) for text in rated.texts]
    scores = encoder.emotion_scores(plain)[0].reshape(len(plain), -1)
    features, targets = np.hstack([scores, encoder.middle(plain)]), rated.plain
    folds, found = _folds(rated, seed), np.zeros(targets.shape)
    for number in range(FOLDS):
        weights, offsets = _fit(features[folds != number], targets[folds != number])
        found[folds == number] = features[folds == number] @ weights + offsets
    found = np.clip(found, 0.0, 1.0)
    named, named_figures = _fit_named(rated, found)
    head = IntensityHead(*_fit(features, targets), named)
    rows = zip(rated.texts, found, strict=True)
    told = np.array([list(group_intensities(text, head, row).values()) for text, row in rows])
    twice = ~np.isnan(rated.second).any(axis=1)
    return head, {
        "rated": len(plain),
        "rated_twice": int(twice.sum()),
        "head": _figures(told, rated.first),
        "head_where_rated_twice": _figures(told[twice], rated.first[twice]),
        "second_reader": _figures(rated.second[twice], rated.first[twice]),
        "named": named_figures,
    }


def _folds(rated: Rated, seed: int) -> NDArray[np.int64]:
    keys = sorted(set(rated.groups))
    order = np.random.default_rng(seed).permutation(len(keys)) % FOLDS
    fold = dict(zip(keys, order, strict=True))
    return np.array([fold[key] for key in rated.groups], np.int64)


def _fit(features: Floats, targets: Floats) -> tuple[Floats, Floats]:
    """Return weights and offsets of a ridge regression in which the states count less."""
    mean, scale = features.mean(axis=0), features.std(axis=0)
    scale[SCORES:] /= STATES_SHARE
    model = Ridge(alpha=STRENGTH).fit((features - mean) / scale, targets)
    weights = model.coef_.T / scale[:, None]
    return weights.astype(np.float32), (model.intercept_ - mean @ weights).astype(np.float32)


def _fit_named(rated: Rated, found: Floats) -> tuple[Floats, dict[str, Any]]:
    """Return shares of what is read and of the word, where a speaker names a feeling he has."""
    inputs, truth = [], []
    for text, read, rating in zip(rated.texts, found, rated.first, strict=True):
        for mention in _mentions(text):
            column = INTENSITIES.index(GROUP_OF[mention.feeling.category])
            if rating[column]:
                move = grade(text, mention.place)
                inputs.append((graded(read[column], move), mention.intensity))
                truth.append(rating[column])
    known, ratings = np.column_stack([np.array(inputs), np.ones(len(truth))]), np.array(truth)
    named = np.linalg.lstsq(known, ratings)[0]
    return named.astype(np.float32), {
        "mentions": len(truth),
        "r": {
            "together": _correlation(known @ named, ratings),
            "read": _correlation(known[:, 0], ratings),
            "word": _correlation(known[:, 1], ratings),
        },
    }


def _mentions(text: str) -> list[Mention]:
    sentences = split_text(text)
    if len(sentences) != 1 or sentences[0].own != text:
        return []
    found = find_named(sentences[0], load_vocabulary())
    return [mention for mention in found if mention.feeling.category in GROUP_OF]


def _figures(found: Floats, truth: Floats) -> dict[str, Any]:
    """Pearson's r by emotion, over all and where it is there at all, and the mean error."""
    columns = [(name, found[:, k], truth[:, k]) for k, name in enumerate(INTENSITIES)]
    return {
        "r": {name: _correlation(said, true) for name, said, true in columns},
        "r_where_present": {
            name: _correlation(said[true > 0], true[true > 0]) for name, said, true in columns
        },
        "mean_error": round(float(np.abs(found - truth).mean()), 4),
    }


def _correlation(left: Floats, right: Floats) -> float:
    return round(float(np.corrcoef(left, right)[0, 1]), 4)
