"""A transcript: who said what, when, and where it stands in the source text.

Offsets count Python characters (Unicode code points). Times are whole milliseconds from the start
of the recording or session.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """Who a speaker is in the session."""

    CLIENT = "client"
    THERAPIST = "therapist"
    UNKNOWN = "unknown"


class Timing(StrEnum):
    """How the start of a segment came to be known.

    EXACT: the source stamps this very place. ESTIMATED: the place lies between two stamps and is
    timed by its share of the characters between them. NONE: no stamp bounds it, so it has no time.
    It says nothing of the end, which is the source's own where it gives one, else the start of
    what follows, else None.
    """

    EXACT = "exact"
    ESTIMATED = "estimated"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch of one speaker's speech, at most `MAX_SEGMENT_CHARS` long.

    Attributes:
        id: unique within the session: `{upload_id}-{index}`.
        turn: number of the speaker turn; a long turn is several segments.
        speaker: the fullest label that the source has for this person, None where it names
            nobody.
        text: exactly `transcript.text[start:end]`, unless `corrected`.
        asides: what within `text` nobody said, as (start, end) offsets into `text`: stage
            directions and markup.
        corrected: whether a person set `text` right; then it is no longer the source's, `start` and
            `end` still say where the source has the words that it stands for.
        start_ms, end_ms: None where `timing` is NONE; `end_ms` also where nothing follows that
            has a time, and where what follows is stamped earlier.
        confidence: 0..1, the share of its words that are expected to be right; None where it was
            written by people, or by an engine that does not tell.
        reliable: False where a transcriber heard it so poorly that nothing may be concluded.
    """

    id: str
    turn: int
    speaker: str | None
    role: Role
    text: str
    start: int
    end: int
    start_ms: int | None = None
    end_ms: int | None = None
    timing: Timing = Timing.NONE
    asides: tuple[tuple[int, int], ...] = ()
    corrected: bool = False
    confidence: float | None = None
    reliable: bool = True

    @property
    def spoken(self) -> str:
        """`text` with its asides blanked by spaces, so that offsets hold."""
        if not self.asides:
            return self.text
        parts, position = [], 0
        for start, end in self.asides:
            parts += [self.text[position:start], " " * (end - start)]
            position = end
        return "".join([*parts, self.text[position:]])


MAX_SEGMENT_CHARS = 4_000
MAX_NAME_CHARS = 100
# They stand in the upload's document, of at most 1 MiB, each once as read and once as named.
MAX_SPEAKERS = 500


class PassageKind(StrEnum):
    """What the source text holds besides speech."""

    HEADER = "header"
    LABEL = "label"
    DIRECTION = "direction"
    SPACE = "space"


@dataclass(frozen=True, slots=True)
class Passage:
    """A stretch of the source that nobody said: `transcript.text[start:end]`."""

    kind: PassageKind
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Speaker:
    """A voice in the transcript.

    Attributes:
        confidence: 0..1, how sure the role is; 1 only where the source says it.
        basis: `label` (the source names the role), `elimination` (the only other voice beside
            somebody whose role is named), `speech` (from how they speak), `single` (one writer,
            taken for the client) or `none`.
    """

    label: str | None
    role: Role
    confidence: float
    basis: str


@dataclass(frozen=True, slots=True)
class Transcript:
    """A whole transcript.

    `segments` and `passages` together tile `text`: every character belongs to exactly one.

    Attributes:
        text: the decoded source with newlines as `\\n`, control characters as spaces and no byte
            order mark. Where the source escapes or packs its text (JSON, WebVTT entities, docx,
            pdf) it is the text that was unpacked.
        format: `text`, `srt`, `vtt`, `json`, `markdown`, `docx` or `pdf`; `speech` where it was
            transcribed from a recording.
        title, date, duration_s: what the header said, None where it said nothing; `date` in
            ISO 8601.
    """

    text: str
    format: str
    segments: tuple[Segment, ...]
    passages: tuple[Passage, ...]
    speakers: tuple[Speaker, ...]
    title: str | None = None
    date: str | None = None
    duration_s: float | None = None


def count_words(segments: Sequence[Segment]) -> int:
    """Number of white-space separated words spoken in `segments`."""
    return sum(len(segment.spoken.split()) for segment in segments)
