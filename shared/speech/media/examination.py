"""What a recording is worth, before anything is made of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from .decoding import decode
from .recording import RATE_HZ, Block, Limits, Recording, Samples, Source

Powers = NDArray[np.float32]
_FRAME: Final = RATE_HZ // 50
# A frame speaks where it is this far above the quietest tenth of its channel.
_ABOVE_FLOOR: Final = 4.0
_LEAST_RMS: Final = 30.0
# One side is alone where it has this many times the other's power (10 dB).
_ALONE: Final = 10.0
_LEAST_ALONE_S: Final = 2.0
_LEAST_ALONE_SHARE: Final = 0.6


def examine(source: Source, limits: Limits | None = None) -> Recording:
    """Decodes `source` to its end and says what it is.

    Raises:
        MediaRefused: if it cannot be taken.
    """
    with decode(source, limits, keep_apart=True) as decoding:
        apart = speaks_apart(decoding)
        return replace(decoding.recording, speaks_apart=apart)


def speaks_apart(blocks: Iterable[Block]) -> bool:
    """Whether two channels hold one speaker each.

    They do if most frames of 20 ms with speech in them have it on one side only, at ten times the
    power of the other, and either side has at least two seconds of that. One microphone into both
    channels, or two in one room, put every voice on both sides; a dead channel speaks never.
    """
    powers: tuple[list[Powers], list[Powers]] = ([], [])
    for block in blocks:
        powers[block.channel].append(_frame_powers(block.samples))
    if not powers[1]:
        return False
    left, right = (np.concatenate(side) for side in powers)
    return _is_apart(left, right)


def _frame_powers(samples: Samples) -> Powers:
    whole = len(samples) // _FRAME * _FRAME
    frames = samples[:whole].astype(np.float32).reshape(-1, _FRAME)
    return np.asarray((frames * frames).mean(axis=1), dtype=np.float32)


def _is_apart(left: Powers, right: Powers) -> bool:
    speaks = (left > _threshold(left)) | (right > _threshold(right))
    alone_left = speaks & (left > _ALONE * right)
    alone_right = speaks & (right > _ALONE * left)
    least = _LEAST_ALONE_S * RATE_HZ / _FRAME
    if min(alone_left.sum(), alone_right.sum()) < least:
        return False
    share = (alone_left.sum() + alone_right.sum()) / speaks.sum()
    return bool(share >= _LEAST_ALONE_SHARE)


def _threshold(powers: Powers) -> float:
    return max(float(np.quantile(powers, 0.1)) * _ABOVE_FLOOR**2, _LEAST_RMS**2)
