"""How many voices there are, and which windows are whose.

Agglomerative clustering with average linkage on cosine similarity, which stops where what is left
are different people (Day & Edelsbrunner 1984; for speakers, e.g. Sell et al. 2018, section 3.3).
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Labels = NDArray[np.int64]

# Mean similarity of windows of one voice is at least 0.60, of two at most 0.52, over three readers
# in five rooms. Means of few windows are loose; two clusters of one voice that have twenty each
# are alike by at least 0.68 there, so more is asked of those.
SAME_VOICE: Final = 0.57
_LARGE_MARGIN: Final = 0.06
_LARGE_WINDOWS: Final = 20
MOST_SPEAKERS: Final = 6
# More points than this are averaged with their neighbours in time first; an hour takes a second.
_MOST_POINTS: Final = 800
# A voice with less than so many windows of 0.4 s is taken for noise upon another one.
_LEAST_WINDOWS: Final = 6
_GONE: Final = -2.0


def cluster(vectors: Floats, speakers: int | None = None) -> Labels:
    """The voice of each window, numbered in the order in which they are first heard.

    Args:
        vectors: shape (n, 256), unit length, in the order of time.
        speakers: how many there are, 1 to 6; None to find out.
    """
    if not len(vectors):
        return np.zeros(0, np.int64)
    step = -(-len(vectors) // _MOST_POINTS)
    points = np.arange(len(vectors)) // step
    labels = _merge(vectors, points, speakers)[points]
    if speakers is None:
        labels = _without_small(vectors, labels)
    return _in_order_heard(labels)


def centres(vectors: Floats, labels: Labels) -> Floats:
    """Shape (voices, 256): the mean of each voice, of unit length."""
    means = np.stack([vectors[labels == voice].mean(axis=0) for voice in range(labels.max() + 1)])
    lengths = np.linalg.norm(means, axis=1, keepdims=True)
    return np.asarray(means / np.maximum(lengths, 1e-6), dtype=np.float32)


def _merge(vectors: Floats, points: Labels, speakers: int | None) -> Labels:
    """The cluster of each point."""
    count = int(points[-1]) + 1
    sums = np.zeros((count, vectors.shape[1]))
    np.add.at(sums, points, vectors)
    sizes = np.bincount(points).astype(float)
    likeness = (sums @ sums.T) / np.outer(sizes, sizes)
    np.fill_diagonal(likeness, _GONE)
    owner = np.arange(count)
    for left in range(count, 1, -1):
        first, second = divmod(int(likeness.argmax()), count)
        if _is_done(left, float(likeness[first, second]), speakers):
            break
        owner[owner == second] = first
        sums[first] += sums[second]
        sizes[first] += sizes[second]
        row = (sums @ sums[first]) / (sizes * sizes[first])
        row -= _LARGE_MARGIN * (np.minimum(sizes, sizes[first]) >= _LARGE_WINDOWS)
        row[likeness[first] == _GONE] = _GONE
        row[second] = _GONE
        likeness[first], likeness[:, first] = row, row
        likeness[second], likeness[:, second] = _GONE, _GONE
    return owner


def _is_done(left: int, nearest: float, speakers: int | None) -> bool:
    return left <= speakers if speakers else nearest < SAME_VOICE


def _without_small(vectors: Floats, labels: Labels) -> Labels:
    """Gives the windows of voices that hardly speak, or are too many, to the nearest other."""
    voices, sizes = np.unique(labels, return_counts=True)
    largest = voices[np.argsort(-sizes, kind="stable")][:MOST_SPEAKERS]
    kept = [voice for voice in largest if (labels == voice).sum() >= _LEAST_WINDOWS]
    kept = kept or [int(largest[0])]
    means = np.stack([vectors[labels == voice].mean(axis=0) for voice in kept])
    nearest = np.array(kept)[(vectors @ means.T).argmax(axis=1)]
    return np.where(np.isin(labels, kept), labels, nearest)


def _in_order_heard(labels: Labels) -> Labels:
    _, first, numbers = np.unique(labels, return_index=True, return_inverse=True)
    return np.asarray(np.argsort(np.argsort(first))[numbers], dtype=np.int64)
