"""Figures of the emotion head on held-out comments."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from infra.models.calibrate import (
    calibration_error,
    confidence_error,
    f1_scores,
    fit_curve,
    fit_thresholds,
)
from infra.models.corpora import Corpus

Floats = NDArray[np.float32]

# The grouping of the GoEmotions paper (arXiv 2005.00547, appendix).
EKMAN: dict[str, tuple[str, ...]] = {
    "anger": ("anger", "annoyance", "disapproval"),
    "disgust": ("disgust",),
    "fear": ("fear", "nervousness"),
    "joy": (
        "admiration", "amusement", "approval", "caring", "desire", "excitement", "gratitude", "joy",
        "love", "optimism", "pride", "relief",
    ),
    "sadness": ("sadness", "disappointment", "embarrassment", "grief", "remorse"),
    "surprise": ("surprise", "realization", "confusion", "curiosity"),
    "neutral": ("neutral",),
}  # fmt: skip


def emotion_report(logits: Floats, corpus: Corpus, seed: int) -> dict[str, Any]:
    """Return macro-F1, F1 per label and calibration errors on a corpus.

    `fitted` tunes thresholds and curve on these very comments; `crossed` tunes them on one half
    and measures on the other, both ways, and is the honest figure.
    """
    curve = fit_curve(logits, corpus.targets)
    probabilities = curve.probabilities(logits)
    thresholds = fit_thresholds(probabilities, corpus.targets, seed)
    chosen = choose(probabilities, thresholds)
    scores = f1_scores(chosen, corpus.targets)
    crossed, choices = _crossed(logits, corpus.targets, seed)
    return {
        "macro_f1_fitted": float(scores.mean()),
        "macro_f1_crossed": float(f1_scores(choices, corpus.targets).mean()),
        "ekman_macro_f1_crossed": float(_ekman(choices, corpus).mean()),
        "ece_crossed": calibration_error(crossed, corpus.targets),
        "ece_top_label_crossed": confidence_error(crossed, corpus.targets),
        "f1_fitted": dict(zip(corpus.labels, map(float, scores.round(4)), strict=True)),
        "support": dict(zip(corpus.labels, map(int, corpus.targets.sum(axis=0)), strict=True)),
    }


def choose(probabilities: Floats, thresholds: Floats) -> NDArray[np.bool_]:
    """Return (n, labels) choices: all above threshold, else the single most probable label."""
    chosen = probabilities >= thresholds
    none = ~chosen.any(axis=1)
    chosen[none, probabilities[none].argmax(axis=1)] = True
    return chosen


def _crossed(logits: Floats, targets: Floats, seed: int) -> tuple[Floats, NDArray[np.bool_]]:
    half = np.random.default_rng(seed).permutation(len(targets)) % 2 == 0
    probabilities = np.zeros_like(targets)
    chosen = np.zeros(targets.shape, dtype=bool)
    for fitted in (half, ~half):
        curve = fit_curve(logits[fitted], targets[fitted])
        thresholds = fit_thresholds(curve.probabilities(logits[fitted]), targets[fitted], seed)
        probabilities[~fitted] = curve.probabilities(logits[~fitted])
        chosen[~fitted] = choose(probabilities[~fitted], thresholds)
    return probabilities, chosen


def _ekman(chosen: NDArray[np.bool_], corpus: Corpus) -> Floats:
    members = [[corpus.labels.index(label) for label in group] for group in EKMAN.values()]
    said = np.stack([chosen[:, columns].any(axis=1) for columns in members], axis=1)
    there = np.stack([corpus.targets[:, columns].any(axis=1) for columns in members], axis=1)
    return f1_scores(said, there.astype(np.float32))
