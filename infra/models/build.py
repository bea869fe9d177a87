"""From the data to the shipped artefact, in one command.

`python -m infra.models.build --data ../shared/data --out shared/analysis/models`

Trains on the train split of GoEmotions, on labelled dialogues and on counsellors' questions;
thresholds and calibration of emotions come from the dev split of GoEmotions; what is learnt from
the small data sets is cross-validated. No test split is read. `--work` keeps the weights of every
step: a run that was cut short goes on where it was.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import shutil
import tempfile
from dataclasses import dataclass
from itertools import compress
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from infra.models.calibrate_heads import calibrate
from infra.models.corpora import Corpus
from infra.models.encoder import BASE_PACKAGE, BASE_SHA256, base_folder
from infra.models.evaluate import (
    EKMAN,
    Emotions,
    EmotionScores,
    crossed_probabilities,
    emotion_report,
    fit_emotions,
    group_targets,
)
from infra.models.examples import write_examples
from infra.models.export import export_first, export_second, quantise, sha256
from infra.models.frozen import frozen_scores
from infra.models.heads import Questions, fit_requests, fit_topics
from infra.models.intensity import fit_intensities, read_rated
from infra.models.lexicon import FittedLexicon, fit_lexicon, fit_statements, write_lexicon
from infra.models.plot import draw, reliability
from infra.models.statements import COLUMNS, SEED, write_crossed
from infra.models.train import Corpora, Trained, question_folds, read_corpora, train
from shared.analysis.encoder import (
    FIRST_FILE,
    LINEAR,
    SECOND_FILE,
    IntensityHead,
    RequestHead,
    SentenceEncoder,
)
from shared.analysis.questions import TopicHead, question_views

Floats = NDArray[np.float32]

MODEL = "minilm-l6-pair-lexicon"
GRAPHS = (FIRST_FILE, SECOND_FILE)
TOKENIZER = "tokenizer.json"
SHIPPED = (*GRAPHS, "lexicon.npz", LINEAR, TOKENIZER)
# Which model is which in the scores of emotions.
FIRST, SECOND, LEXICON = 0, 1, 2
GOLDEN = (
    "I can't believe how much better I feel today!",
    "He hung up on me and I just sat there. Why?",
    "Thanks, I’ll think about it.",
    "😀",
)


@dataclass(frozen=True)
class Heads:
    """The linear heads upon the graphs."""

    request: RequestHead
    topics: TopicHead
    intensity: IntensityHead


def ship(trained: Trained, corpora: Corpora, folder: Path) -> dict[str, Any]:
    """Write the artefact's files and return every figure of the model card."""
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copy(base_folder() / TOKENIZER, folder)
    exact_labels, exact_groups = write_graphs(trained, corpora, folder)
    crossed = read_without(trained, corpora, folder)
    lexicon = fit_lexicon(corpora.train.texts, corpora.train.targets)
    lexicon, lexical_statements = fit_statements(lexicon, corpora.statements)
    write_lexicon(lexicon, folder / "lexicon.npz")
    shipped, dev = SentenceEncoder(folder), corpora.dev
    scores = EmotionScores(*shipped.emotion_scores(dev.texts))
    heads, figures = fit_heads(shipped, crossed, corpora)
    fitted = fit_emotions(scores, dev.targets, scores, dev.labels)
    write_calibration(folder, fitted, heads, dev.labels)
    version = SentenceEncoder(folder).calibration.version
    write_crossed(corpora.statements, crossed.statements + lexical_statements, version)
    lexical = lexicon.scores(dev.texts)[:, : len(dev.labels)]
    exact = EmotionScores(np.concatenate([exact_labels, lexical[:, :, None]], axis=2), exact_groups)
    frozen = frozen_scores(corpora.train, dev)[:, :, None]
    return {
        "files": {name: sha256(folder / name) for name in SHIPPED},
        "int8": emotion_report(scores, dev),
        "float32": emotion_report(exact, dev),
        "first_encoder_alone": emotion_report(scores.by([FIRST], [FIRST]), dev),
        "second_encoder_alone": emotion_report(scores.by([SECOND], [SECOND]), dev),
        "lexicon_alone": emotion_report(scores.by([LEXICON], []), dev),
        "first_encoder_and_lexicon": emotion_report(scores.by([FIRST, LEXICON], [FIRST]), dev),
        "frozen_minilm_with_logistic_regression": emotion_report(
            EmotionScores(frozen, scores.groups[:, :, :0]), dev
        ),
        **figures,
        "golden_lexicon": golden(lexicon),
        "plot": plot(scores, dev),
    }


def write_graphs(trained: Trained, corpora: Corpora, folder: Path) -> tuple[Floats, Floats]:
    """Write the int8 graphs and return the float32 ones' logits of dev.

    These are (comments, 28, 2) of the labels and (comments, 7, 2) of the groups.
    """
    emotions = len(corpora.dev.labels)
    with tempfile.TemporaryDirectory() as temporary:
        exact = Path(temporary)
        export_first(trained.first, emotions, exact)
        export_second(trained.second, emotions, exact)
        for name in GRAPHS:
            quantise(exact / name, folder / name)
        shutil.copy(folder / TOKENIZER, exact)
        return SentenceEncoder(exact).emotion_logits(corpora.dev.texts)


@dataclass(frozen=True)
class Crossed:
    """What the second encoder says of labelled texts that it has not seen, as int8.

    Attributes:
        statements: (sentences, columns) logits.
        topics: (questions, topics) logits.
    """

    statements: Floats
    topics: Floats


def read_without(trained: Trained, corpora: Corpora, folder: Path) -> Crossed:
    """Read every fold with the encoder that was trained without it, as it would be shipped."""
    labelled, questions = corpora.statements, corpora.questions
    statements = np.zeros(labelled.targets.shape, np.float32)
    topics = np.zeros(questions.targets.shape, np.float32)
    for number, second in enumerate(trained.without):
        told, asked = labelled.folds == number, question_folds(questions) == number
        with tempfile.TemporaryDirectory() as temporary:
            place = Path(temporary)
            export_second(second, len(corpora.dev.labels), place)
            quantise(place / SECOND_FILE, place / SECOND_FILE)
            for name in (FIRST_FILE, TOKENIZER):
                shutil.copy(folder / name, place)
            reader = SentenceEncoder(place)
            statements[told] = reader.statement_logits(list(compress(labelled.texts, told)))
            topics[asked] = reader.topics(list(compress(questions.texts, asked)))
    return Crossed(statements, topics)


def fit_heads(
    shipped: SentenceEncoder, crossed: Crossed, corpora: Corpora
) -> tuple[Heads, dict[str, Any]]:
    """Fit the linear heads on what the shipped graphs give and return their figures."""
    mails, questions = corpora.mails, corpora.questions
    request, request_figures = fit_requests(shipped.middle(mails.texts), mails.targets, SEED)
    asked, written = (
        Questions(question_views(shipped, known.texts), known.targets)
        for known in (questions, corpora.written)
    )
    topics, topic_figures = fit_topics(asked, written, crossed.topics, questions.labels, SEED)
    intensity, intensity_figures = fit_intensities(shipped, read_rated(corpora.dev), SEED)
    return Heads(request, topics, intensity), {
        "request": request_figures,
        "counsel_chat": topic_figures,
        "intensity": intensity_figures,
    }


def write_calibration(
    folder: Path, fitted: Emotions, heads: Heads, labels: tuple[str, ...]
) -> None:
    """Write the linear heads and `calibration.json`."""
    np.savez(
        folder / LINEAR,
        **{
            "request.weights": heads.request.weights,
            "request.offset": np.float32(heads.request.offset),
            "topics.weights": heads.topics.weights,
            "topics.offsets": heads.topics.offsets,
            "topics.share": np.float32(heads.topics.share),
            "intensity.weights": heads.intensity.weights,
            "intensity.offsets": heads.intensity.offsets,
            "intensity.named": heads.intensity.named,
        },
    )
    digests = {name: sha256(folder / name) for name in SHIPPED}
    calibration = {
        "model": MODEL,
        "version": hashlib.sha256("".join(digests.values()).encode()).hexdigest()[:12],
        "sha256": digests,
        "base": {"package": BASE_PACKAGE, "sha256": BASE_SHA256},
        "emotions": {
            "labels": labels,
            "slopes": [_rounded(row) for row in fitted.curve.slopes],
            "offsets": _rounded(fitted.curve.offsets),
            "thresholds": _rounded(fitted.thresholds),
        },
        "groups": groups(fitted),
        "request": {"threshold": round(heads.request.threshold, 4)},
        "counsel_topics": heads.topics.labels,
        "statements": list(COLUMNS),
    }
    text = json.dumps(calibration, indent=1) + "\n"
    (folder / "calibration.json").write_text(text, encoding="utf-8")


def groups(fitted: Emotions) -> list[dict[str, Any]]:
    """Return the seven groups with their labels and numbers."""
    numbers = zip(
        map(_rounded, fitted.group_curve.slopes),
        _rounded(fitted.group_curve.offsets),
        _rounded(fitted.group_thresholds),
        strict=True,
    )
    return [
        {"name": name, "labels": members}
        | dict(zip(("slopes", "offset", "threshold"), row, strict=True))
        for (name, members), row in zip(EKMAN.items(), numbers, strict=True)
    ]


def golden(lexicon: FittedLexicon) -> list[dict[str, Any]]:
    """Return what scikit-learn's features make of a few sentences with the shipped weights."""
    scores = lexicon.quantised_scores(GOLDEN)
    return [
        {"text": text, "scores": _rounded(row)} for text, row in zip(GOLDEN, scores, strict=True)
    ]


def plot(scores: EmotionScores, dev: Corpus) -> str:
    """Return the calibration plot as SVG; both halves of dev, each by the other's curves."""
    labels, grouped, _, _ = crossed_probabilities(scores, dev, SEED)
    best, rows = labels.argmax(axis=1), np.arange(len(labels))
    truth = group_targets(dev.targets, dev.labels)
    return draw(
        {
            "all pairs of a comment and one of 28 labels": reliability(labels, dev.targets),
            "the most probable label of each comment": reliability(
                labels[rows, best], dev.targets[rows, best]
            ),
            "all pairs of a comment and one of 7 groups": reliability(grouped, truth),
        }
    )


def _rounded(values: Floats) -> list[float]:
    return [round(float(value), 4) for value in values]


def main() -> None:
    """Run the command."""
    parser = argparse.ArgumentParser(prog="python -m infra.models.build")
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--out", type=Path, default=Path("shared/analysis/models"))
    parser.add_argument("--report", type=Path, default=Path("infra/models/report.json"))
    parser.add_argument("--work", type=Path, default=Path("build/models"), help="kept weights")
    parser.add_argument("--threads", type=int, default=2)
    chosen = parser.parse_args()
    corpora = read_corpora(chosen.data)
    trained = train(chosen.data, corpora, chosen.work, chosen.threads)
    figures = ship(trained, corpora, chosen.out)
    write_examples(chosen.out)
    calibrate(chosen.data, chosen.out, chosen.report.with_name("heads_report.json"))
    picture = chosen.report.with_name("calibration.svg")
    picture.write_text(figures.pop("plot"), encoding="utf-8")
    report = json.dumps(figures, indent=1) + "\n"
    chosen.report.write_text(report, encoding="utf-8")
    print(report)


if __name__ == "__main__":
    main()
