"""Training of the word and letter model that stands beside the encoders, and its int8 file.

What it counts is taken from the public comments; of the features it weighs emotions and, with the
labelled dialogues, kinds of statement.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from joblib import Parallel, delayed
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, hstack
from sklearn.base import clone
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression

from infra.models.statements import FOLDS, Labelled
from shared.analysis.lexicon import FEATURES

Floats = NDArray[np.float32]

# A feature must stand in so many comments; letters are many and overlap.
LEAST_COMMENTS = {"words": 3, "letters": 20}
STRENGTH, STATEMENT_STRENGTH = 2.0, 4.0


@dataclass(frozen=True)
class FittedLexicon:
    """One logistic regression per column over the joined features.

    Attributes:
        weights: (features, columns) float32, in the order of the vectorisers' features.
        offsets: (columns,) float32.
    """

    vectorisers: dict[str, TfidfVectorizer]
    weights: Floats
    offsets: Floats

    def features(self, texts: tuple[str, ...]) -> csr_matrix:
        """Return the (n, features) matrix of scikit-learn."""
        return hstack([part.transform(texts) for part in self.vectorisers.values()]).tocsr()

    def scores(self, texts: tuple[str, ...]) -> Floats:
        """Return (n, columns) log-odds in full precision."""
        return np.asarray(self.features(texts) @ self.weights + self.offsets, np.float32)

    def with_columns(self, weights: Floats, offsets: Floats) -> FittedLexicon:
        """Return it with more columns behind."""
        return FittedLexicon(
            self.vectorisers,
            np.hstack([self.weights, weights]),
            np.concatenate([self.offsets, offsets]),
        )

    def quantised(self) -> tuple[NDArray[np.int8], Floats]:
        """Return the weights in steps of their column's scale, and the scales."""
        scales = np.abs(self.weights).max(axis=0) / 127.0
        return np.round(self.weights / scales).astype(np.int8), scales.astype(np.float32)

    def quantised_scores(self, texts: tuple[str, ...]) -> Floats:
        """Return what the shipped file must give, reckoned by scikit-learn's own features."""
        steps, scales = self.quantised()
        return np.asarray(self.features(texts) @ steps.astype(np.float32) * scales + self.offsets)


def fit_lexicon(texts: tuple[str, ...], targets: Floats) -> FittedLexicon:
    """Fit one logistic regression per column of `targets`."""
    vectorisers = {
        name: TfidfVectorizer(analyzer=count, min_df=LEAST_COMMENTS[name], sublinear_tf=True)
        for name, count in FEATURES.items()
    }
    features = hstack([part.fit_transform(texts) for part in vectorisers.values()]).tocsr()
    weights, offsets = _fit_columns(features, targets, np.ones_like(targets), STRENGTH)
    return FittedLexicon(vectorisers, weights, offsets)


def fit_statements(lexicon: FittedLexicon, labelled: Labelled) -> tuple[FittedLexicon, Floats]:
    """Return the lexicon with a column per kind of statement, and their scores out of fold.

    The scores are (sentences, columns) log-odds by the fits to the other folds.
    """
    features = lexicon.features(labelled.texts)
    crossed = np.zeros(labelled.targets.shape, np.float32)

    def fit(rows: NDArray[np.bool_]) -> tuple[Floats, Floats]:
        asked, targets = labelled.asked[rows], labelled.targets[rows]
        return _fit_columns(features[rows], targets, asked, STATEMENT_STRENGTH)

    for fold in range(FOLDS):
        told = labelled.folds == fold
        weights, offsets = fit(~told)
        crossed[told] = features[told] @ weights + offsets
    return lexicon.with_columns(*fit(np.ones(len(crossed), bool))), crossed


def _fit_columns(
    features: csr_matrix, targets: Floats, asked: Floats, strength: float
) -> tuple[Floats, Floats]:
    """Return weights (features, columns) and offsets, each column by the texts it is asked of."""
    model = LogisticRegression(C=strength, solver="liblinear", random_state=0)
    # liblinear takes no arrays that are mapped from a file.
    fitted = Parallel(n_jobs=-1, max_nbytes=None)(
        delayed(clone(model).fit)(features if rows.all() else features[rows > 0], column[rows > 0])
        for rows, column in zip(asked.T, targets.T, strict=True)
    )
    return (
        np.concatenate([model.coef_ for model in fitted]).T.astype(np.float32),
        np.concatenate([model.intercept_ for model in fitted]).astype(np.float32),
    )


def write_lexicon(fitted: FittedLexicon, path: Path) -> None:
    """Write the file that `shared.analysis.lexicon` reads; the same input gives the same bytes."""
    steps, scales = fitted.quantised()
    arrays, start = {"scales": scales, "offsets": fitted.offsets}, 0
    for name, vectoriser in fitted.vectorisers.items():
        names = list(vectoriser.get_feature_names_out())
        arrays[f"{name}.names"] = np.frombuffer("\n".join(names).encode(), np.uint8)
        arrays[f"{name}.rarity"] = vectoriser.idf_.astype(np.float32)
        arrays[f"{name}.weights"] = steps[start : start + len(names)]
        start += len(names)
    np.savez(path, **arrays)
