"""The six kinds of element found in a session, each with the words it came from.

Confidence is the calibrated probability, 0..1, that a careful reader would agree; None where the
engine has no calibrated number for it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from .transcript import Role, Segment


@dataclass(frozen=True, slots=True)
class Evidence:
    """Words in the transcript: `quote == segment.text[start:end]`, byte for byte."""

    segment_id: str
    start: int
    end: int
    quote: str
    start_ms: int | None = None
    end_ms: int | None = None


@dataclass(frozen=True, slots=True)
class Provenance:
    """What made an element: engine (`local`), its model and the version of both."""

    engine: str
    model: str
    version: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Element:
    """What all kinds share.

    Attributes:
        id: `element_id(...)`: the same finding in the same words has the same id in every
            delivery and every analysis.
        speaker, role: of the first evidence.
        evidence: at least one, in transcript order.
    """

    kind: ClassVar[str]

    id: str
    evidence: tuple[Evidence, ...]
    provenance: Provenance
    speaker: str | None = None
    role: Role = Role.UNKNOWN
    confidence: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Emotion(Element):
    """A feeling. `valence` -1..1, `intensity` 0..1; `category` is its family (`fear`)."""

    kind: ClassVar[str] = "emotion"

    name: str
    category: str
    valence: float
    intensity: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Topic(Element):
    """What was talked about. `topic_id` is the taxonomy's (`work.deadlines`), stable everywhere."""

    kind: ClassVar[str] = "topic"

    topic_id: str
    name: str
    category: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Belief(Element):
    """What a person holds to be true.

    `polarity` is `limiting` or `empowering`; `about` is `self`, `others`, `world` or `future`;
    `thinking_trap` None unless one is plain.
    """

    kind: ClassVar[str] = "belief"

    text: str
    category: str
    polarity: str
    about: str
    thinking_trap: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Challenge(Element):
    """What makes it hard now. `severity` 0..1; `topic_id` where one belongs to it."""

    kind: ClassVar[str] = "challenge"

    text: str
    severity: float
    topic_id: str | None = None


class ActionStatus:
    """States of an action item."""

    OPEN = "open"
    DONE = "done"
    ALL = (OPEN, DONE)


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionItem(Element):
    """What was agreed to do. `assignee` is a role; `due` an ISO 8601 date or None."""

    kind: ClassVar[str] = "action_item"

    text: str
    assignee: Role
    due: str | None = None
    status: str = ActionStatus.OPEN


@dataclass(frozen=True, slots=True, kw_only=True)
class Insight(Element):
    """`type` is `observation`, `pattern` or `recommendation`."""

    kind: ClassVar[str] = "insight"

    content: str
    type: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Highlight(Element):
    """A sentence that a summary may take; no finding of its own, and none of the six kinds.

    `vector` is its place among meanings, 384 signed bytes in base64: their cosine is a similarity.
    """

    kind: ClassVar[str] = "highlight"

    vector: str


@dataclass(frozen=True, slots=True)
class Elements:
    """All elements of a window or of a session, in transcript order within each kind.

    Iterating gives those of the six kinds, without `highlights`.
    """

    emotions: tuple[Emotion, ...] = ()
    topics: tuple[Topic, ...] = ()
    insights: tuple[Insight, ...] = ()
    beliefs: tuple[Belief, ...] = ()
    challenges: tuple[Challenge, ...] = ()
    action_items: tuple[ActionItem, ...] = ()
    highlights: tuple[Highlight, ...] = ()

    def __iter__(self) -> Iterator[Element]:
        for kind in KINDS:
            yield from getattr(self, kind)


KINDS: dict[str, type[Element]] = {
    "emotions": Emotion,
    "topics": Topic,
    "insights": Insight,
    "beliefs": Belief,
    "challenges": Challenge,
    "action_items": ActionItem,
}


def element_id(kind: str, label: str, *evidence: Evidence) -> str:
    """A 20-character id from what was found and where.

    Args:
        label: what makes two findings in the same words different (`anxiety`, a topic id, a text).
    """
    places = [f"{e.segment_id}:{e.start}:{e.end}" for e in evidence]
    digest = hashlib.sha256("\n".join([kind, label, *places]).encode()).hexdigest()
    return f"{kind[:2]}{digest[:18]}"


def is_evident(element: Element, segments: dict[str, Segment]) -> bool:
    """Whether every quote of `element` stands in `segments` (by id), at its offsets."""
    return bool(element.evidence) and all(_stands(e, segments) for e in element.evidence)


def _stands(evidence: Evidence, segments: dict[str, Segment]) -> bool:
    segment = segments.get(evidence.segment_id)
    return (
        segment is not None
        and 0 <= evidence.start < evidence.end <= len(segment.text)
        and segment.text[evidence.start : evidence.end] == evidence.quote
    )
