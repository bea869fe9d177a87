"""Challenges: what the client says makes it hard for him now."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from shared.analysis.clauses import clause_end, is_dangling
from shared.analysis.evidence import quote
from shared.analysis.passage import Passage
from shared.analysis.sentences import Sentence
from shared.analysis.stance import is_denied
from shared.analysis.tasks.emotions.intensity import named_intensity
from shared.analysis.tasks.topics.task import Hit
from shared.domain.elements import Challenge, element_id

_ADVERB = r"(?:(?:still|really|also|often|just|always|sometimes|kind\s+of|constantly|usually)\s+)*"
# Each form with the severity 0..1 that it has unmodified.
_FORMS: tuple[tuple[float, re.Pattern[str]], ...] = tuple(
    (severity, re.compile(pattern, re.IGNORECASE))
    for severity, pattern in (
        (0.6, rf"\bI\s+{_ADVERB}(?:struggle|struggled|battle)\b"),
        (0.6, rf"\bI(?:['’]m|\s+am|['’]ve\s+been|\s+have\s+been)\s+{_ADVERB}struggling\b"),
        (0.5, rf"\bI\s+{_ADVERB}(?:have|had)\s+(?:a\s+)?(?:trouble|difficulty|hard\s+time)\b"),
        (0.5, rf"\bI\s+{_ADVERB}find\s+(?:it|myself)\s+(?:\w+\s+)?(?:hard|difficult|tough)\b"),
        (
            0.5,
            rf"\bit(?:['’]s|\s+is|['’]s\s+been|\s+has\s+been)\s+{_ADVERB}(?:so\s+|very\s+|pretty\s+)?"
            r"(?:hard|difficult|tough|challenging|exhausting|a\s+(?:\w+\s+)?struggle)\b"
            r"(?=\s+(?:to|for|when|not|sometimes|because|keeping|trying|letting)\b|\s*[.,;!—-])",
        ),
        (0.5, r"\b(?:the\s+)?(?:hardest|toughest|most\s+difficult)\s+(?:part|thing)\b"),
        (
            0.55,
            rf"\bI\s+{_ADVERB}(?:can['’]t|cannot|can\s+not|couldn['’]t)\s+(?:seem\s+to\s+)?(?:stop|"
            r"shake|let\s+go|switch\s+off|turn\s+(?:it\s+)?off|focus|concentrate|sleep|relax|cope|"
            r"keep\s+up|get\s+(?:out\s+of|over|past)|feel\s+anything|handle|breathe)\b",
        ),
        (
            0.5,
            rf"\bI\s+{_ADVERB}(?:keep|kept)\s+(?:on\s+)?(?:replaying|worrying|obsessing|thinking\s+about"
            r"|comparing|putting\s+(?:it|things)\s+off|avoiding|checking|overthinking|doubting"
            r"|procrastinating|second-guessing)\b",
        ),
        (
            0.45,
            rf"\bI\s+(?:{_ADVERB}tend\s+to|{_ADVERB}end\s+up|(?:still|often|always|constantly|usually)\s+"
            r"(?:\w+\s+)?)\s*(?:obsess\w*|overthink\w*|ruminat\w*|procrastinat\w*|avoid\w*|overwork\w*|"
            r"work(?:ing)?\s+(?:late|past)|doubt\w*|catastrophi\w*|shut(?:ting)?\s+down|second-guess\w*"
            r"|compar(?:e|ing)\s+myself)\b",
        ),
        (0.5, rf"\bI\s+{_ADVERB}(?:get|got|feel)\s+(?:so\s+|really\s+)?stuck\b"),
        (0.5, rf"\bI\s+{_ADVERB}(?:don['’]t|do\s+not)\s+(?:even\s+)?know\s+how\s+to\b"),
        (0.5, r"\bmakes?\s+it\s+(?:\w+\s+)?(?:hard|harder|difficult|tough|impossible)\b"),
        (
            0.5,
            r"\bmakes?\s+me\s+(?:\w+\s+)?(?:hesitant|hesitate|afraid\s+to|doubt|avoid"
            r"|procrastinate)\b",
        ),
        (0.5, r"\bI(?:['’]m|\s+am)\s+(?:always\s+|still\s+)?(?:afraid|scared)\s+(?:to|of)\b"),
    )
)  # fmt: skip
# What is over, overcome or somebody else's way of seeing it is no challenge now.
_OVER = re.compile(
    r"\bused\s+to\b|\bno\s+longer\b|\bnot\s+as\s+(?:hard|difficult)\b|\bless\s+(?:hard|difficult)\b"
    r"|\b(?:easier|better)\s+now\b",
    re.I,
)
_MIN_WORDS = 4


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
        for sentence, topics in zip(passage.sentences, hits, strict=True):
            difficulty = find_difficulty(sentence) if sentence.is_client else None
            if difficulty:
                topic = topics[0].topic.id if topics else None
                found.append(_challenge(sentence, difficulty, topic, passage))
        return tuple(found)


def find_difficulty(sentence: Sentence) -> Difficulty | None:
    """Return the first thing that the sentence calls hard, None where it calls nothing so."""
    text = sentence.own
    if sentence.is_question or _OVER.search(text):
        return None
    for base, pattern in _FORMS:
        match = pattern.search(text)
        if match and not is_denied(text, match.start()):
            start, end = _bounds(text, match)
            if len(text[start:end].split()) >= _MIN_WORDS:
                return Difficulty(start, end, named_intensity(text, match.end(), base))
    return None


def _bounds(text: str, match: re.Match[str]) -> tuple[int, int]:
    end = clause_end(text, match.end())
    # "It's the perfectionism I've been struggling with": what is hard stands before.
    behind = is_dangling(text, len(text[:end].rstrip(".!")))
    return (len(text) - len(text.lstrip()) if behind else match.start()), end


def _challenge(
    sentence: Sentence, difficulty: Difficulty, topic: str | None, passage: Passage
) -> Challenge:
    evidence = quote(sentence, difficulty.start, difficulty.end)
    return Challenge(
        id=element_id(Challenge.kind, "", evidence),
        evidence=(evidence,),
        provenance=passage.provenance,
        speaker=sentence.segment.speaker,
        role=sentence.segment.role,
        text=evidence.quote,
        severity=difficulty.severity,
        topic_id=topic,
    )
