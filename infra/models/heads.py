"""Linear heads for the small data sets, on what the shipped int8 graphs give, cross-validated.

What the heads read has not seen the labels of a fold, and every choice but how much the second
encoder counts beside a head is made within the training part of the fold.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold, train_test_split
from sklearn.preprocessing import StandardScaler

from infra.models.calibrate import fit_curve
from infra.models.metrics import calibration_error, confidence_error, fit_thresholds
from infra.models.statements import FOLDS
from shared.analysis.encoder import RequestHead
from shared.analysis.questions import TopicHead, question_vectors, softmax

Floats = NDArray[np.float32]
Classes = NDArray[np.int64]
REQUEST_STRENGTHS = (0.001, 0.003, 0.01)
TOPIC_STRENGTHS = (1.0, 2.0, 4.0)
# How much the first sentence and the mean of the sentences count beside the whole question.
VIEW_WEIGHTS = (1.0, 0.5, 0.5)
# Chosen among a few on the same folds, unlike the strengths; what a written question counts too.
SHRINKAGE, DISCRIMINANT_SHARE, WRITTEN_QUESTION = 0.6, 0.2, 0.1


@dataclass(frozen=True)
class Linear:
    """Weights (features, columns) and offsets (columns,) for raw features."""

    weights: Floats
    offsets: Floats

    def scores(self, features: Floats) -> Floats:
        """Map (n, features) to (n, columns)."""
        return np.asarray(features @ self.weights + self.offsets, np.float32)


@dataclass(frozen=True)
class Recipe:
    """How a head is fitted and scored, and the strengths (scikit-learn's C) to choose from."""

    fit: Callable[[Floats, Classes, float], Linear]
    scores: Callable[[Linear, Floats], Floats]
    strengths: tuple[float, ...]


def fit_requests(middle: Floats, targets: Floats, seed: int) -> tuple[RequestHead, dict[str, Any]]:
    """Return the request head and its out-of-fold figures; targets are (n, 1) of 0 and 1."""
    classes = targets[:, 0].astype(np.int64)
    recipe = Recipe(_fit_binary, Linear.scores, REQUEST_STRENGTHS)
    scores, strength = nested_scores(recipe, middle, classes, seed)
    curve = fit_curve(scores[:, :, None], targets, (1.0,))
    probabilities = curve.probabilities(scores[:, :, None])
    threshold = float(fit_thresholds(probabilities, probabilities, targets)[0])
    chosen = probabilities[:, 0] >= threshold
    model = recipe.fit(middle, classes, strength)
    slope, offset = float(curve.slopes[0, 0]), float(curve.offsets[0])
    head = RequestHead(
        weights=(slope * model.weights[:, 0]).astype(np.float32),
        offset=slope * float(model.offsets[0]) + offset,
        threshold=threshold,
    )
    true = float((chosen & (classes > 0)).sum())
    return head, {
        "f1": 2 * true / float(chosen.sum() + classes.sum()),
        "ece": calibration_error(probabilities, targets),
        "strength": strength,
    }


@dataclass(frozen=True)
class Questions:
    """Questions as a linear head reads them.

    Attributes:
        views: (n, 3, 384) as of `shared.analysis.questions.question_views`.
        targets: (n, topics), one 1 in each row.
    """

    views: Floats
    targets: Floats

    @property
    def classes(self) -> Classes:
        """The (n,) topics by number."""
        return self.targets.argmax(axis=1)


def fit_topics(
    asked: Questions, written: Questions, trained: Floats, labels: tuple[str, ...], seed: int
) -> tuple[TopicHead, dict[str, Any]]:
    """Return the topic head and its out-of-fold figures.

    Args:
        asked: of real people.
        written: to learn from only.
        trained: (n, topics) logits of the second encoder for those asked, out of the same folds.
    """
    views, classes, targets = asked.views, asked.classes, asked.targets
    recipe = Recipe(partial(_fit_views, written=written), _score_views, TOPIC_STRENGTHS)
    scores, strength = nested_scores(recipe, views, classes, seed)
    heat, share = _fit_shares(scores, trained, classes)
    model = recipe.fit(views, classes, strength)
    head = TopicHead(labels, model.weights * heat, model.offsets * heat, share)
    joined = heat * scores + share * trained
    return head, {
        **_topic_figures(softmax(joined), targets),
        "linear_alone": _topic_figures(softmax(scores * _fit_heat(scores, classes)), targets),
        "second_encoder_alone": _topic_figures(
            softmax(trained * _fit_heat(trained, classes)), targets
        ),
        "strength": strength,
    }


def _topic_figures(probabilities: Floats, targets: Floats) -> dict[str, float]:
    classes = targets.argmax(axis=1)
    return {
        "top_1": _accuracy(probabilities, classes, 1),
        "top_3": _accuracy(probabilities, classes, 3),
        "ece_top_label": confidence_error(probabilities, targets),
    }


def nested_scores(
    recipe: Recipe, features: Floats, classes: Classes, seed: int
) -> tuple[Floats, float]:
    """Return (n, columns) out-of-fold scores and the strength for all rows.

    In each fold the strength is the one that does best on a fifth of the training part held back.
    """
    found: list[tuple[NDArray[np.int64], Floats]] = []
    folds = class_folds(classes, seed)
    for number in range(FOLDS):
        train, test = np.flatnonzero(folds != number), np.flatnonzero(folds == number)
        strength = _best_strength(recipe, features[train], classes[train], seed)
        model = recipe.fit(features[train], classes[train], strength)
        found.append((test, recipe.scores(model, features[test])))
    back = np.argsort(np.concatenate([rows for rows, _ in found]))
    scores = np.concatenate([scores for _, scores in found])[back]
    return scores, _best_strength(recipe, features, classes, seed)


def class_folds(classes: Classes, seed: int) -> NDArray[np.int64]:
    """Return the fold of each row; classes are spread evenly."""
    splits = StratifiedKFold(FOLDS, shuffle=True, random_state=seed).split(classes, classes)
    found = np.zeros(len(classes), np.int64)
    for number, (_, rows) in enumerate(splits):
        found[rows] = number
    return found


def _best_strength(recipe: Recipe, features: Floats, classes: Classes, seed: int) -> float:
    rows = np.arange(len(classes))
    known, held_back = train_test_split(rows, test_size=0.2, random_state=seed)

    def right(strength: float) -> float:
        model = recipe.fit(features[known], classes[known], strength)
        scores = recipe.scores(model, features[held_back])
        said = scores.argmax(axis=1) if scores.shape[1] > 1 else scores[:, 0] > 0
        return float((said == classes[held_back]).mean())

    return max(recipe.strengths, key=right)


def _fit_binary(features: Floats, classes: Classes, strength: float) -> Linear:
    scaler = StandardScaler().fit(features)
    model = LogisticRegression(C=strength, max_iter=300)
    model.fit(scaler.transform(features), classes)
    weights = model.coef_[0] / scaler.scale_
    return Linear(
        weights[:, None].astype(np.float32),
        (model.intercept_ - weights @ scaler.mean_).astype(np.float32),
    )


def _fit_views(views: Floats, classes: Classes, strength: float, written: Questions) -> Linear:
    """Fit two linear models on every view of every question, as if each were a question of its own.

    Logistic regression is told what divides the topics, discriminant analysis how they spread;
    their log-odds are summed, which is linear again. The second takes written questions as whole
    ones, since it knows no weights: it lifts the topics that have hardly any others.
    """
    views = np.concatenate([views, written.views])
    counts = np.ones(len(views))
    counts[len(classes) :] = WRITTEN_QUESTION
    rows = views.transpose(1, 0, 2).reshape(-1, views.shape[2])
    topics = np.tile(np.concatenate([classes, written.classes]), len(VIEW_WEIGHTS))
    logistic = LogisticRegression(C=strength, max_iter=300)
    logistic.fit(rows, topics, sample_weight=np.outer(VIEW_WEIGHTS, counts).ravel())
    spread = LinearDiscriminantAnalysis(solver="lsqr", shrinkage=SHRINKAGE).fit(rows, topics)
    share = DISCRIMINANT_SHARE
    return Linear(
        ((1 - share) * logistic.coef_ + share * spread.coef_).T.astype(np.float32),
        ((1 - share) * logistic.intercept_ + share * spread.intercept_).astype(np.float32),
    )


def _score_views(model: Linear, views: Floats) -> Floats:
    return model.scores(question_vectors(views))


def _fit_heat(scores: Floats, classes: Classes) -> float:
    """Return the factor on the scores under which the classes are most probable."""
    rows = np.arange(len(classes))
    losses = {
        heat: -np.log(softmax(scores * heat)[rows, classes] + 1e-9).sum()
        for heat in np.arange(0.1, 2.01, 0.05)
    }
    return float(min(losses, key=lambda heat: losses[heat]))


def _fit_shares(scores: Floats, trained: Floats, classes: Classes) -> tuple[float, float]:
    """Return the factors on `scores` and on `trained` that make the classes most probable."""
    rows = np.arange(len(classes))

    def loss(factors: NDArray[np.float64]) -> float:
        joined = softmax(factors[0] * scores + factors[1] * trained)
        return -float(np.log(joined[rows, classes] + 1e-9).sum())

    found = minimize(loss, [0.5, 0.5], method="Nelder-Mead").x
    return float(found[0]), float(found[1])


def _accuracy(scores: Floats, classes: Classes, best: int) -> float:
    """Return the share of texts whose topic is among the `best` most probable."""
    order = np.argsort(-scores, axis=1, kind="stable")[:, :best]
    return float((order == classes[:, None]).any(axis=1).mean())
