"""What a voice sounds like: 256 numbers for a second and a half of speech.

The network is the GE2E encoder of Resemblyzer 0.1.4 (github.com/resemble-ai/Resemblyzer,
Apache-2.0; Wan et al. 2018, arXiv 1710.10467). Its input is computed here as its authors compute
it (`resemblyzer/audio.py` with librosa 0.10): a power mel spectrogram, not its logarithm.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from shared.speech.media import RATE_HZ

from .weights import session

Floats = NDArray[np.float32]

MELS: Final = 40
HOP: Final = 160
WINDOW_FRAMES: Final = 160
VECTOR_SIZE: Final = 256
_FFT: Final = 400
# The loudness that the network's training raised quiet recordings to, as the RMS of full scale.
_RMS: Final = 10 ** (-30 / 20)
_BATCH: Final = 8


def mel_frames(samples: NDArray[np.int16]) -> Floats:
    """Shape (frames, 40): power in mel bands every 10 ms, at an even loudness.

    The first frame is centred on the first sample.
    """
    sound = samples.astype(np.float32) / 32_768
    rms = float(np.sqrt(np.mean(sound * sound))) if len(sound) else 0.0
    sound *= _RMS / max(rms, 1e-6)
    padded = np.pad(sound, _FFT // 2)
    frames = np.lib.stride_tricks.sliding_window_view(padded, _FFT)[::HOP]
    spectrum = np.fft.rfft(frames * _hann(), axis=1)
    power = (spectrum.real**2 + spectrum.imag**2).astype(np.float32)
    return np.asarray(power @ _mel_bands().T, dtype=np.float32)


def voiceprints(windows: NDArray[np.float32]) -> Floats:
    """Shape (n, 256), each of unit length, for mel windows of shape (n, frames, 40)."""
    found = [
        session("voiceprint.onnx").run(None, {"mels": windows[start : start + _BATCH]})[0]
        for start in range(0, len(windows), _BATCH)
    ]
    if not found:
        return np.zeros((0, VECTOR_SIZE), np.float32)
    vectors = np.concatenate(found)
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.asarray(vectors / np.maximum(lengths, 1e-6), dtype=np.float32)


@lru_cache(maxsize=1)
def _hann() -> Floats:
    turns = np.arange(_FFT) / _FFT
    return np.asarray(0.5 - 0.5 * np.cos(2 * np.pi * turns), dtype=np.float32)


@lru_cache(maxsize=1)
def _mel_bands() -> Floats:
    """Shape (40, 201): triangles of equal area on Slaney's mel scale (Auditory Toolbox, 1998)."""
    edges = _hertz(np.linspace(_mel(0.0), _mel(RATE_HZ / 2), MELS + 2))
    bins = np.arange(_FFT // 2 + 1) * RATE_HZ / _FFT
    rising = (bins[None, :] - edges[:-2, None]) / (edges[1:-1] - edges[:-2])[:, None]
    falling = (edges[2:, None] - bins[None, :]) / (edges[2:] - edges[1:-1])[:, None]
    triangles = np.maximum(0.0, np.minimum(rising, falling))
    return np.asarray(triangles * (2 / (edges[2:] - edges[:-2]))[:, None], dtype=np.float32)


# Linear below 1 kHz, at 200/3 Hz a mel; above it 27 mels for a factor of 6.4.
_LINEAR_HZ: Final = 200 / 3
_BREAK_HZ: Final = 1_000.0
_BREAK_MEL: Final = _BREAK_HZ / _LINEAR_HZ
_LOG_STEP: Final = np.log(6.4) / 27


def _mel(hertz: float) -> float:
    if hertz < _BREAK_HZ:
        return hertz / _LINEAR_HZ
    return float(_BREAK_MEL + np.log(hertz / _BREAK_HZ) / _LOG_STEP)


def _hertz(mels: NDArray[np.float64]) -> NDArray[np.float64]:
    above = _BREAK_HZ * np.exp(_LOG_STEP * (mels - _BREAK_MEL))
    return np.where(mels < _BREAK_MEL, mels * _LINEAR_HZ, above)
