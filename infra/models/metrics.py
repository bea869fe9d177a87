"""Thresholds and figures for multi-label choices, in numpy alone."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]

# Thresholds to choose from, and over how many of them an observed F1 is averaged.
GRID = np.linspace(0.02, 0.9, 441).astype(np.float32)
SMOOTHED = 9
# So many examples of a label say as much as the calibration.
TRUSTED_EXAMPLES = 100.0


def fit_thresholds(everything: Floats, known: Floats, targets: Floats) -> Floats:
    """Return per label the threshold with the best F1, expected and observed.

    The expectation is over calibrated probabilities (Lipton et al. 2014, arXiv 1402.1892), not
    over labels: where a label has a dozen examples, the best threshold for just these would be
    chance. So what is observed counts by n / (n + 100) for a label with n examples.

    Args:
        everything: (m, labels) calibrated probabilities of all texts at hand.
        known: (n, labels) those of the labelled ones among them.
        targets: (n, labels) of 0 and 1.
    """
    found = [
        _threshold(everything[:, label], known[:, label], targets[:, label])
        for label in range(targets.shape[1])
    ]
    return np.array(found, dtype=np.float32)


def _threshold(everything: Floats, known: Floats, targets: Floats) -> float:
    expected = _f1_over_grid(everything, everything)
    observed = np.convolve(np.pad(_f1_over_grid(known, targets), SMOOTHED // 2, "edge"),
                           np.full(SMOOTHED, 1.0 / SMOOTHED), "valid")  # fmt: skip
    share = targets.sum() / (targets.sum() + TRUSTED_EXAMPLES)
    return float(GRID[np.argmax((1.0 - share) * expected + share * observed)])


def _f1_over_grid(probabilities: Floats, truth: Floats) -> NDArray[np.float64]:
    order = np.argsort(probabilities, kind="stable")
    above = len(order) - np.searchsorted(probabilities[order], GRID)
    right = np.concatenate([[0.0], truth[order][::-1].astype(np.float64).cumsum()])[above]
    return np.asarray(2.0 * right / np.maximum(above + truth.sum(dtype=np.float64), 1e-9))


def f1_scores(chosen: NDArray[np.bool_], targets: Floats) -> Floats:
    """Return F1 per label for (n, labels) choices; 0 for a label neither there nor chosen."""
    true = (chosen & (targets > 0)).sum(axis=0)
    total = chosen.sum(axis=0) + targets.sum(axis=0)
    return np.asarray(2 * true / np.maximum(total, 1), dtype=np.float32)


def calibration_error(probabilities: Floats, targets: Floats, bins: int = 15) -> float:
    """Return the expected calibration error over all (text, label) pairs, equal-width bins.

    Of nothing it is 0.
    """
    flat, truth = probabilities.ravel(), targets.ravel()
    place = np.minimum((flat * bins).astype(int), bins - 1)
    size = np.bincount(place, minlength=bins)
    gaps = np.abs(
        np.bincount(place, flat, minlength=bins) - np.bincount(place, truth, minlength=bins)
    )
    return float(gaps.sum() / max(1, size.sum()))


def confidence_error(probabilities: Floats, targets: Floats, bins: int = 15) -> float:
    """Return the calibration error of each text's most probable label alone."""
    best = probabilities.argmax(axis=1)
    rows = np.arange(len(best))
    return calibration_error(probabilities[rows, best], targets[rows, best], bins)
