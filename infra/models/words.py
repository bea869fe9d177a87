"""Words that were said beside words that were heard."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Alignment:
    """The cheapest way to turn what was said into what was heard.

    Attributes:
        right: for each word heard, whether it was said there.
        errors: for each word heard, 1 if it is wrong or was not said, and 1 for each word that was
            missed between it and the word before it; those at the end count with the last word.
        said: for each word heard, how many of the words said it stands for.
        missed: words said where nothing was heard at all.
    """

    right: tuple[bool, ...]
    errors: tuple[int, ...]
    said: tuple[int, ...]
    missed: int = 0


def align(said: Sequence[str], heard: Sequence[str]) -> Alignment:
    """Aligns by the fewest insertions, deletions and substitutions (Levenshtein)."""
    if not heard:
        return Alignment((), (), (), len(said))
    said, heard = [_spelled(word) for word in said], [_spelled(word) for word in heard]
    right, errors, counts = [False] * len(heard), [0] * len(heard), [0] * len(heard)
    row, column = len(said), len(heard)
    costs = _costs(said, heard)
    while row or column:
        cost = costs[row][column]
        if (
            row
            and column
            and cost == costs[row - 1][column - 1] + (said[row - 1] != heard[column - 1])
        ):
            row, column = row - 1, column - 1
            right[column] = said[row] == heard[column]
            errors[column] += not right[column]
            counts[column] += 1
        elif column and cost == costs[row][column - 1] + 1:
            column -= 1
            errors[column] += 1
        else:
            row -= 1
            near = min(column, len(heard) - 1)
            errors[near] += 1
            counts[near] += 1
    return Alignment(tuple(right), tuple(errors), tuple(counts))


# Written differently, said alike.
_SPELLINGS = {"mr": "mister", "mrs": "missus", "dr": "doctor", "st": "saint", "ok": "okay"}


def _spelled(word: str) -> str:
    return _SPELLINGS.get(word, word)


def _costs(said: Sequence[str], heard: Sequence[str]) -> list[list[int]]:
    costs = [list(range(len(heard) + 1))]
    for number, word in enumerate(said, start=1):
        before, row = costs[-1], [number]
        for at, other in enumerate(heard):
            row.append(min(before[at + 1] + 1, row[-1] + 1, before[at] + (word != other)))
        costs.append(row)
    return costs
