"""What one channel hears of the other's speaker."""

from __future__ import annotations

from itertools import groupby
from typing import Final

import numpy as np
from numpy.typing import NDArray

from shared.speech.media import Block

from .voice_activity import Region

_FRAME_MS: Final = 100
_FRAME: Final = 1_600
# Speech that is four times as strong on the other channel (6 dB) is the other speaker's.
_FAINTER: Final = 4.0
_LEAST_MS: Final = 250


class CrossTalk:
    """Powers of two channels every 0.1 s; 0.3 MB for an hour."""

    def __init__(self) -> None:
        self._powers: dict[int, list[NDArray[np.float32]]] = {}

    def feed(self, block: Block) -> None:
        """Takes a block of any channel; blocks are a second long, but for the last."""
        samples = np.pad(block.samples.astype(np.float32), (0, -len(block.samples) % _FRAME))
        powers = (samples.reshape(-1, _FRAME) ** 2).mean(axis=1)
        self._powers.setdefault(block.channel, []).append(powers)

    def without(self, regions: list[Region]) -> list[Region]:
        """The regions in order, less what is only heard from the other channel."""
        powers = {channel: np.concatenate(parts) for channel, parts in self._powers.items()}
        found = []
        for region in regions:
            (other,) = (power for channel, power in powers.items() if channel != region.channel)
            found += _own(region, powers[region.channel] * _FAINTER >= other)
        return sorted(found, key=lambda one: (one.start_ms, one.channel))


def _own(region: Region, is_own: NDArray[np.bool_]) -> list[Region]:
    first, last = region.start_ms // _FRAME_MS, -(-region.end_ms // _FRAME_MS)
    found = []
    for own, frames in groupby(range(first, min(last, len(is_own))), lambda at: bool(is_own[at])):
        places = list(frames)
        start_ms = max(places[0] * _FRAME_MS, region.start_ms)
        end_ms = min((places[-1] + 1) * _FRAME_MS, region.end_ms)
        if own and end_ms - start_ms >= _LEAST_MS:
            found.append(Region(region.channel, start_ms, end_ms, region.confidence))
    return found
