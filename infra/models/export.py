"""From PyTorch weights to the shipped ONNX file, int8 or float32."""

from __future__ import annotations

import hashlib
import tempfile
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import torch
from numpy.typing import NDArray
from onnxruntime.quantization import QuantType, quantize_dynamic
from torch import Tensor, nn

from infra.models.encoder import Analyser
from infra.models.fit import OUTPUTS


class Unpadded(nn.Module):
    """The analyser for texts of one length: no mask, outputs in the order of `OUTPUTS`."""

    def __init__(self, model: Analyser) -> None:
        super().__init__()
        self.model = model

    def forward(self, ids: Tensor) -> tuple[Tensor, ...]:
        """Return the outputs for ids of shape (batch, tokens)."""
        found = self.model(ids, torch.ones_like(ids))
        return tuple(found[name] for name in OUTPUTS)


def export(model: Analyser, path: Path) -> None:
    """Write the model as float32 ONNX with input `ids` (batch, tokens), int64."""
    axes = {"ids": {0: "batch", 1: "tokens"}, **{name: {0: "batch"} for name in OUTPUTS}}
    torch.onnx.export(
        Unpadded(model.eval()),
        (torch.full((2, 7), 2000),),
        str(path),
        input_names=["ids"],
        output_names=list(OUTPUTS),
        dynamic_axes=axes,
        opset_version=17,
        dynamo=False,
    )


def quantise(source: Path, target: Path) -> None:
    """Write an int8 copy: weights per channel, activations at run time."""
    with tempfile.TemporaryDirectory() as folder:
        prepared = Path(folder) / "prepared.onnx"
        onnx.save(onnx.shape_inference.infer_shapes(onnx.load(source)), prepared)
        quantize_dynamic(prepared, target, per_channel=True, weight_type=QuantType.QInt8)


def run(path: Path, ids: list[list[int]]) -> dict[str, NDArray[np.float32]]:
    """Return every output for every text, run one text at a time by onnxruntime."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    found = [session.run(None, {"ids": np.array([text], dtype=np.int64)}) for text in ids]
    return {
        name: np.concatenate([row[column] for row in found]) for column, name in enumerate(OUTPUTS)
    }


def sha256(path: Path) -> str:
    """Return a file's SHA-256 in hexadecimal."""
    return hashlib.sha256(path.read_bytes()).hexdigest()
