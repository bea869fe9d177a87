"""From the data to the shipped artefact, in one command.

`python -m infra.models.build --data ../shared/data --out shared/analysis/models`

Trains on the train split of GoEmotions; thresholds and calibration come from its dev split; the
heads for topics and requests are cross-validated. No test split is read.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from infra.models.batches import encode, load_tokenizer
from infra.models.corpora import Corpus, counsel_chat, email_intent, goemotions
from infra.models.encoder import BASE_PACKAGE, BASE_SHA256, Analyser, base_folder, load_base
from infra.models.evaluate import (
    EKMAN,
    Emotions,
    crossed_probabilities,
    emotion_report,
    fit_emotions,
    group_targets,
)
from infra.models.export import export, quantise, run, sha256
from infra.models.fit import Schedule, Task, fit, outputs
from infra.models.heads import fit_requests, fit_topics
from infra.models.lexicon import FittedLexicon, fit_lexicon, write_lexicon
from infra.models.plot import draw, reliability
from shared.analysis.encoder import LINEAR, RequestHead, SentenceEncoder
from shared.analysis.questions import TopicHead, question_views

Floats = NDArray[np.float32]

MODEL = "minilm-l6-goemotions-lexicon"
SEED = 1
COMMENT_TOKENS, MAIL_TOKENS, QUESTION_TOKENS = 64, 96, 192
SHIPPED = ("analyser.onnx", "lexicon.npz", LINEAR, "tokenizer.json")
GOLDEN = (
    "I can't believe how much better I feel today!",
    "He hung up on me and I just sat there. Why?",
    "Thanks, I’ll think about it.",
    "😀",
)


@dataclass(frozen=True)
class Heads:
    """The linear heads upon the graph."""

    request: RequestHead
    topics: TopicHead


@dataclass(frozen=True)
class Corpora:
    """All data sets and their token ids, in the same order."""

    train: Corpus
    dev: Corpus
    mails: Corpus
    questions: Corpus
    ids: tuple[list[list[int]], ...]


def read_corpora(data: Path) -> Corpora:
    """Read and tokenise every data set."""
    sets = (goemotions(data, "train"), goemotions(data, "dev"), email_intent(data),
            counsel_chat(data))  # fmt: skip
    tokenizer = load_tokenizer()
    lengths = (COMMENT_TOKENS, COMMENT_TOKENS, MAIL_TOKENS, QUESTION_TOKENS)
    ids = tuple(
        encode(tokenizer, corpus.texts, longest)
        for corpus, longest in zip(sets, lengths, strict=True)
    )
    return Corpora(*sets, ids)


def base_vectors(corpora: Corpora) -> list[Floats]:
    """Return the untrained base model's sentence vectors of train, mails and questions."""
    base = new_model(corpora)
    with torch.autocast("cpu", dtype=torch.bfloat16):
        return [outputs(base.eval(), corpora.ids[k])["vector"] for k in (0, 2, 3)]


def new_model(corpora: Corpora) -> Analyser:
    """Return an analyser on the base model's weights with fresh heads."""
    torch.manual_seed(SEED)
    model = Analyser(len(corpora.train.labels))
    load_base(model.encoder)
    return model


def train(corpora: Corpora, epochs: int) -> Analyser:
    """Fine-tune for emotions while keeping the base model's sense of meaning.

    Mails and questions take part with their texts only: their labels stay unseen.
    """
    vectors = base_vectors(corpora)
    tasks = (
        Task(corpora.ids[0], corpora.train.targets, vectors[0], 64),
        Task(corpora.ids[2], None, vectors[1], 64),
        Task(corpora.ids[3], None, vectors[2], 16),
    )
    return fit(new_model(corpora), tasks, Schedule(epochs=epochs), SEED)


def load(path: Path, corpora: Corpora) -> Analyser:
    """Return an analyser with weights from an earlier run."""
    model, kept = new_model(corpora), torch.load(path)
    model.load_state_dict({name: kept[name] for name in model.state_dict()})
    return model.eval()


def ship(model: Analyser, corpora: Corpora, folder: Path) -> dict[str, Any]:
    """Write the artefact's files and return every figure of the model card."""
    folder.mkdir(parents=True, exist_ok=True)
    full = folder / "analyser.float32.onnx"
    export(model, full)
    quantise(full, folder / "analyser.onnx")
    exact_logits = run(full, corpora.ids[1])["emotions"]
    full.unlink()
    shutil.copy(base_folder() / "tokenizer.json", folder / "tokenizer.json")
    lexicon = fit_lexicon(corpora.train.texts, corpora.train.targets, SEED)
    write_lexicon(lexicon, folder / "lexicon.npz")
    shipped, dev = SentenceEncoder(folder), corpora.dev
    logits, lexical = shipped.logits(dev.texts)
    heads, figures = fit_heads(shipped, corpora)
    scores = np.stack([logits, lexical], axis=2)
    fitted = fit_emotions(scores, dev.targets, scores, dev.labels)
    write_calibration(folder, fitted, heads, dev.labels)
    exact = np.stack([exact_logits, lexicon.scores(dev.texts)], axis=2)
    return {
        "files": {name: sha256(folder / name) for name in SHIPPED},
        "int8": emotion_report(scores, dev),
        "float32": emotion_report(exact, dev),
        "encoder_alone": emotion_report(scores[:, :, :1], dev),
        "lexicon_alone": emotion_report(scores[:, :, 1:], dev),
        **figures,
        "golden_lexicon": golden(lexicon),
        "plot": plot(scores, dev),
    }


def fit_heads(shipped: SentenceEncoder, corpora: Corpora) -> tuple[Heads, dict[str, Any]]:
    """Fit both heads on what the shipped graph gives and return their figures."""
    mails, questions = corpora.mails, corpora.questions
    request, request_figures = fit_requests(shipped.middle(mails.texts), mails.targets, SEED)
    views = question_views(shipped, questions.texts)
    topics, topic_figures = fit_topics(views, questions.targets, questions.labels, SEED)
    return Heads(request, topics), {"request": request_figures, "counsel_chat": topic_figures}


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
            "slopes": _rounded(fitted.curve.slopes[:, 0]),
            "lexical_slopes": _rounded(fitted.curve.slopes[:, 1]),
            "offsets": _rounded(fitted.curve.offsets),
            "thresholds": _rounded(fitted.thresholds),
        },
        "groups": groups(fitted),
        "request": {"threshold": round(heads.request.threshold, 4)},
        "counsel_topics": heads.topics.labels,
    }
    text = json.dumps(calibration, indent=1) + "\n"
    (folder / "calibration.json").write_text(text, encoding="utf-8")


def groups(fitted: Emotions) -> list[dict[str, Any]]:
    """Return the seven groups with their labels and numbers."""
    numbers = zip(
        fitted.group_curve.slopes[:, 0],
        fitted.group_curve.offsets,
        fitted.group_thresholds,
        strict=True,
    )
    return [
        {"name": name, "labels": members}
        | dict(zip(("slope", "offset", "threshold"), _rounded(np.array(row)), strict=True))
        for (name, members), row in zip(EKMAN.items(), numbers, strict=True)
    ]


def golden(lexicon: FittedLexicon) -> list[dict[str, Any]]:
    """Return what scikit-learn's features make of a few sentences with the shipped weights."""
    scores = lexicon.quantised_scores(GOLDEN)
    return [
        {"text": text, "scores": _rounded(row)} for text, row in zip(GOLDEN, scores, strict=True)
    ]


def plot(scores: Floats, dev: Corpus) -> str:
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
    parser.add_argument("--weights-out", type=Path, help="where to keep the trained weights")
    parser.add_argument("--epochs", type=int, default=Schedule.epochs)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--weights", type=Path, help="trained weights to ship instead of training")
    chosen = parser.parse_args()
    torch.set_num_threads(chosen.threads)
    corpora = read_corpora(chosen.data)
    model = load(chosen.weights, corpora) if chosen.weights else train(corpora, chosen.epochs)
    if chosen.weights_out:
        torch.save(model.state_dict(), chosen.weights_out)
    figures = ship(model, corpora, chosen.out)
    picture = chosen.report.with_name("calibration.svg")
    picture.write_text(figures.pop("plot"), encoding="utf-8")
    report = json.dumps(figures, indent=1) + "\n"
    chosen.report.write_text(report, encoding="utf-8")
    print(report)


if __name__ == "__main__":
    main()
