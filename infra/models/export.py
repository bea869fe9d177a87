"""From PyTorch weights to the shipped ONNX files, int8 or float32."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Sequence
from pathlib import Path

import onnx
import torch
from onnxruntime.quantization import QuantType, quantize_dynamic
from torch import Tensor, nn

from infra.models.encoder import Analyser, Companion, Dimensions
from shared.analysis.encoder import FIRST_FILE, SECOND_FILE

FIRST_OUTPUTS = ("emotions", "groups", "vector", "middle", "embedded")
SECOND_OUTPUTS = ("emotions_again", "groups_again", "statements", "topics")


class UnpaddedFirst(nn.Module):
    """The first encoder for texts of one length: no mask, outputs in the order of their names."""

    def __init__(self, model: Analyser, emotions: int) -> None:
        super().__init__()
        self.model, self.emotions = model, emotions

    def forward(self, ids: Tensor) -> tuple[Tensor, ...]:
        """Return the outputs for ids of shape (batch, tokens)."""
        embedded = self.model.encoder.embed(ids)
        found = self.model.read(embedded, torch.ones_like(ids))
        emotions, groups = _apart(found["emotions"], self.emotions)
        return emotions, groups, found["vector"], found["middle"], embedded


class UnpaddedSecond(nn.Module):
    """The second likewise, from what the first one embeds."""

    def __init__(self, model: Companion, emotions: int) -> None:
        super().__init__()
        self.model, self.emotions = model, emotions

    def forward(self, embedded: Tensor) -> tuple[Tensor, ...]:
        """Return the outputs for states of shape (batch, tokens, hidden)."""
        found = self.model.read(embedded, torch.ones_like(embedded[:, :, 0]))
        return *_apart(found["emotions"], self.emotions), found["statements"], found["topics"]


def _apart(logits: Tensor, emotions: int) -> tuple[Tensor, Tensor]:
    """Return the logits of the labels and, from behind them, those of their groups."""
    return logits[:, :emotions], logits[:, emotions:]


def export_first(model: Analyser, emotions: int, folder: Path) -> None:
    """Write the first encoder as float32 ONNX: `ids` (batch, tokens) int64 to its outputs."""
    ids = torch.full((2, 7), 2000)
    _export(UnpaddedFirst(model, emotions), ids, "ids", FIRST_OUTPUTS, folder / FIRST_FILE)


def export_second(model: Companion, emotions: int, folder: Path) -> None:
    """Write the second likewise: `embedded` (batch, tokens, 384) float32 to its outputs."""
    states = torch.zeros(2, 7, Dimensions().hidden)
    path = folder / SECOND_FILE
    _export(UnpaddedSecond(model, emotions), states, "embedded", SECOND_OUTPUTS, path)


def _export(
    model: nn.Module, example: Tensor, taken: str, given: Sequence[str], path: Path
) -> None:
    axes = {name: {0: "batch"} for name in given}
    axes |= {name: {0: "batch", 1: "tokens"} for name in (taken, "embedded")}
    torch.onnx.export(
        model.eval(),
        (example,),
        str(path),
        input_names=[taken],
        output_names=list(given),
        dynamic_axes={name: axes[name] for name in (taken, *given)},
        opset_version=17,
        dynamo=False,
    )


def quantise(source: Path, target: Path) -> None:
    """Write an int8 copy: weights per channel, activations at run time."""
    with tempfile.TemporaryDirectory() as folder:
        prepared = Path(folder) / "prepared.onnx"
        onnx.save(onnx.shape_inference.infer_shapes(onnx.load(source)), prepared)
        quantize_dynamic(prepared, target, per_channel=True, weight_type=QuantType.QInt8)


def sha256(path: Path) -> str:
    """Return a file's SHA-256 in hexadecimal."""
    return hashlib.sha256(path.read_bytes()).hexdigest()
