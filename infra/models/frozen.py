"""The base model as it comes: what the shipped encoders are measured beside.

train-venv/bin/python -m infra.models.frozen --out build/minilm.onnx
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from torch import Tensor, nn
from torch.nn import functional

from infra.models.batches import encode, load_tokenizer
from infra.models.corpora import Corpus
from infra.models.encoder import Encoder, load_base, mean_state
from infra.models.fit import outputs

MAX_TOKENS = 64


class Frozen(nn.Module):
    """MiniLM with mean pooling: ids and mask (batch, tokens) to unit vectors (batch, 384)."""

    def __init__(self) -> None:
        super().__init__()
        self.encoder = Encoder()
        load_base(self.encoder)

    def forward(self, ids: Tensor, mask: Tensor) -> Tensor:
        """Return the mean state of the tokens that the mask keeps."""
        return functional.normalize(mean_state(self.encoder(ids, mask)[-1], mask), dim=-1)


class _Named(nn.Module):
    """The same with a name to its output."""

    def __init__(self) -> None:
        super().__init__()
        self.model = Frozen()

    def forward(self, ids: Tensor, mask: Tensor) -> dict[str, Tensor]:
        return {"vector": self.model(ids, mask)}


def frozen_scores(train: Corpus, held_out: Corpus) -> NDArray[np.float32]:
    """Return (n, labels) log-odds by logistic regressions upon the base model's vectors."""
    tokenizer, model = load_tokenizer(), _Named().eval()
    with torch.autocast("cpu", dtype=torch.bfloat16):
        known, asked = (
            outputs(model, encode(tokenizer, corpus.texts, MAX_TOKENS), ["vector"])["vector"]
            for corpus in (train, held_out)
        )
    columns = [
        LogisticRegression(C=10.0, max_iter=200).fit(known, labels).decision_function(asked)
        for labels in train.targets.T
    ]
    return np.stack(columns, axis=1).astype(np.float32)


def main() -> None:
    """Run the command."""
    parser = argparse.ArgumentParser(prog="python -m infra.models.frozen", description=__doc__)
    parser.add_argument("--out", type=Path, required=True)
    path = parser.parse_args().out
    path.parent.mkdir(parents=True, exist_ok=True)
    texts = torch.full((2, 7), 2000)
    torch.onnx.export(
        Frozen().eval(),
        (texts, torch.ones_like(texts)),
        str(path),
        input_names=["ids", "mask"],
        output_names=["vector"],
        dynamic_axes={name: {0: "batch", 1: "tokens"} for name in ("ids", "mask")},
        opset_version=17,
        dynamo=False,
    )


if __name__ == "__main__":
    main()
