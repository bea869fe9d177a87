"""Token batches of like length, in a seeded order."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from tokenizers import Tokenizer
from torch import Tensor

from infra.models.encoder import base_folder


@dataclass(frozen=True)
class Batch:
    """One padded batch and the rows of the corpus it holds."""

    ids: Tensor
    mask: Tensor
    rows: NDArray[np.int64]


def load_tokenizer(folder: Path | None = None) -> Tokenizer:
    """Return the base model's, or another's, tokenizer without padding or truncation."""
    tokenizer = Tokenizer.from_file(str((folder or base_folder()) / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.no_truncation()
    return tokenizer


def encode(tokenizer: Tokenizer, texts: tuple[str, ...], longest: int) -> list[list[int]]:
    """Return token ids per text; a text over `longest` tokens keeps its start and its [SEP]."""
    encoded = (found.ids for found in tokenizer.encode_batch(list(texts)))
    return [ids if len(ids) <= longest else [*ids[: longest - 1], ids[-1]] for ids in encoded]


def pad(ids: list[list[int]], rows: NDArray[np.int64]) -> Batch:
    """Stack the given rows into one batch padded to its longest text."""
    width = max(len(ids[row]) for row in rows)
    tokens = torch.zeros(len(rows), width, dtype=torch.long)
    for place, row in enumerate(rows):
        tokens[place, : len(ids[row])] = torch.tensor(ids[row])
    lengths = torch.tensor([len(ids[row]) for row in rows])
    mask = (torch.arange(width)[None, :] < lengths[:, None]).long()
    return Batch(tokens, mask, rows)


def shuffled(ids: list[list[int]], size: int, random: np.random.Generator) -> Iterator[Batch]:
    """Yield one epoch: batches of like length in random order."""
    noise = random.uniform(-3.0, 3.0, len(ids))
    order = np.argsort(np.array([len(text) for text in ids]) + noise, kind="stable")
    starts = np.arange(0, len(ids), size)
    random.shuffle(starts)
    for start in starts:
        yield pad(ids, order[start : start + size].astype(np.int64))


def ordered(ids: list[list[int]], size: int) -> Iterator[Batch]:
    """Yield every row once, by length, for evaluation."""
    order = np.argsort([len(text) for text in ids], kind="stable")
    for start in range(0, len(ids), size):
        yield pad(ids, order[start : start + size].astype(np.int64))
