"""How the two encoders are trained.

The first learns emotions while it keeps the base model's sense of meaning, from public comments
alone. The second starts with emotions too and then learns statements and topics beside them, six
times: once on all that is labelled, to be shipped, and once without each fifth, to be judged by it.
Both learn emotions half from the labels and half from what two teachers read: a larger encoder,
and a second encoder like ours that has learnt from the labels alone.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from infra.models.batches import encode, load_tokenizer
from infra.models.corpora import (
    Corpus,
    counsel_chat,
    email_intent,
    goemotions,
    written_questions,
)
from infra.models.encoder import Analyser, Companion, load_base
from infra.models.evaluate import EKMAN, group_targets
from infra.models.fit import Schedule, Task, fit, outputs
from infra.models.heads import class_folds
from infra.models.losses import labels_loss, meaning_loss, summed, topic_loss
from infra.models.statements import COLUMNS, FOLDS, SEED, Labelled, read_labelled
from infra.models.teacher import TEACHER_SCHEDULE, TEACHER_SHA256, teacher_logits
from shared.analysis.encoder import MAX_TOKENS
from shared.analysis.questions import question_sentences

Floats = NDArray[np.float32]

COMMENT_TOKENS, QUESTION_TOKENS = 64, 192
# The topic of a question is learnt from a little more than the engine will read of it.
TOPIC_TOKENS = 128
GROUP_WEIGHT, MEANING_WEIGHT = 0.4, 4.0
# What a first sentence counts beside the whole question, and a written question beside a real one.
FIRST_SENTENCE, WRITTEN_QUESTION = 0.5, 0.3
# How much of what both encoders learn of emotions is the teachers' reading.
TEACHERS_SHARE = 0.5
FIRST_SCHEDULE = Schedule(epochs=4)
PLAIN_SCHEDULE = Schedule(epochs=2, last=0.4, hidden=0.08)
BEGIN_SCHEDULE = Schedule(epochs=3, last=0.4, hidden=0.08)
TUNE_SCHEDULE = Schedule(epochs=4, encoder_rate=8e-5, hidden=0.08)
# Of the comments, in each of the four epochs.
COMMENTS_SHARE = 0.15


@dataclass(frozen=True)
class Corpora:
    """All data sets, and the token ids of comments, mails and questions to train on.

    Attributes:
        emotions: (comments, 35) what is to be learnt of the labels of `train` and of their groups.
        written: questions that nobody has asked.
    """

    train: Corpus
    emotions: Floats
    dev: Corpus
    mails: Corpus
    questions: Corpus
    written: Corpus
    statements: Labelled
    ids: dict[str, list[list[int]]]


def read_corpora(data: Path) -> Corpora:
    """Read and tokenise every data set."""
    comments, mails, questions = goemotions(data, "train"), email_intent(data), counsel_chat(data)
    tokenizer = load_tokenizer()
    ids = {
        "comments": encode(tokenizer, comments.texts, COMMENT_TOKENS),
        "mails": encode(tokenizer, mails.texts, MAX_TOKENS),
        "questions": encode(tokenizer, questions.texts, QUESTION_TOKENS),
    }
    dev, written = goemotions(data, "dev"), written_questions(questions.labels)
    emotions = np.hstack([comments.targets, group_targets(comments.targets, comments.labels)])
    statements = read_labelled(data)
    return Corpora(comments, emotions, dev, mails, questions, written, statements, ids)


def counts(corpora: Corpora) -> Floats:
    """Return (35,) what each label counts in training and, behind them, each group."""
    return np.repeat([1.0, GROUP_WEIGHT], [len(corpora.train.labels), len(EKMAN)]).astype(
        np.float32
    )


def emotions_task(corpora: Corpora, share: float = 1.0) -> Task:
    """Learn emotions from a share of the comments in each epoch."""
    loss = labels_loss("emotions", corpora.emotions, counts(corpora))
    return Task(corpora.ids["comments"], loss, 64, share)


def taught(corpora: Corpora, folder: Path) -> Corpora:
    """Return the same with emotions drawn from the labels towards the teachers' probabilities.

    The teachers' logits are averaged; these are (comments, 35).
    """
    key = _key(TEACHER_SHA256, TEACHER_SCHEDULE, PLAIN_SCHEDULE, _first_path(corpora, folder).name)
    path = folder / f"teachers-{key}.npy"
    if not path.exists():
        plain = begun_encoder(corpora, folder, first_encoder(corpora, folder), PLAIN_SCHEDULE)
        own = outputs(plain, corpora.ids["comments"], ["emotions"])["emotions"]
        larger = teacher_logits(corpora.train.texts, corpora.emotions, counts(corpora), SEED)
        part = path.with_suffix(".part.npy")
        np.save(part, (own + larger) / 2)
        part.replace(path)
    read = 1 / (1 + np.exp(-np.load(path)))
    drawn = (1 - TEACHERS_SHARE) * corpora.emotions + TEACHERS_SHARE * read
    return replace(corpora, emotions=drawn.astype(np.float32))


def new_first(corpora: Corpora) -> Analyser:
    """Return the first encoder on the base model's weights with fresh heads."""
    torch.manual_seed(SEED)
    model = Analyser(len(corpora.train.labels) + len(EKMAN))
    load_base(model.encoder)
    return model


def base_vectors(corpora: Corpora) -> list[Floats]:
    """Return the untrained base model's sentence vectors of comments, mails and questions."""
    base = new_first(corpora).eval()
    with torch.autocast("cpu", dtype=torch.bfloat16):
        return [outputs(base, ids, ["vector"])["vector"] for ids in corpora.ids.values()]


def train_first(corpora: Corpora, schedule: Schedule = FIRST_SCHEDULE) -> nn.Module:
    """Return the first encoder, fine-tuned for emotions.

    Mails and questions take part with their texts only: their labels stay unseen.
    """
    comments, mails, questions = (
        meaning_loss(vectors, MEANING_WEIGHT) for vectors in base_vectors(corpora)
    )
    emotions = emotions_task(corpora)
    tasks = (
        replace(emotions, loss=summed(emotions.loss, comments)),
        Task(corpora.ids["mails"], mails, 64),
        Task(corpora.ids["questions"], questions, 16),
    )
    return fit(new_first(corpora), tasks, schedule, SEED)


def new_second(corpora: Corpora, first: Analyser) -> Companion:
    """Return the second encoder on the base model's layers with fresh heads."""
    torch.manual_seed(SEED)
    emotions = len(corpora.train.labels) + len(EKMAN)
    return Companion(first.encoder.eval(), (emotions, len(COLUMNS), len(corpora.questions.labels)))


def begin_second(corpora: Corpora, first: Analyser, schedule: Schedule) -> nn.Module:
    """Return the second encoder, fine-tuned for emotions alone."""
    return fit(new_second(corpora, first), [emotions_task(corpora)], schedule, SEED)


def tune_second(
    corpora: Corpora, begun: nn.Module, left_out: int | None, schedule: Schedule = TUNE_SCHEDULE
) -> nn.Module:
    """Go on with emotions, statements and topics together, from `begun`, which is changed.

    Args:
        left_out: the fold that is not to be seen; none for what is shipped.
    """
    questions = np.flatnonzero(question_folds(corpora.questions) != left_out)
    statements = np.flatnonzero(corpora.statements.folds != left_out)
    labelled, known = corpora.statements, corpora.statements.texts
    texts = tuple(known[row] for row in statements)
    tasks = (
        emotions_task(corpora, COMMENTS_SHARE),
        Task(
            encode(load_tokenizer(), texts, MAX_TOKENS),
            labels_loss("statements", labelled.targets[statements], labelled.asked[statements]),
            32,
        ),
        topic_task(corpora, questions),
    )
    return fit(begun, tasks, schedule, SEED)


def question_folds(questions: Corpus) -> NDArray[np.int64]:
    """Return the fold of each question: the same in which its linear head is judged."""
    return class_folds(questions.targets.argmax(axis=1), SEED)


def topic_task(corpora: Corpora, rows: NDArray[np.int64]) -> Task:
    """Learn topics from whole questions and, for less, from their first sentences.

    Args:
        rows: the real questions that may be seen; the written ones always are.
    """
    known = corpora.questions
    wholes = [*(known.texts[row] for row in rows), *corpora.written.texts]
    texts = [*wholes, *(question_sentences(text)[0] for text in wholes)]
    targets = np.vstack([known.targets[rows], corpora.written.targets])
    counts = np.ones(len(wholes), np.float32)
    counts[len(rows) :] = WRITTEN_QUESTION
    return Task(
        encode(load_tokenizer(), tuple(texts), TOPIC_TOKENS),
        topic_loss(
            np.tile(targets.argmax(axis=1), 2), np.concatenate([counts, FIRST_SENTENCE * counts])
        ),
        16,
    )


@dataclass(frozen=True)
class Trained:
    """Both encoders, and the second without each fold."""

    first: Analyser
    second: Companion
    without: tuple[Companion, ...]


def train(data: Path, corpora: Corpora, folder: Path, threads: int) -> Trained:
    """Train all, or take from `folder` what an earlier run has finished.

    Args:
        data: where the corpora were read.
        folder: keeps the weights of each step, named after all that they were made from.
        threads: processor cores to use.
    """
    torch.set_num_threads(threads)
    corpora = taught(corpora, folder)
    first = first_encoder(corpora, folder)
    begun_encoder(corpora, folder, first)
    runs: list[int | None] = [None, *range(FOLDS)]
    missing = [run for run in runs if not _tuned_path(corpora, folder, run).exists()]
    with ProcessPoolExecutor(threads, mp_context=get_context("spawn")) as pool:
        list(pool.map(partial(tune, data, folder), missing))
    second, *without = (tuned_encoder(corpora, folder, first, run) for run in runs)
    return Trained(first, second, tuple(without))


def tune(data: Path, folder: Path, left_out: int | None) -> None:
    """Do one of the six last steps in a process of its own."""
    torch.set_num_threads(1)
    corpora = taught(read_corpora(data), folder)
    tuned_encoder(corpora, folder, first_encoder(corpora, folder), left_out)


def first_encoder(corpora: Corpora, folder: Path) -> Analyser:
    """Return the first encoder, trained if it is not kept."""
    model = new_first(corpora)
    kept(_first_path(corpora, folder), model, lambda: train_first(corpora))
    return model


def begun_encoder(
    corpora: Corpora, folder: Path, first: Analyser, schedule: Schedule = BEGIN_SCHEDULE
) -> Companion:
    """Return the second encoder as it is before statements and topics."""
    model, path = new_second(corpora, first), _begun_path(corpora, folder, schedule)
    kept(path, model, lambda: begin_second(corpora, first, schedule))
    return model


def tuned_encoder(
    corpora: Corpora, folder: Path, first: Analyser, left_out: int | None
) -> Companion:
    """Return the second encoder as it is without a fold, or at last."""
    model = new_second(corpora, first)

    def make() -> nn.Module:
        return tune_second(corpora, begun_encoder(corpora, folder, first), left_out)

    kept(_tuned_path(corpora, folder, left_out), model, make)
    return model


def _first_path(corpora: Corpora, folder: Path) -> Path:
    made_from = (FIRST_SCHEDULE, *corpora.ids.values(), corpora.emotions)
    return folder / f"first-{_key(*made_from)}.pt"


def _begun_path(corpora: Corpora, folder: Path, schedule: Schedule = BEGIN_SCHEDULE) -> Path:
    return folder / f"begun-{_key(schedule, _first_path(corpora, folder).name)}.pt"


def _tuned_path(corpora: Corpora, folder: Path, left_out: int | None) -> Path:
    labelled = corpora.statements
    made_from = (
        TUNE_SCHEDULE, COMMENTS_SHARE, TOPIC_TOKENS, _begun_path(corpora, folder).name,
        labelled.texts, labelled.targets, labelled.asked, labelled.folds, corpora.questions.targets,
        WRITTEN_QUESTION, corpora.written.texts, corpora.written.targets,
    )  # fmt: skip
    name = "second" if left_out is None else f"without_{left_out}"
    return folder / f"{name}-{_key(*made_from)}.pt"


def _key(*parts: object) -> str:
    """What is not the same gets another name, so that no weights of another making are taken."""
    digest = hashlib.sha256(repr(SEED).encode())
    for part in parts:
        digest.update(part.tobytes() if isinstance(part, np.ndarray) else repr(part).encode())
    return digest.hexdigest()[:12]


def kept(path: Path, model: nn.Module, make: Callable[[], nn.Module]) -> None:
    """Load weights into the model, from the file or as they are made, and keep them there."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_suffix(".part")
        torch.save(make().state_dict(), part)
        part.replace(path)
    model.load_state_dict(torch.load(path))
    model.eval()
