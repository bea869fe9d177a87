"""What every format is parsed into, before speakers, times and segments are worked out."""

from __future__ import annotations

from dataclasses import dataclass, field

from shared.domain.transcript import Passage, Role

from .stamps import Stamp

Span = tuple[int, int]


def trimmed(text: str, start: int, end: int) -> Span:
    """[start, end) without the white space at its ends; empty at `start` if there is no more."""
    first = start
    while first < end and text[first].isspace():
        first += 1
    while end > first and text[end - 1].isspace():
        end -= 1
    return (first, end) if first < end else (start, start)


@dataclass(slots=True)
class Utterance:
    """Speech that the source gives as one piece: `script.text[start:end]`.

    Attributes:
        label: as written; None where the source names nobody.
        at, until: stamps that the source gives it.
        opens_turn: it begins a turn even if the speaker before was the same.
        unspoken: spans (offsets into the text) within it that nobody said, besides the stage
            directions that stand in its lines.
    """

    label: str | None
    start: int
    end: int
    at: Stamp | None = None
    until: Stamp | None = None
    opens_turn: bool = True
    unspoken: list[Span] = field(default_factory=list)


@dataclass(slots=True)
class Header:
    """What the source says of itself.

    Attributes:
        date: ISO 8601, with the time of day where the source has one.
        roles: names and the role that the source gives them (`Client: Alex`).
    """

    title: str | None = None
    date: str | None = None
    starts: Stamp | None = None
    duration_s: float | None = None
    roles: dict[str, Role] = field(default_factory=dict)


@dataclass(slots=True)
class Script:
    """A parsed source.

    Attributes:
        utterances: in text order, not overlapping.
        passages: headers, labels and directions; what is in neither is white space or a label.
        anchors: (offset, stamp) of stamps that no utterance bears.
        aliases: short labels and the full ones that introduce them (`A` -> `Alex`).
        one_writer: the source is prose that one person wrote.
        running_times: stamps count from the start and are never times of day.
    """

    format: str
    text: str
    utterances: list[Utterance] = field(default_factory=list)
    passages: list[Passage] = field(default_factory=list)
    header: Header = field(default_factory=Header)
    anchors: list[tuple[int, Stamp]] = field(default_factory=list)
    aliases: dict[str, str] = field(default_factory=dict)
    one_writer: bool = False
    running_times: bool = False
