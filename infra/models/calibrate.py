"""Calibration curves, fitted on held-out data only."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

Floats = NDArray[np.float32]

# A label with few held-out examples must not be given a steep or shifted curve by chance. The
# strengths were chosen by the macro-F1 of halves of dev measured on the other halves.
SLOPE_STRENGTH, OFFSET_STRENGTH = 20.0, 0.1


@dataclass(frozen=True)
class Curve:
    """probability = sigmoid(sum over parts of slope * score, + offset), per label (Platt 1999).

    Attributes:
        slopes: (labels, parts).
        offsets: (labels,).
    """

    slopes: Floats
    offsets: Floats

    def probabilities(self, scores: Floats) -> Floats:
        """Map (n, labels, parts) scores to (n, labels) probabilities."""
        lines = (scores * self.slopes).sum(axis=2) + self.offsets
        return np.asarray(1.0 / (1.0 + np.exp(-lines)), np.float32)


def fit_curve(scores: Floats, targets: Floats, usual: tuple[float, ...]) -> Curve:
    """Fit slopes and offset per label by maximum likelihood, drawn to the `usual` slopes.

    Args:
        scores: (n, labels, parts), for instance the logits of two models.
        targets: (n, labels) of 0 and 1.
        usual: one slope per part.
    """
    prior = np.array([*usual, 0.0])
    strengths = np.array([SLOPE_STRENGTH] * len(usual) + [OFFSET_STRENGTH])
    fitted = np.array(
        [
            _fit_label(scores[:, label].astype(float), targets[:, label], prior, strengths)
            for label in range(targets.shape[1])
        ],
        dtype=np.float32,
    )
    return Curve(fitted[:, :-1], fitted[:, -1])


def _fit_label(
    scores: NDArray[np.float64],
    targets: Floats,
    prior: NDArray[np.float64],
    strengths: NDArray[np.float64],
) -> NDArray[np.float64]:
    inputs = np.column_stack([scores, np.ones(len(scores))])

    def loss(values: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        lines, away = inputs @ values, values - prior
        likelihood = np.logaddexp(0.0, lines).sum() - (targets * lines).sum()
        slope = inputs.T @ (1.0 / (1.0 + np.exp(-lines)) - targets)
        return float(likelihood + (strengths * away**2).sum()), slope + 2.0 * strengths * away

    return np.asarray(minimize(loss, prior, jac=True, method="L-BFGS-B").x)
