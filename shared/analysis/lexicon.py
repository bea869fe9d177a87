"""A linear model of words and letters, beside the sentence encoder: it knows what it has counted.

The features are those of a TF-IDF vectoriser (Salton and Buckley 1988) with sublinear counts: words
and pairs of words, and runs of three to five letters within a word. The training uses `words` and
`letters` of this module, so that both sides count the same things.
"""

from __future__ import annotations

import io
import itertools
import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]

# What lies beyond adds next to nothing to a sentence and would let a long line cost without bound.
MAX_CHARS = 1_000
SHORTEST_RUN, LONGEST_RUN = 3, 5
_TOKEN = re.compile(r"[a-z0-9']+|[^\w\s]")


def words(text: str) -> list[str]:
    """Return the words and marks of a text and its pairs of neighbours, in lower case."""
    found = _TOKEN.findall(_folded(text))
    return found + [f"{left} {right}" for left, right in itertools.pairwise(found)]


def letters(text: str) -> list[str]:
    """Return the runs of 3 to 5 characters of each word with a blank on either side."""
    runs: list[str] = []
    for word in _folded(text).split():
        padded = f" {word} "
        for size in range(SHORTEST_RUN, LONGEST_RUN + 1):
            if size >= len(padded):
                runs.append(padded)
                break
            runs += [padded[start : start + size] for start in range(len(padded) - size + 1)]
    return runs


def _folded(text: str) -> str:
    return text[:MAX_CHARS].lower().replace("’", "'")


@dataclass(frozen=True)
class Block:
    """One kind of feature with its weights.

    Attributes:
        features: the occurrences in a text.
        columns: feature -> its row of `weights`.
        rarity: (features,) inverse document frequency.
        weights: (features, columns) int8, in units of the lexicon's scales.
    """

    features: Callable[[str], list[str]]
    columns: Mapping[str, int]
    rarity: Floats
    weights: NDArray[np.int8]

    def scores(self, text: str) -> Floats:
        """Return (columns,) sums of the weights over the text's unit feature vector."""
        counts = Counter(self.features(text))
        known = [(self.columns[name], n) for name, n in counts.items() if name in self.columns]
        if not known:
            return np.zeros(self.weights.shape[1], np.float32)
        rows, times = (np.array(part) for part in zip(*known, strict=True))
        values = ((1.0 + np.log(times)) * self.rarity[rows]).astype(np.float32)
        values /= np.linalg.norm(values)
        return np.asarray(values @ self.weights[rows].astype(np.float32), np.float32)


@dataclass(frozen=True)
class Lexicon:
    """The blocks, and what turns their sums into log-odds per column.

    The columns are the 28 labels of GoEmotions and, behind them, the 17 kinds of statement.
    """

    blocks: tuple[Block, ...]
    scales: Floats
    offsets: Floats

    def scores(self, texts: Sequence[str]) -> Floats:
        """Return (n, columns) log-odds, each row by its own text alone."""
        found = np.zeros((len(texts), len(self.offsets)), np.float32)
        for row, text in enumerate(texts):
            for block in self.blocks:
                found[row] += block.scores(text)
        return found * self.scales + self.offsets


FEATURES: dict[str, Callable[[str], list[str]]] = {"words": words, "letters": letters}


def read_lexicon(content: bytes) -> Lexicon:
    """Return the lexicon in the bytes of a `lexicon.npz`, which `infra/models` writes."""
    arrays = np.load(io.BytesIO(content), allow_pickle=False)
    blocks = tuple(_block(name, arrays) for name in FEATURES)
    return Lexicon(blocks, arrays["scales"], arrays["offsets"])


def _block(name: str, arrays: Mapping[str, Any]) -> Block:
    names = arrays[f"{name}.names"].tobytes().decode("utf-8").split("\n")
    return Block(
        features=FEATURES[name],
        columns={feature: row for row, feature in enumerate(names)},
        rarity=arrays[f"{name}.rarity"],
        weights=arrays[f"{name}.weights"],
    )
