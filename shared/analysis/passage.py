"""What every task is given to work with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from shared.analysis.encoder import Readings
from shared.analysis.sentences import Sentence
from shared.domain.elements import Provenance


@dataclass(frozen=True)
class Passage:
    """The sentences of a window with the model's readings.

    Attributes:
        sentences: of the window itself, in order.
        after: sentences of the segments that follow, where an answer may stand; context only.
        readings: row i belongs to `sentences[i]`.
        provenance: what the elements made from it will name as their maker.
    """

    sentences: Sequence[Sentence]
    after: Sequence[Sentence]
    readings: Readings
    provenance: Provenance
