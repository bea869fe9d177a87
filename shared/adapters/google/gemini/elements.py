"""From findings to elements: what stands in the transcript, is the client's own, and only once.

Texts are quotes, and strengths come from the words that grade them: nothing that the model wrote
itself is kept.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from itertools import groupby
from typing import Any, TypeVar

from shared.adapters.google.gemini.places import Ground, Place
from shared.adapters.google.gemini.schema import (
    FEELINGS,
    NO_TRAP,
    OBSERVATION,
    ActionFinding,
    Findings,
    InsightFinding,
)
from shared.analysis.tasks.actions.due import resolve_due
from shared.analysis.tasks.emotions.intensity import named_intensity
from shared.analysis.tasks.emotions.vocabulary import Feeling, load_vocabulary
from shared.analysis.tasks.topics.taxonomy import Taxonomy
from shared.domain.elements import (
    ActionItem,
    Belief,
    Challenge,
    Elements,
    Emotion,
    Insight,
    Provenance,
    Topic,
    element_id,
)
from shared.domain.transcript import Role

T = TypeVar("T")
Labelled = tuple[Place, T]

MAX_QUOTES = 3
# What is shorter states nothing ("I know").
MIN_STATEMENT_CHARS = 10
# What a difficulty has that no word grades, as in `shared/analysis/tasks/challenges/task.py`.
USUAL_SEVERITY = 0.5


def make_elements(
    findings: Findings,
    ground: Ground,
    provenance: Provenance,
    session_day: date,
    taxonomy: Taxonomy,
) -> Elements:
    """Return the elements that the findings and the segments bear out together.

    Args:
        session_day: what due dates are reckoned from.
        taxonomy: of the topics that were found.
    """
    topics = tuple(_topics(findings, ground, provenance, taxonomy))
    return Elements(
        emotions=tuple(_emotions(findings, ground, provenance)),
        topics=topics,
        insights=tuple(_insights(findings, ground, provenance)),
        beliefs=tuple(_beliefs(findings, ground, provenance)),
        challenges=tuple(_challenges(findings, ground, provenance, topics)),
        action_items=tuple(_action_items(findings, ground, provenance, session_day)),
    )


def _shared(kind: str, label: str, places: list[Place], made_by: Provenance) -> dict[str, Any]:
    evidence = tuple(place.evidence for place in places)
    first = places[0].segment
    return {
        "id": element_id(kind, label, *evidence),
        "evidence": evidence,
        "provenance": made_by,
        "speaker": first.speaker,
        "role": first.role,
    }


def _emotions(findings: Findings, ground: Ground, made_by: Provenance) -> Iterator[Emotion]:
    found = (
        (place, finding.name)
        for finding in findings.emotions
        if (place := ground.find_client(finding.segment, finding.quote))
    )
    for places, name in _by_turn(found):
        feeling = FEELINGS[name]
        yield Emotion(
            **_shared(Emotion.kind, name, places, made_by),
            name=name,
            category=feeling.category,
            valence=feeling.valence,
            intensity=max(_intensity(place, feeling) for place in places),
        )


def _intensity(place: Place, feeling: Feeling) -> float:
    """Intensity 0..1 by the vocabulary's terms and the words that grade them."""
    vocabulary, text = load_vocabulary(), place.quote
    named = [
        named_intensity(text, match.start(), feeling.terms[match[0].lower()])
        for match in vocabulary.pattern.finditer(text)
        if match[0].lower() in feeling.terms
    ]
    return max(named or [named_intensity(text, len(text), feeling.usual_intensity)])


def _topics(
    findings: Findings, ground: Ground, made_by: Provenance, taxonomy: Taxonomy
) -> Iterator[Topic]:
    found = (
        (place, finding.topic)
        for finding in findings.topics
        if (place := ground.find(finding.segment, finding.quote))
    )
    for places, topic_id in _by_turn(found):
        topic = taxonomy.by_id[topic_id]
        yield Topic(
            **_shared(Topic.kind, topic_id, places, made_by),
            topic_id=topic_id,
            name=topic.name,
            category=topic.category,
        )


def _beliefs(findings: Findings, ground: Ground, made_by: Provenance) -> Iterator[Belief]:
    found = (
        (place, finding)
        for finding in findings.beliefs
        if (place := ground.find_client(finding.segment, finding.quote))
    )
    for place, finding in _apart(found):
        trap = finding.thinking_trap
        yield Belief(
            **_shared(Belief.kind, finding.category, [place], made_by),
            text=place.quote,
            category=finding.category,
            polarity=finding.polarity,
            about=finding.about,
            thinking_trap=None if trap == NO_TRAP else trap,
        )


def _challenges(
    findings: Findings, ground: Ground, made_by: Provenance, topics: tuple[Topic, ...]
) -> Iterator[Challenge]:
    subjects = {e.segment_id: topic.topic_id for topic in reversed(topics) for e in topic.evidence}
    found = (
        (place, None)
        for finding in findings.challenges
        if (place := ground.find_client(finding.segment, finding.quote))
    )
    for place, _ in _apart(found):
        yield Challenge(
            **_shared(Challenge.kind, "", [place], made_by),
            text=place.quote,
            severity=named_intensity(place.quote, len(place.quote), USUAL_SEVERITY),
            topic_id=subjects.get(place.segment.id),
        )


def _action_items(
    findings: Findings, ground: Ground, made_by: Provenance, session_day: date
) -> Iterator[ActionItem]:
    found = (
        (places[0], places)
        for finding in findings.action_items
        if (places := _agreement(finding, ground))
    )
    for place, places in _apart(found):
        yield ActionItem(
            **_shared(ActionItem.kind, place.quote, places, made_by),
            text=place.quote,
            assignee=Role.CLIENT,
            due=_due(places, session_day),
        )


def _due(places: list[Place], session_day: date) -> str | None:
    dues = (resolve_due(place.quote, session_day) for place in places)
    return next((due for due in dues if due), None)


def _agreement(finding: ActionFinding, ground: Ground) -> list[Place]:
    """The client's commitment, or the therapist's proposal with the client's yes; else nothing."""
    place = ground.find(finding.segment, finding.quote)
    if place is None:
        return []
    if place.segment.role is not Role.THERAPIST:
        own = ground.find_client(finding.segment, finding.quote)
        return [own] if own else []
    assent = ground.find_assent(finding.agreed_segment, finding.agreed_quote, place)
    return [place, assent] if assent else []


def _insights(findings: Findings, ground: Ground, made_by: Provenance) -> Iterator[Insight]:
    found = (
        (place, finding.type)
        for finding in findings.insights
        if (place := _seen_or_proposed(finding, ground))
    )
    for place, type_ in _apart(found):
        yield Insight(
            **_shared(Insight.kind, type_, [place], made_by), content=place.quote, type=type_
        )


def _seen_or_proposed(finding: InsightFinding, ground: Ground) -> Place | None:
    if finding.type == OBSERVATION:
        return ground.find_client(finding.segment, finding.quote)
    place = ground.find(finding.segment, finding.quote)
    return place if place and place.segment.role is Role.THERAPIST else None


def _by_turn(found: Iterable[Labelled[str]]) -> Iterator[tuple[list[Place], str]]:
    """One finding for each label in a turn, with its first quotes that do not overlap."""
    ordered = sorted(found, key=lambda pair: (pair[0].segment.turn, pair[1], *pair[0].order))
    groups = [
        ([place for place, _ in _disjoint(pairs)][:MAX_QUOTES], label)
        for (_, label), pairs in groupby(ordered, key=lambda pair: (pair[0].segment.turn, pair[1]))
    ]
    yield from sorted(groups, key=lambda group: (group[0][0].order, group[1]))


def _apart(found: Iterable[Labelled[T]]) -> Iterator[Labelled[T]]:
    """Statements in transcript order; of those that overlap, the first and longest."""
    long_enough = [pair for pair in found if len(pair[0].quote) >= MIN_STATEMENT_CHARS]
    ordered = sorted(
        long_enough, key=lambda pair: (*pair[0].order[:2], -pair[0].end, repr(pair[1]))
    )
    return _disjoint(ordered)


def _disjoint(ordered: Iterable[Labelled[T]]) -> Iterator[Labelled[T]]:
    latest: Place | None = None
    for place, label in ordered:
        if latest is None or place.follows(latest):
            latest = place
            yield place, label
