"""Figures of the emotion head on held-out comments."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from infra.models.calibrate import Curve, fit_curve
from infra.models.corpora import Corpus
from infra.models.metrics import calibration_error, confidence_error, f1_scores, fit_thresholds
from shared.analysis.encoder import any_log_odds, choose

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


# What a label's scores count as long as dev says nothing else: encoders, and last the lexicon.
USUAL_SLOPES = {1: (1.0,), 2: (0.5, 0.45), 3: (0.35, 0.3, 0.35)}
# The same of a group: the log-odds that any of its labels is there, and the encoders' own logits.
USUAL_GROUP_SLOPES = {0: (1.0,), 1: (0.55, 0.45), 2: (0.4, 0.3, 0.3)}
SPLITS = 5


@dataclass(frozen=True)
class EmotionScores:
    """What models say of n comments.

    Attributes:
        labels: (n, 28, models) logits of encoders and log-odds of the lexicon.
        groups: (n, 7, encoders) logits of the groups of `EKMAN`; there may be none.
    """

    labels: Floats
    groups: Floats

    def of(self, rows: NDArray[np.bool_]) -> EmotionScores:
        """Return the scores of some comments."""
        return EmotionScores(self.labels[rows], self.groups[rows])

    def by(self, models: Sequence[int], encoders: Sequence[int]) -> EmotionScores:
        """Return the scores by some of the models: of the labels, and of the groups."""
        return EmotionScores(self.labels[:, :, list(models)], self.groups[:, :, list(encoders)])


@dataclass(frozen=True)
class Emotions:
    """How the scores of all models become labels and groups.

    Attributes:
        curve, thresholds: of the 28 labels.
        group_curve, group_thresholds: of the seven groups, from the labels' probabilities and the
            groups' own logits.
    """

    curve: Curve
    thresholds: Floats
    group_curve: Curve
    group_thresholds: Floats

    def probabilities(self, scores: EmotionScores, names: Sequence[str]) -> tuple[Floats, Floats]:
        """Return the (n, 28) probabilities of the labels `names` and the (n, 7) of the groups."""
        return _probabilities(self.curve, self.group_curve, scores, names)


def _probabilities(
    curve: Curve, group_curve: Curve, scores: EmotionScores, names: Sequence[str]
) -> tuple[Floats, Floats]:
    labels = curve.probabilities(scores.labels)
    return labels, group_curve.probabilities(group_scores(labels, scores.groups, names))


def fit_emotions(
    scores: EmotionScores, targets: Floats, everything: EmotionScores, names: Sequence[str]
) -> Emotions:
    """Fit curves and thresholds to labelled texts, thresholds to the others' probabilities too.

    Args:
        scores: of the labelled texts.
        targets: (n, 28) of 0 and 1.
        everything: of all texts at hand, with or without labels.
        names: of the labels.
    """
    curve = fit_curve(scores.labels, targets, USUAL_SLOPES[scores.labels.shape[2]])
    there, usual = group_targets(targets, names), USUAL_GROUP_SLOPES[scores.groups.shape[2]]
    grouped = group_scores(curve.probabilities(scores.labels), scores.groups, names)
    group_curve = fit_curve(grouped, there, usual)
    known, known_groups = _probabilities(curve, group_curve, scores, names)
    every, every_groups = _probabilities(curve, group_curve, everything, names)
    return Emotions(
        curve,
        fit_thresholds(every, known, targets),
        group_curve,
        fit_thresholds(every_groups, known_groups, there),
    )


def emotion_report(scores: EmotionScores, corpus: Corpus) -> dict[str, Any]:
    """Return macro-F1, F1 per label and calibration errors on a corpus.

    `fitted` fits curves and thresholds to these very comments. `crossed` fits the curves to one
    half and measures on the other, both ways, as the mean of five random halvings: it is the
    honest figure.
    """
    fitted = fit_emotions(scores, corpus.targets, scores, corpus.labels)
    labels, groups = fitted.probabilities(scores, corpus.labels)
    chosen, grouped = choose(labels, fitted.thresholds), choose(groups, fitted.group_thresholds)
    truth = group_targets(corpus.targets, corpus.labels)
    crossed = [_crossed(scores, corpus, seed) for seed in range(SPLITS)]
    return {
        "macro_f1_fitted": float(f1_scores(chosen, corpus.targets).mean()),
        "ekman_macro_f1_fitted": float(f1_scores(grouped, truth).mean()),
        **{key: float(np.mean([found[key] for found in crossed])) for key in crossed[0]},
        "f1_fitted": _by_name(corpus.labels, f1_scores(chosen, corpus.targets)),
        "ekman_f1_fitted": _by_name(EKMAN, f1_scores(grouped, truth)),
        "support": _by_name(corpus.labels, corpus.targets.sum(axis=0)),
        "ekman_support": _by_name(EKMAN, truth.sum(axis=0)),
    }


def _by_name(names: Iterable[str], values: Floats) -> dict[str, float]:
    return {name: round(float(value), 4) for name, value in zip(names, values, strict=True)}


def crossed_probabilities(
    scores: EmotionScores, corpus: Corpus, seed: int
) -> tuple[Floats, Floats, NDArray[np.bool_], NDArray[np.bool_]]:
    """Return probabilities and choices of labels and groups, each by the other half's fit."""
    half = np.random.default_rng(seed).permutation(len(corpus.targets)) % 2 == 0
    truth = group_targets(corpus.targets, corpus.labels)
    labels, groups = np.zeros_like(corpus.targets), np.zeros_like(truth)
    chosen, grouped = np.zeros(labels.shape, bool), np.zeros(groups.shape, bool)
    for known in (half, ~half):
        fitted = fit_emotions(scores.of(known), corpus.targets[known], scores, corpus.labels)
        labels[~known], groups[~known] = fitted.probabilities(scores.of(~known), corpus.labels)
        chosen[~known] = choose(labels[~known], fitted.thresholds)
        grouped[~known] = choose(groups[~known], fitted.group_thresholds)
    return labels, groups, chosen, grouped


def _crossed(scores: EmotionScores, corpus: Corpus, seed: int) -> dict[str, float]:
    labels, groups, chosen, grouped = crossed_probabilities(scores, corpus, seed)
    truth = group_targets(corpus.targets, corpus.labels)
    return {
        "macro_f1_crossed": float(f1_scores(chosen, corpus.targets).mean()),
        "ekman_macro_f1_crossed": float(f1_scores(grouped, truth).mean()),
        "ece_crossed": calibration_error(labels, corpus.targets),
        "ece_top_label_crossed": confidence_error(labels, corpus.targets),
        "ekman_ece_crossed": calibration_error(groups, truth),
        "ekman_ece_top_label_crossed": confidence_error(groups, truth),
    }


def group_scores(labels: Floats, logits: Floats, names: Sequence[str]) -> Floats:
    """Return (n, 7, 1 + encoders) scores of the groups.

    Args:
        labels: (n, 28) probabilities; the first score is the log-odds that any of a group is there.
        logits: (n, 7, encoders) that come behind it.
    """
    there = [any_log_odds(labels[:, columns]) for columns in _members(names)]
    return np.concatenate([np.stack(there, axis=1)[:, :, None], logits], axis=2)


def group_targets(targets: Floats, labels: Sequence[str]) -> Floats:
    """Return (n, 7) of 0 and 1."""
    there = [targets[:, columns].any(axis=1) for columns in _members(labels)]
    return np.stack(there, axis=1).astype(np.float32)


def _members(labels: Sequence[str]) -> list[list[int]]:
    return [[list(labels).index(label) for label in group] for group in EKMAN.values()]
