"""From the data to the shipped artefact, in one command.

`python -m infra.models.build --data ../shared/data --out shared/analysis/models`

Trains on the train split of GoEmotions; thresholds and calibration come from its dev split; the
heads for topics and requests are cross-validated. No test split is read.
"""

from __future__ import annotations

import argparse
import json
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from infra.models.batches import encode, load_tokenizer
from infra.models.calibrate import fit_curve, fit_thresholds
from infra.models.corpora import Corpus, counsel_chat, email_intent, goemotions
from infra.models.encoder import BASE_PACKAGE, BASE_SHA256, Analyser, base_folder, load_base
from infra.models.evaluate import emotion_report
from infra.models.export import export, quantise, run, sha256
from infra.models.fit import Schedule, Task, fit, outputs
from infra.models.heads import fit_head, request_numbers, topic_accuracy

Floats = NDArray[np.float32]

MODEL = "minilm-l6-goemotions"
SEED = 1
COMMENT_TOKENS, MAIL_TOKENS, QUESTION_TOKENS = 64, 96, 192
TOPIC_STRENGTH, REQUEST_STRENGTH = 10.0, 1.0
TOPIC_SCALE = 10.0


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
    model = Analyser(len(corpora.train.labels), len(corpora.questions.labels))
    load_base(model.encoder)
    return model


def train(corpora: Corpora, epochs: int) -> Analyser:
    """Fine-tune for emotions while keeping the base model's sense of meaning.

    Mails and questions take part with their texts only (`weight` 0): their labels stay unseen.
    """
    vectors = base_vectors(corpora)
    tasks = (
        Task("emotions", corpora.ids[0], corpora.train.targets, vectors[0], 64, 1.0),
        Task("request", corpora.ids[2], corpora.mails.targets, vectors[1], 64, 0.0),
        Task("topics", corpora.ids[3], corpora.questions.targets, vectors[2], 16, 0.0),
    )
    return fit(new_model(corpora), tasks, Schedule(epochs=epochs), SEED)


def add_heads(model: Analyser, corpora: Corpora) -> dict[str, Any]:
    """Fit the topic and request heads into the model and return their figures."""
    questions, mails = (outputs(model, corpora.ids[k]) for k in (3, 2))
    topics = corpora.questions.targets.argmax(axis=1)
    topic = fit_head(questions["vector"], topics, TOPIC_STRENGTH, SEED)
    topic.load_into(model.topic, TOPIC_SCALE)
    request = fit_head(mails["mean"], mails_classes(corpora.mails), REQUEST_STRENGTH, SEED)
    request.load_into(model.request)
    return {
        "counsel_chat": {
            "top_1": topic_accuracy(topic.logits, topics, 1),
            "top_3": topic_accuracy(topic.logits, topics, 3),
        },
        "request": request_numbers(request.logits, corpora.mails.targets, SEED),
    }


def mails_classes(mails: Corpus) -> NDArray[np.int64]:
    """Return 0 or 1 per sentence."""
    return mails.targets[:, 0].astype(np.int64)


def write_calibration(folder: Path, corpora: Corpora, heads: dict[str, Any]) -> dict[str, Any]:
    """Calibrate the shipped int8 file on dev, write `calibration.json` and return the figures."""
    model = folder / "analyser.onnx"
    logits = run(model, corpora.ids[1])["emotions"]
    curve = fit_curve(logits, corpora.dev.targets)
    probabilities = curve.probabilities(logits)
    thresholds = fit_thresholds(probabilities, corpora.dev.targets, SEED)
    digest = sha256(model)
    calibration = {
        "model": MODEL,
        "version": digest[:12],
        "sha256": digest,
        "base": {"package": BASE_PACKAGE, "sha256": BASE_SHA256},
        "emotions": {
            "labels": corpora.train.labels,
            "slopes": _rounded(curve.slopes),
            "offsets": _rounded(curve.offsets),
            "thresholds": _rounded(thresholds),
        },
        "request": {key: heads["request"][key] for key in ("slope", "offset", "threshold")},
        "counsel_topics": corpora.questions.labels,
    }
    text = json.dumps(calibration, indent=1) + "\n"
    (folder / "calibration.json").write_text(text, encoding="utf-8")
    return emotion_report(logits, corpora.dev, SEED)


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
    report = json.dumps(ship(model, corpora, chosen.out), indent=1) + "\n"
    chosen.report.write_text(report, encoding="utf-8")
    print(report)


def load(path: Path, corpora: Corpora) -> Analyser:
    """Return an analyser with weights from an earlier run."""
    model = new_model(corpora)
    model.load_state_dict(torch.load(path))
    return model.eval()


def ship(model: Analyser, corpora: Corpora, folder: Path) -> dict[str, Any]:
    """Write the artefact's files and return every figure of the model card."""
    folder.mkdir(parents=True, exist_ok=True)
    heads = add_heads(model, corpora)
    full = folder / "analyser.float32.onnx"
    export(model, full)
    quantise(full, folder / "analyser.onnx")
    shutil.copy(base_folder() / "tokenizer.json", folder / "tokenizer.json")
    exact = emotion_report(run(full, corpora.ids[1])["emotions"], corpora.dev, SEED)
    full.unlink()
    shipped = write_calibration(folder, corpora, heads)
    return {"int8": shipped, "float32": exact, **heads}


if __name__ == "__main__":
    main()
