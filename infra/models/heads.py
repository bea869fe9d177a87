"""Linear heads for the small data sets, on the encoder's frozen features, by cross-validation.

The encoder never sees these labels, so the cross-validated figures are those of unseen texts.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold, cross_val_predict
from torch import nn

from infra.models.calibrate import fit_curve, fit_thresholds

Floats = NDArray[np.float32]
FOLDS = 5
# Topics with fewer questions than folds cannot be validated; they are trained all the same.


@dataclass(frozen=True)
class Head:
    """A linear head and what it reached out of fold.

    Attributes:
        weight, bias: (labels, 384) and (labels,), for the raw features.
        logits: (n, labels) out-of-fold logits.
    """

    weight: Floats
    bias: Floats
    logits: Floats

    def load_into(self, layer: nn.Linear, scale: float = 1.0) -> None:
        """Copy into a layer whose input is the features times `scale`."""
        with torch.no_grad():
            layer.weight.copy_(torch.from_numpy(self.weight / scale))
            layer.bias.copy_(torch.from_numpy(self.bias))


def fit_head(features: Floats, classes: NDArray[np.int64], strength: float, seed: int) -> Head:
    """Fit a logistic head for class numbers 0..k-1; `strength` is scikit-learn's C."""
    model = LogisticRegression(C=strength, max_iter=4000)
    folds = StratifiedKFold(FOLDS, shuffle=True, random_state=seed)
    logits = cross_val_predict(model, features, classes, cv=folds, method="predict_log_proba")
    fitted = model.fit(features, classes)
    return Head(
        fitted.coef_.astype(np.float32),
        fitted.intercept_.astype(np.float32),
        np.maximum(logits, -30.0).astype(np.float32),
    )


def topic_accuracy(logits: Floats, classes: NDArray[np.int64], best: int) -> float:
    """Return the share of texts whose topic is among the `best` most probable."""
    order = np.argsort(-logits, axis=1)[:, :best]
    return float((order == classes[:, None]).any(axis=1).mean())


def request_numbers(logits: Floats, targets: Floats, seed: int) -> dict[str, float]:
    """Return slope, offset, threshold and the out-of-fold F1 of the request head."""
    margin = (logits[:, 1] - logits[:, 0])[:, None]
    curve = fit_curve(margin, targets)
    probabilities = curve.probabilities(margin)
    threshold = float(fit_thresholds(probabilities, targets, seed)[0])
    chosen = probabilities[:, 0] >= threshold
    true = float((chosen & (targets[:, 0] > 0)).sum())
    return {
        "slope": float(curve.slopes[0]),
        "offset": float(curve.offsets[0]),
        "threshold": threshold,
        "f1": 2 * true / float(chosen.sum() + targets.sum()),
    }
