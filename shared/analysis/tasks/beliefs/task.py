"""Beliefs: what the client states to be so about himself, others, the world or the future."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from shared.analysis.clauses import clause_end, statement_bounds, trim_end
from shared.analysis.evidence import quote
from shared.analysis.heads import BELIEF
from shared.analysis.heads import EMPOWERING as EMPOWERING_HEAD
from shared.analysis.passage import Passage
from shared.analysis.sentences import Sentence
from shared.analysis.tasks.beliefs.rules import EMPOWERING, LIMITING, RULES, Rule
from shared.analysis.tasks.beliefs.traps import find_trap
from shared.domain.elements import Belief, element_id

# "I don't think I'm weak", "I used to believe ...": the belief is not held.
_NOT_HELD = re.compile(
    r"\b(?:(?:don['’]t|do\s+not|doesn['’]t|never|didn['’]t)\s+(?:really\s+)?(?:think|believe|feel"
    r"|mean)|(?:question|doubt|wonder)(?:ing|ed)?\s+(?:if|whether|that)|used\s+to"
    r"|no\s+longer|hard\s+to\s+(?:\w+\s+)?believe|stopped|not\s+true|isn['’]t\s+true|as\s+if|"
    r"would\s+be|hope(?:d|ful)?|wish|worr(?:y|ies|ied|ying)|logically|rationally|from\s+my\s+\w+\s+saying|on\s+paper"
    r"|when\s+I\s+catch\s+myself|not\s+(?:that|saying|because)"
    r"|(?:he|she|they|boss|manager|mother|mom|mum|father|dad|partner|wife|husband|people)\s+"
    r"(?:\w+\s+)?(?:said|says|thinks?|thought|told\s+me|tells\s+me|believes?|keeps\s+saying))\b"
    r"[^.!?;]{0,40}$|\b(?:if|whether|what|how)\s+$",
    re.I,
)
# Another person's view, told as such.
_REPORTED = re.compile(
    r"^\W*(?:\w+,?\s+)?(?:he|she|they|people|(?:my|his|her|our)\s+\w+)\s+(?:\w+\s+)?(?:said|says|tells?|told"
    r"|thinks?|thought|believes?|claims?|keeps?\s+(?:saying|telling))\b",
    re.I,
)
_CATEGORY_CUES: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("Capability", re.compile(r"\b(?:fail|behind|mistake|incompetent|find\s+out|fraud)", re.I)),
    (
        "Belonging",
        re.compile(r"\b(?:leave|reject|judge|alone|pull\s+away|hate|they|people|everyone)\b", re.I),
    ),
    ("Self-Worth", re.compile(r"\b(?:worth|flaw|good\s+enough|weak|value|am\s+I)\b", re.I)),
)
_MIN_CHARS = 10
CATEGORIES = (
    "Self-Worth", "Capability", "Belonging", "Control", "Safety", "Deservingness", "Others",
    "World View", "Future", "Purpose",
)  # fmt: skip
_ABOUT = {"Others": "others", "World View": "world", "Future": "future"}


@dataclass(frozen=True)
class Statement:
    """A rule that matched, and the offsets of the statement in its sentence."""

    rule: Rule
    start: int
    end: int


class BeliefTask:
    """Finds beliefs in a passage."""

    def find(self, passage: Passage) -> tuple[Belief, ...]:
        """Return the client's beliefs in transcript order."""
        return tuple(
            _belief(sentence, statement, confidence, passage)
            for row, sentence in enumerate(passage.sentences)
            if sentence.is_client and not sentence.is_question
            for statement, confidence in _held(passage, row)
        )


def _held(passage: Passage, row: int) -> Iterator[tuple[Statement, float]]:
    """Yield the beliefs of a sentence with their confidence; those of rules tell more of them."""
    sentence = passage.sentences[row]
    statements = find_statements(sentence)
    confidence = passage.told(BELIEF, row, is_rule=bool(statements))
    is_own = bool(statements) or not _REPORTED.search(sentence.own)
    if confidence is not None and is_own:
        for statement in statements or [_read(passage, row)]:
            yield statement, confidence


def _read(passage: Passage, row: int) -> Statement:
    """Return the belief that no rule knows: the whole sentence, told apart by the heads."""
    text, place = passage.sentences[row].own, len(passage.before) + row
    empowering = passage.stated.score(EMPOWERING_HEAD, place) > 0
    category = passage.stated.best(CATEGORIES, place)
    rule = Rule(
        form="",
        category=category,
        polarity=EMPOWERING if empowering else LIMITING,
        about=_ABOUT.get(category, "self"),
        trap=find_trap(text),
    )
    return Statement(rule, *statement_bounds(text))


def find_statements(sentence: Sentence) -> list[Statement]:
    """Return the beliefs that a sentence states, in order, none inside another."""
    found: list[Statement] = []
    for statement in sorted(_matches(sentence), key=lambda s: (s.start, -s.end)):
        if not found or statement.start >= found[-1].end:
            found.append(statement)
    return found


def _matches(sentence: Sentence) -> Iterator[Statement]:
    text = sentence.own
    for rule in RULES:
        for match in rule.pattern.finditer(text):
            if _NOT_HELD.search(text[: match.start()]):
                continue
            limit = _thought_end(sentence, match.start())
            start = _subject_start(text, match.start())
            if rule.whole:
                end = trim_end(text, start, clause_end(text, match.end(), limit))
            else:
                end = clause_end(text, min(match.end(), limit), limit)
            if end - start >= _MIN_CHARS:
                yield Statement(rule, start, end)


def _thought_end(sentence: Sentence, place: int) -> int:
    inside = [end for start, end in sentence.thoughts if start <= place < end]
    return inside[0] if inside else len(sentence.own)


def _subject_start(text: str, start: int) -> int:
    """Take in the subject where the form starts at its verb ("One setback | doesn't define me")."""
    if text[start : start + 1].isupper() or re.match(r"if\b|it\b|my\b|the\b|mistake", text[start:]):
        return start
    lead = text[:start]
    breaks = [m.end() for m in re.finditer(r"[,.;:“”\"—–]\s*|\b(?:that|but|because)\s+", lead)]
    return breaks[-1] if breaks else len(lead) - len(lead.lstrip())


def _category(rule: Rule, text: str) -> str:
    if rule.whole:
        for category, cue in _CATEGORY_CUES:
            if cue.search(text):
                return category
    return rule.category


def _belief(
    sentence: Sentence, statement: Statement, confidence: float, passage: Passage
) -> Belief:
    evidence = quote(sentence, statement.start, statement.end)
    rule = statement.rule
    return Belief(
        id=element_id(Belief.kind, rule.category, evidence),
        evidence=(evidence,),
        provenance=passage.provenance,
        speaker=sentence.segment.speaker,
        role=sentence.segment.role,
        confidence=confidence,
        text=evidence.quote,
        category=_category(rule, evidence.quote),
        polarity=rule.polarity,
        about=rule.about,
        thinking_trap=rule.trap if rule.polarity == LIMITING else None,
    )
