"""Training of the word and letter model that stands beside the encoder, and its int8 file."""

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

from shared.analysis.lexicon import FEATURES

Floats = NDArray[np.float32]

# A feature must stand in so many comments; letters are many and overlap.
LEAST_COMMENTS = {"words": 3, "letters": 20}
STRENGTH = 2.0


@dataclass(frozen=True)
class FittedLexicon:
    """One logistic regression per label over the joined features.

    Attributes:
        weights: (features, labels) float32, in the order of the vectorisers' columns.
        offsets: (labels,) float32.
    """

    vectorisers: dict[str, TfidfVectorizer]
    weights: Floats
    offsets: Floats

    def features(self, texts: tuple[str, ...]) -> csr_matrix:
        """Return the (n, features) matrix of scikit-learn."""
        return hstack([part.transform(texts) for part in self.vectorisers.values()]).tocsr()

    def scores(self, texts: tuple[str, ...]) -> Floats:
        """Return (n, labels) log-odds in full precision."""
        return np.asarray(self.features(texts) @ self.weights + self.offsets, np.float32)

    def quantised(self) -> tuple[NDArray[np.int8], Floats]:
        """Return the weights in steps of their label's scale, and the scales."""
        scales = np.abs(self.weights).max(axis=0) / 127.0
        return np.round(self.weights / scales).astype(np.int8), scales.astype(np.float32)

    def quantised_scores(self, texts: tuple[str, ...]) -> Floats:
        """Return what the shipped file must give, reckoned by scikit-learn's own features."""
        steps, scales = self.quantised()
        return np.asarray(self.features(texts) @ steps.astype(np.float32) * scales + self.offsets)


def fit_lexicon(texts: tuple[str, ...], targets: Floats, seed: int) -> FittedLexicon:
    """Fit one logistic regression per column of `targets`."""
    vectorisers = {
        name: TfidfVectorizer(analyzer=count, min_df=LEAST_COMMENTS[name], sublinear_tf=True)
        for name, count in FEATURES.items()
    }
    features = hstack([part.fit_transform(texts) for part in vectorisers.values()]).tocsr()
    model = LogisticRegression(C=STRENGTH, solver="liblinear", random_state=seed)
    # liblinear takes no arrays that are mapped from a file.
    fitted = Parallel(n_jobs=-1, max_nbytes=None)(
        delayed(clone(model).fit)(features, column) for column in targets.T
    )
    return FittedLexicon(
        vectorisers,
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
