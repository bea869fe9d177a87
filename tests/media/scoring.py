"""Diarization error as NIST's md-eval counts it: missed, false and confused speech over speech.

Frames of 10 ms; a collar around each boundary of the truth is not judged; the found speakers are
matched with the true ones so that the error is least.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import permutations

import numpy as np
from numpy.typing import NDArray

FRAME_MS = 10


@dataclass(frozen=True)
class Score:
    """In milliseconds of judged speech."""

    spoken_ms: int
    missed_ms: int
    false_ms: int
    confused_ms: int

    @property
    def error(self) -> float:
        return (self.missed_ms + self.false_ms + self.confused_ms) / max(self.spoken_ms, 1)

    def __add__(self, other: Score) -> Score:
        return Score(
            self.spoken_ms + other.spoken_ms,
            self.missed_ms + other.missed_ms,
            self.false_ms + other.false_ms,
            self.confused_ms + other.confused_ms,
        )


Spans = Iterable[tuple[int, int, str | int]]


def score(truth: Spans, found: Spans, collar_ms: int = 250) -> Score:
    """Compares spans (start_ms, end_ms, speaker); nobody speaks at the same time as another."""
    truth, found = list(truth), list(found)
    frames = max(end for _, end, _ in [*truth, *found, (0, 0, "")]) // FRAME_MS + 1
    said, true_names = _frames(truth, frames)
    heard, found_names = _frames(found, frames)
    judged = np.ones(frames, bool)
    for start_ms, end_ms, _ in truth:
        for edge_ms in (start_ms, end_ms):
            first = max((edge_ms - collar_ms) // FRAME_MS, 0)
            judged[first : (edge_ms + collar_ms) // FRAME_MS] = False
    said, heard = said[judged], heard[judged]
    both = (said >= 0) & (heard >= 0)
    right = _best_match(said[both], heard[both], len(true_names), len(found_names))
    counts = (
        (said >= 0).sum(),
        ((said >= 0) & (heard < 0)).sum(),
        ((said < 0) & (heard >= 0)).sum(),
    )
    spoken, missed, false = (int(count) * FRAME_MS for count in counts)
    return Score(spoken, missed, false, (int(both.sum()) - right) * FRAME_MS)


def _frames(spans: list[tuple[int, int, str | int]], frames: int) -> tuple[NDArray[np.int64], list]:
    names = sorted({speaker for _, _, speaker in spans}, key=str)
    found = np.full(frames, -1)
    for start_ms, end_ms, speaker in spans:
        found[start_ms // FRAME_MS : end_ms // FRAME_MS] = names.index(speaker)
    return found, names


def _best_match(said: NDArray[np.int64], heard: NDArray[np.int64], true: int, found: int) -> int:
    together = np.zeros((true, max(found, true)), int)
    np.add.at(together, (said, heard), 1)
    return max(
        sum(int(together[row, column]) for row, column in enumerate(order))
        for order in permutations(range(together.shape[1]), true)
    )
