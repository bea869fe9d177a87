"""The base model as it comes, in ONNX: what `make bench` measures the engine beside.

train-venv/bin/python -m infra.models.frozen --out build/minilm.onnx
"""

from __future__ import annotations

import argparse
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn import functional

from infra.models.encoder import Encoder, load_base


class Frozen(nn.Module):
    """MiniLM with mean pooling: ids and mask (batch, tokens) to unit vectors (batch, 384)."""

    def __init__(self) -> None:
        super().__init__()
        self.encoder = Encoder()
        load_base(self.encoder)

    def forward(self, ids: Tensor, mask: Tensor) -> Tensor:
        """Return the mean state of the tokens that the mask keeps."""
        weights = mask[:, :, None].to(torch.float32)
        states = self.encoder(ids, mask)[-1] * weights
        return functional.normalize(states.sum(1) / weights.sum(1), dim=-1)


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
