"""Challenges: what the client says makes it hard for him now."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from shared.analysis.clauses import clause_end, is_dangling, statement_bounds
from shared.analysis.evidence import quote
from shared.analysis.heads import CHALLENGE
from shared.analysis.passage import Passage
from shared.analysis.sentences import Sentence
from shared.analysis.stance import is_denied
from shared.analysis.tasks.challenges.forms import FORMS, OCCASION, OVER
from shared.analysis.tasks.emotions.intensity import named_intensity
from shared.analysis.tasks.topics.task import Hit
from shared.domain.elements import Challenge, element_id

_MIN_WORDS = 2
# Of a difficulty that no form names.
_USUAL_SEVERITY = 0.5


@dataclass(frozen=True)
class Difficulty:
    """What is hard: offsets [start, end) in a sentence, and how severe it sounds, 0..1."""

    start: int
    end: int
    severity: float


class ChallengeTask:
    """Finds challenges in a passage."""

    def find(self, passage: Passage, hits: Sequence[Sequence[Hit]]) -> tuple[Challenge, ...]:
        """Return the client's challenges in order, each with the topic of its sentence."""
        found = []
        for row, (sentence, topics) in enumerate(zip(passage.sentences, hits, strict=True)):
            if not sentence.is_client or sentence.is_question or OVER.search(sentence.own):
                continue
            difficulty = find_difficulty(sentence)
            confidence = passage.told(CHALLENGE, row, is_rule=difficulty is not None)
            if confidence is not None:
                topic = topics[0].topic.id if topics else None
                told = difficulty or _whole(sentence)
                found.append(_challenge(sentence, told, confidence, topic, passage))
        return tuple(found)


def _whole(sentence: Sentence) -> Difficulty:
    start, end = statement_bounds(sentence.own)
    return Difficulty(start, end, named_intensity(sentence.own, end, _USUAL_SEVERITY))


def find_difficulty(sentence: Sentence) -> Difficulty | None:
    """Return the first thing that the sentence calls hard, None where it calls nothing so."""
    text = sentence.own
    if sentence.is_question or OVER.search(text):
        return None
    for base, pattern in FORMS:
        match = pattern.search(text)
        if match and _is_told(text, match.start()):
            start, end = _bounds(text, match)
            if len(text[start:end].split()) >= _MIN_WORDS:
                return Difficulty(start, end, named_intensity(text, match.end(), base))
    return None


def _is_told(text: str, place: int) -> bool:
    """Whether it is what the sentence says, neither denied nor the occasion of something else."""
    return not is_denied(text, place) and not OCCASION.search(text[max(0, place - 24) : place])


def _bounds(text: str, match: re.Match[str]) -> tuple[int, int]:
    end = clause_end(text, match.end())
    # "It's the perfectionism I've been struggling with": what is hard stands before.
    behind = is_dangling(text, len(text[:end].rstrip(".!")))
    return (len(text) - len(text.lstrip()) if behind else match.start()), end


def _challenge(
    sentence: Sentence,
    difficulty: Difficulty,
    confidence: float,
    topic: str | None,
    passage: Passage,
) -> Challenge:
    evidence = quote(sentence, difficulty.start, difficulty.end)
    return Challenge(
        id=element_id(Challenge.kind, "", evidence),
        evidence=(evidence,),
        provenance=passage.provenance,
        speaker=sentence.segment.speaker,
        role=sentence.segment.role,
        confidence=confidence,
        text=evidence.quote,
        severity=difficulty.severity,
        topic_id=topic,
    )
