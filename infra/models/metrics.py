"""Thresholds and figures for multi-label choices, in numpy alone."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]


def fit_thresholds(probabilities: Floats) -> Floats:
    """Return per label the threshold with the best expected F1 (Lipton et al. 2014).

    The expectation is over calibrated probabilities (arXiv 1402.1892), not over labels: where a
    label has a dozen examples, the best threshold for just these would be chance.
    """
    ordered = -np.sort(-probabilities.astype(np.float64), axis=0)
    said = np.arange(1, len(ordered) + 1)[:, None]
    scores = 2.0 * ordered.cumsum(axis=0) / (said + ordered.sum(axis=0))
    best = scores.argmax(axis=0)
    return np.asarray(ordered[best, np.arange(ordered.shape[1])], dtype=np.float32)


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
