"""How well the shipped model reads public data, beside simpler readers, measured in one run.

Needs GoEmotions in ../shared/data, which is no part of this repository. What takes training (folds,
the float32 model) is taken from infra/models/report.json, as the build measured it.

make bench BENCH=accuracy
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from infra.local.place import ROOT
from infra.models.corpora import Corpus, goemotions
from infra.models.metrics import calibration_error, confidence_error, f1_scores, fit_thresholds
from shared.analysis.encoder import INTENSITIES, Calibration, choose, shared_encoder, sigmoid
from tests.bench.tables import show

Floats = NDArray[np.float32]
Choices = NDArray[np.bool_]

# arXiv 2005.00547, tables 4 and 6: BERT-base, on the test split.
_PAPER: Final = (0.46, 0.64)
BUILDS: Final = (
    "int8",
    "float32",
    "first_encoder_and_lexicon",
    "first_encoder_alone",
    "second_encoder_alone",
    "lexicon_alone",
    "frozen_minilm_with_logistic_regression",
)


def measure(data: Path) -> None:
    """Prints the tables, or says what is missing."""
    if not (data / "goemotions" / "dev.tsv").exists():
        print(f"accuracy: needs GoEmotions in {data.name}/goemotions, which is not here; skipped.")
        return
    dev, known = goemotions(data, "dev"), shared_encoder().calibration
    scores, logits = shared_encoder().emotion_scores(dev.texts)
    first, second, lexical = scores.transpose(2, 0, 1)
    probabilities = known.probabilities(scores)
    grouped = known.group_probabilities(probabilities, logits)
    chosen = choose(probabilities, known.thresholds)
    show(
        f"GoEmotions dev, {len(dev.texts)} comments, 28 labels and 7 groups, macro-F1",
        ("", "28 labels", "7 groups"),
        [
            ("the label's own word", *_scores(_label_words(dev), dev, known)),
            ("lexicon alone (TF-IDF and logistic regression)", *_tuned(lexical, dev, known)),
            ("first encoder alone", *_tuned(first, dev, known)),
            ("second encoder alone", *_tuned(second, dev, known)),
            (
                "shipped: all three, calibrated",
                _macro(chosen, dev.targets),
                _group_macro(grouped, dev, known),
            ),
            ("BERT-base of the paper, on its test split", *_PAPER),
        ],
    )
    print("All but the paper's thresholds were set on these very comments; crossed: see below.\n")
    _show_calibration(dev, known, probabilities, grouped)
    _show_build(json.loads((ROOT / "infra" / "models" / "report.json").read_text("utf-8")))


def _show_calibration(
    dev: Corpus, known: Calibration, probabilities: Floats, grouped: Floats
) -> None:
    show(
        "Expected calibration error, 15 bins",
        ("", "all pairs", "most probable"),
        [
            (name, f"{calibration_error(said, true):.4f}", f"{confidence_error(said, true):.4f}")
            for name, said, true in (
                ("28 labels", probabilities, dev.targets),
                ("7 groups", grouped, _group_truth(dev, known)),
            )
        ],
    )


def _show_build(report: dict[str, Any]) -> None:
    names = ("macro_f1_fitted", "macro_f1_crossed", "ekman_macro_f1_crossed")
    show(
        "As the build measured: crossed, halves of dev by each other",
        ("", "28 fitted", "28 crossed", "7 groups crossed"),
        [
            (name.replace("_", " "), *(f"{report[name][figure]:.4f}" for figure in names))
            for name in BUILDS
        ],
    )
    topics, request = report["counsel_chat"], report["request"]
    show(
        "As the build measured: five folds",
        ("", "figure"),
        [
            *(
                (f"counsel-chat, 31 topics, {name}: top 1, top 3", _tops(found))
                for name, found in (
                    ("shipped", topics),
                    ("linear head alone", topics["linear_alone"]),
                    ("second encoder alone", topics["second_encoder_alone"]),
                )
            ),
            ("requests and commitments, F1", f"{request['f1']:.3f}"),
            (
                f"intensity of {', '.join(INTENSITIES)}: r with ratings",
                ", ".join(f"{report['intensity']['head']['r'][name]:.2f}" for name in INTENSITIES),
            ),
        ],
    )


def _tops(figures: dict[str, float]) -> str:
    return f"{figures['top_1']:.3f}, {figures['top_3']:.3f}"


def _label_words(dev: Corpus) -> Choices:
    patterns = [re.compile(rf"\b{label}\b", re.IGNORECASE) for label in dev.labels]
    chosen = np.array([[bool(p.search(text)) for p in patterns] for text in dev.texts])
    chosen[~chosen.any(axis=1), dev.labels.index("neutral")] = True
    return chosen


def _tuned(scores: Floats, dev: Corpus, known: Calibration) -> tuple[str, str]:
    probabilities = sigmoid(scores)
    thresholds = fit_thresholds(probabilities, probabilities, dev.targets)
    return _scores(choose(probabilities, thresholds), dev, known)


def _scores(chosen: Choices, dev: Corpus, known: Calibration) -> tuple[str, str]:
    grouped = _any_of_group(chosen, known)
    return _macro(chosen, dev.targets), _macro(grouped, _group_truth(dev, known))


def _group_macro(grouped: Floats, dev: Corpus, known: Calibration) -> str:
    thresholds = np.array([group.threshold for group in known.groups], dtype=np.float32)
    return _macro(choose(grouped, thresholds), _group_truth(dev, known))


def _group_truth(dev: Corpus, known: Calibration) -> Floats:
    return _any_of_group(dev.targets > 0, known).astype(np.float32)


def _any_of_group(chosen: Choices, known: Calibration) -> Choices:
    there = [chosen[:, list(group.columns)].any(axis=1) for group in known.groups]
    return np.stack(there, axis=1)


def _macro(chosen: Choices, targets: Floats) -> str:
    return f"{f1_scores(chosen, targets).mean():.3f}"
