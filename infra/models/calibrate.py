"""Calibration and thresholds, fitted on held-out data only."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

Floats = NDArray[np.float32]

# A label with few held-out examples must not be given a steep or shifted curve by chance.
SLOPE_PRIOR, OFFSET_PRIOR = 2.0, 0.5
RESAMPLES = 200
GRID = np.round(np.arange(0.05, 0.76, 0.01), 2)


@dataclass(frozen=True)
class Curve:
    """probability = sigmoid(slope * logit + offset), per label (Platt 1999)."""

    slopes: Floats
    offsets: Floats

    def probabilities(self, logits: Floats) -> Floats:
        """Map (n, labels) logits to probabilities."""
        return np.asarray(1.0 / (1.0 + np.exp(-(self.slopes * logits + self.offsets))), np.float32)


def fit_curve(logits: Floats, targets: Floats) -> Curve:
    """Fit slope and offset per label by penalised maximum likelihood; n rows each."""
    fitted = [_fit_label(logits[:, k], targets[:, k]) for k in range(targets.shape[1])]
    return Curve(*(np.array(column, dtype=np.float32) for column in zip(*fitted, strict=True)))


def _fit_label(logits: Floats, targets: Floats) -> tuple[float, float]:
    def loss(values: NDArray[np.float64]) -> float:
        line = values[0] * logits + values[1]
        likelihood = np.logaddexp(0.0, line).sum() - (targets * line).sum()
        return float(
            likelihood + SLOPE_PRIOR * (values[0] - 1.0) ** 2 + OFFSET_PRIOR * values[1] ** 2
        )

    found = minimize(loss, np.array([1.0, 0.0]), method="L-BFGS-B").x
    return float(found[0]), float(found[1])


def fit_thresholds(probabilities: Floats, targets: Floats, seed: int) -> Floats:
    """Return per label the threshold with the best F1, averaged over bootstrap resamples.

    The average keeps a rare label's threshold from following a handful of comments.
    """
    random = np.random.default_rng(seed)
    texts, labels = targets.shape
    # A text counts as chosen at every grid point up to its own bin.
    bins = np.searchsorted(GRID, probabilities, side="right") + np.arange(labels) * (len(GRID) + 1)
    picks = np.zeros((RESAMPLES, labels))
    for number in range(RESAMPLES):
        counts = np.bincount(random.integers(0, texts, texts), minlength=texts)
        weights = np.repeat(counts[:, None], labels, axis=1)
        said, true = (_at_least(bins, part, labels) for part in (weights, weights * (targets > 0)))
        scores = 2 * true / np.maximum(said + (counts @ targets)[:, None], 1.0)
        picks[number] = GRID[scores.argmax(axis=1)]
    return np.asarray(picks.mean(axis=0), dtype=np.float32)


def _at_least(
    bins: NDArray[np.int64], weights: NDArray[np.int64], labels: int
) -> NDArray[np.float64]:
    """Return (labels, grid) sums of the weights at or above each grid point."""
    sums = np.bincount(bins.ravel(), weights.ravel(), minlength=labels * (len(GRID) + 1))
    return np.asarray(sums.reshape(labels, -1)[:, :0:-1].cumsum(axis=1)[:, ::-1])


def f1_scores(chosen: NDArray[np.bool_], targets: Floats) -> Floats:
    """Return F1 per label for (n, labels) choices; 0 for a label neither there nor chosen."""
    true = (chosen & (targets > 0)).sum(axis=0)
    total = chosen.sum(axis=0) + targets.sum(axis=0)
    return np.asarray(2 * true / np.maximum(total, 1), dtype=np.float32)


def calibration_error(probabilities: Floats, targets: Floats, bins: int = 15) -> float:
    """Return the expected calibration error over all (text, label) pairs, equal-width bins."""
    flat, truth = probabilities.ravel(), targets.ravel()
    place = np.minimum((flat * bins).astype(int), bins - 1)
    size = np.bincount(place, minlength=bins)
    gaps = np.abs(
        np.bincount(place, flat, minlength=bins) - np.bincount(place, truth, minlength=bins)
    )
    return float(gaps.sum() / size.sum())


def confidence_error(probabilities: Floats, targets: Floats, bins: int = 15) -> float:
    """Return the calibration error of each text's most probable label alone."""
    best = probabilities.argmax(axis=1)
    rows = np.arange(len(best))
    return calibration_error(probabilities[rows, best], targets[rows, best], bins)
