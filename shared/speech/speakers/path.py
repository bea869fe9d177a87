"""The likeliest sequence of speakers over frames: the Viterbi algorithm (Forney 1973)."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

# Logarithms of the odds against another speaker in the next 0.1 s: within speech, and after a
# silence. Turns last seconds; they begin mostly after silence.
_WITHIN: Final = 12.0
_AFTER_SILENCE: Final = 2.5


def smoothest_path(
    likelihood: NDArray[np.float32], after_silence: NDArray[np.bool_]
) -> NDArray[np.int64]:
    """The speaker of each frame.

    Args:
        likelihood: shape (frames, speakers), logarithmic.
        after_silence: per frame, whether a silence is before it.
    """
    frames, speakers = likelihood.shape
    best = likelihood[0].astype(float)
    came_from = np.zeros((frames, speakers), np.int8)
    same = np.arange(speakers)
    for frame in range(1, frames):
        cost = _AFTER_SILENCE if after_silence[frame] else _WITHIN
        leader = int(best.argmax())
        switched = best[leader] - cost
        came_from[frame] = np.where(best >= switched, same, leader)
        best = np.maximum(best, switched) + likelihood[frame]
    path = np.zeros(frames, np.int64)
    path[-1] = int(best.argmax())
    for frame in range(frames - 1, 0, -1):
        path[frame - 1] = came_from[frame, path[frame]]
    return path
