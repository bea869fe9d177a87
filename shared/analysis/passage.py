"""What every task is given to work with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from shared.analysis.encoder import Readings
from shared.analysis.heads import Stated
from shared.analysis.sentences import Sentence
from shared.domain.elements import Provenance


@dataclass(frozen=True)
class Passage:
    """The sentences of a window with the model's readings.

    Attributes:
        sentences: of the window itself, in order.
        before: sentences of the segments that lead up to it; context only.
        after: sentences of the segments that follow, where an answer may stand; context only.
        readings: row i belongs to `sentences[i]`.
        stated: what the heads say of `context`, row by row.
        provenance: what the elements made from it will name as their maker.
        session_day: of the session; due dates are reckoned from it.
    """

    sentences: Sequence[Sentence]
    before: Sequence[Sentence]
    after: Sequence[Sentence]
    readings: Readings
    stated: Stated
    provenance: Provenance
    session_day: date

    @cached_property
    def context(self) -> list[Sentence]:
        """All sentences in order: before, of the window, after."""
        return [*self.before, *self.sentences, *self.after]

    def told(self, head: str, row: int, *, is_rule: bool) -> float | None:
        """Return the confidence that `sentences[row]` is what the head looks for, None if low."""
        return self.stated.confidence(head, len(self.before) + row, is_rule=is_rule)
