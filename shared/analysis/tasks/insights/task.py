"""Insights in a window: what the client newly sees, and what the therapist recommends."""

from __future__ import annotations

import re
from collections.abc import Iterator

from shared.analysis.clauses import trim_end
from shared.analysis.evidence import quote
from shared.analysis.passage import Passage
from shared.analysis.sentences import Sentence
from shared.analysis.stance import is_denied
from shared.analysis.tasks.actions.proposals import find_proposals
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
        return tuple(
            insight
            for sentence in passage.sentences
            for insight in self._insights(sentence, passage)
        )

    def _insights(self, sentence: Sentence, passage: Passage) -> Iterator[Insight]:
        if sentence.is_client:
            seen = find_observation(sentence)
            if seen:
                yield _insight(OBSERVATION, quote(sentence, *seen), sentence, passage)
            return
        for proposal in find_proposals(sentence):
            evidence = quote(sentence, proposal.start, proposal.end)
            yield _insight(RECOMMENDATION, evidence, sentence, passage)


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


def _insight(type_: str, evidence: Evidence, sentence: Sentence, passage: Passage) -> Insight:
    return Insight(
        id=element_id(Insight.kind, type_, evidence),
        evidence=(evidence,),
        provenance=passage.provenance,
        speaker=sentence.segment.speaker,
        role=sentence.segment.role,
        content=evidence.quote,
        type=type_,
    )
