"""Patterns that a session's own counts show: what comes back, what goes with what, what moved.

Every pattern says its counts and carries the words that were counted.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from typing import TypeVar

from shared.domain.elements import (
    Belief,
    Element,
    Elements,
    Emotion,
    Evidence,
    Insight,
    Provenance,
    Topic,
    element_id,
)

T = TypeVar("T", bound=Element)

PATTERN = "pattern"

# Below these counts a coincidence looks like a pattern.
MIN_TOGETHER = 3
MIN_SHARE = 0.5
MIN_LIFT = 1.3
MIN_REPEATS = 4
MIN_REPEAT_SHARE = 0.3
MIN_PER_THIRD = 3
MIN_MOVE = 0.5
MIN_BELIEFS = 3
MAX_QUOTES = 6


def find_patterns(windows: Sequence[Elements], provenance: Provenance) -> tuple[Insight, ...]:
    """Return the patterns of a session from its windows in order.

    Args:
        windows: what `analyze` found, window by window.
        provenance: what the patterns name as their maker.
    """
    emotions = _unique([e for window in windows for e in window.emotions])
    topics = _unique([t for window in windows for t in window.topics])
    beliefs = _unique([b for window in windows for b in window.beliefs])
    statements: list[tuple[str, Sequence[Element]]] = [
        *_repeats(emotions),
        *_companions(emotions, topics),
        *_movement(emotions),
        *_themes(beliefs),
    ]
    return tuple(_insight(content, shown, provenance) for content, shown in statements)


def _unique(elements: Sequence[T]) -> list[T]:
    return list({element.id: element for element in elements}.values())


def _repeats(emotions: Sequence[Emotion]) -> Iterator[tuple[str, list[Emotion]]]:
    for name, count in Counter(emotion.name for emotion in emotions).most_common(1):
        if count >= MIN_REPEATS and count / len(emotions) >= MIN_REPEAT_SHARE:
            content = (
                f"{name.capitalize()} came up most often: {count} of the {len(emotions)} feelings"
                " found in this session."
            )
            yield content, [emotion for emotion in emotions if emotion.name == name]


def _companions(
    emotions: Sequence[Emotion], topics: Sequence[Topic]
) -> Iterator[tuple[str, list[Emotion]]]:
    """Feelings that keep a topic's company more than the session's other feelings do."""
    talked: dict[str, set[str]] = defaultdict(set)
    names = {topic.topic_id: topic.name for topic in topics}
    for topic in topics:
        talked[topic.topic_id].update(evidence.segment_id for evidence in topic.evidence)
    for feeling, total in sorted(Counter(e.name for e in emotions).items()):
        for topic_id, segments in sorted(talked.items()):
            beside = [e for e in emotions if e.evidence[0].segment_id in segments]
            together = [e for e in beside if e.name == feeling]
            share = len(together) / total
            usual = len(beside) / len(emotions)
            if len(together) >= MIN_TOGETHER and share >= max(MIN_SHARE, MIN_LIFT * usual):
                content = (
                    f"{feeling.capitalize()} came with {names[topic_id]} {len(together)} of {total}"
                    f" times; all feelings did so {len(beside)} of {len(emotions)} times."
                )
                yield content, together


def _movement(emotions: Sequence[Emotion]) -> Iterator[tuple[str, list[Emotion]]]:
    third = len(emotions) // 3
    if third < MIN_PER_THIRD:
        return
    first, last = list(emotions[:third]), list(emotions[-third:])
    before, after = (sum(e.valence for e in part) / third for part in (first, last))
    if abs(after - before) < MIN_MOVE:
        return
    bad, still_bad = (sum(e.valence < 0 for e in part) for part in (first, last))
    way = "lighter" if after > before else "heavier"
    content = (
        f"Feelings grew {way} from start to end: {bad} of the first {third} found were unpleasant,"
        f" {still_bad} of the last {third}."
    )
    yield content, [*first, *last]


def _themes(beliefs: Sequence[Belief]) -> Iterator[tuple[str, list[Belief]]]:
    limiting = [belief for belief in beliefs if belief.polarity == "limiting"]
    for category, count in sorted(Counter(belief.category for belief in limiting).items()):
        if count >= MIN_BELIEFS:
            content = (
                f"{count} of the {len(limiting)} limiting beliefs stated in this session are about"
                f" {category}."
            )
            yield content, [belief for belief in limiting if belief.category == category]


def _insight(content: str, shown: Sequence[Element], provenance: Provenance) -> Insight:
    evidence: list[Evidence] = [element.evidence[0] for element in shown]
    return Insight(
        id=element_id(Insight.kind, content, *evidence),
        evidence=tuple(evidence[:MAX_QUOTES]),
        provenance=provenance,
        speaker=shown[0].speaker,
        role=shown[0].role,
        content=content,
        type=PATTERN,
    )
