"""Insights in a window: what the client newly sees, and what the therapist recommends."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from shared.analysis.clauses import statement_bounds, trim_end
from shared.analysis.evidence import quote
from shared.analysis.heads import OBSERVATION as OBSERVATION_HEAD
from shared.analysis.heads import RECOMMENDATION as RECOMMENDATION_HEAD
from shared.analysis.passage import Passage
from shared.analysis.sentences import Sentence
from shared.analysis.stance import is_denied
from shared.analysis.tasks.actions.joining import meant_by
from shared.analysis.tasks.actions.proposals import (
    CONTEXT_SENTENCES,
    Proposal,
    find_proposals,
    whole_proposal,
)
from shared.domain.elements import Evidence, Insight, element_id

OBSERVATION, RECOMMENDATION = "observation", "recommendation"

_SEEING = re.compile(
    r"\bI(?:['’]m|\s+am)\s+(?:(?:just|slowly|finally|now|also)\s+)?(?:realizing|realising|noticing"
    r"|learning|starting\s+to\s+(?:see|realize|realise|notice|understand)|beginning\s+to\s+(?:see|realize"
    r"|realise|understand))\b"
    r"|\bI(?:['’]ve)?\s+(?:(?:just|also|now|finally|suddenly|do|have|then)\s+)*(?:realize|realise|realized"
    r"|realised|noticed|discovered|learned|learnt|recognize|recognise|recognized|recognised|internalized)\b"
    r"(?=\s+(?:that|how|I|my|it|the|when|even|what|there|a|to|not|this)\b)"
    r"|\bI\s+(?:didn['’]t|hadn['’]t|never)\s+(?:realize[d]?|realise[d]?|notice[d]?)\s+(?:how|that|until)\b"
    r"|\b(?:makes?|made|helps?|helped)\s+me\s+(?:to\s+)?(?:realize|realise|notice|see|understand|recognize|"
    r"recognise|more\s+aware)\b"
    r"|\bI\s+(?:can\s+)?(?:now\s+see|see\s+now|understand\s+now|now\s+understand)\b"
    r"|\bI\s+(?:can\s+)?see\s+(?:how|that)\b|\bI\s+notice\s+(?:that|how)\b",
    re.I,
)
_UNREAL = re.compile(
    r"\b(?:if|want\s+to|need\s+to|try(?:ing)?\s+to|hope\s+to|should|would|could|maybe\s+if)\b[^,.;]{0,40}$",
    re.I,
)
_MIN_WORDS = 6


class InsightTask:
    """Finds observations and recommendations in a passage."""

    def find(self, passage: Passage) -> tuple[Insight, ...]:
        """Return insights in transcript order."""
        found: list[_Seen] = []
        for row, sentence in enumerate(passage.sentences):
            if sentence.is_client:
                found += _observed(passage, row)
            else:
                _recommend(passage, row, found)
        return tuple(_insight(seen, passage) for seen in found)


@dataclass
class _Seen:
    """An insight while its words are gathered."""

    type: str
    sentence: Sentence
    evidence: list[Evidence]
    confidence: float


def _observed(passage: Passage, row: int) -> list[_Seen]:
    sentence = passage.sentences[row]
    seen = find_observation(sentence)
    confidence = passage.told(OBSERVATION_HEAD, row, is_rule=seen is not None)
    if confidence is None or sentence.is_question:
        return []
    words = quote(sentence, *(seen or statement_bounds(sentence.own)))
    return [_Seen(OBSERVATION, sentence, [words], confidence)]


def _recommend(passage: Passage, row: int, found: list[_Seen]) -> None:
    """Add what is proposed at `row`; "Would you try that?" joins the words that it leans on."""
    context, place = passage.context, len(passage.before) + row
    proposed: Sequence[Proposal] = find_proposals(
        context[place], context[max(0, place - CONTEXT_SENTENCES) : place]
    )
    confidence = passage.told(RECOMMENDATION_HEAD, row, is_rule=bool(proposed))
    if confidence is None:
        return
    for proposal in proposed or [whole_proposal(context[place])]:
        words = quote(context[place], proposal.start, proposal.end)
        meant = meant_by(context, place, proposal)
        if meant and found and meant in found[-1].evidence:
            found[-1].evidence.append(words)
        else:
            found.append(_Seen(RECOMMENDATION, context[place], [words], confidence))


def find_observation(sentence: Sentence) -> tuple[int, int] | None:
    """Return the offsets of what the speaker newly sees, None where he sees nothing new."""
    text = sentence.own
    found = _SEEING.search(text)
    if not found or sentence.is_question or len(text[found.start() :].split()) < _MIN_WORDS:
        return None
    if is_denied(text, found.start()) or _UNREAL.search(text[: found.start()]):
        return None
    start = len(text) - len(text.lstrip())
    return start, trim_end(text, start, len(text))


def _insight(seen: _Seen, passage: Passage) -> Insight:
    return Insight(
        id=element_id(Insight.kind, seen.type, *seen.evidence),
        evidence=tuple(seen.evidence),
        provenance=passage.provenance,
        speaker=seen.sentence.segment.speaker,
        role=seen.sentence.segment.role,
        confidence=seen.confidence,
        content=seen.evidence[0].quote,
        type=seen.type,
    )
