"""Which words speak of one and the same thing to do."""

from __future__ import annotations

import re
from collections.abc import Sequence

from shared.analysis.evidence import quote
from shared.analysis.sentences import Sentence
from shared.analysis.tasks.actions.proposals import CONTEXT_SENTENCES, Proposal, find_proposals
from shared.domain.elements import Evidence

_WORD = re.compile(r"[a-z]{4,}", re.I)
_STEM_CHARS = 5
# Words that stand in any plan.
_COMMON = frozenset(
    {
        "about",
        "after",
        "again",
        "also",
        "because",
        "before",
        "could",
        "definitely",
        "doing",
        "from",
        "going",
        "have",
        "into",
        "just",
        "keep",
        "like",
        "maybe",
        "more",
        "next",
        "over",
        "really",
        "some",
        "something",
        "start",
        "starting",
        "step",
        "take",
        "that",
        "them",
        "then",
        "there",
        "these",
        "they",
        "thing",
        "things",
        "think",
        "this",
        "those",
        "time",
        "today",
        "tomorrow",
        "tonight",
        "trying",
        "week",
        "weekend",
        "what",
        "when",
        "will",
        "with",
        "work",
        "would",
        "your",
        "yourself",
    }
)
_POINTING = re.compile(r"\b(?:that|it|this|those|these|them|both)\b", re.I)
_BESIDES = re.compile(r"\b(?:also|too|as\s+well|another|in\s+addition)\b", re.I)
_LEAST_SHARE = 0.5
_LEAN_SENTENCES = 3


def is_same_thing(proposed: str, committed: str) -> bool:
    """Whether a client's commitment speaks of what was proposed."""
    if _BESIDES.search(committed):
        return False
    left, right = _stems(proposed), _stems(committed)
    if len(left & right) >= max(1.0, _LEAST_SHARE * min(len(left), len(right))):
        return True
    return len(right) <= 1 and bool(_POINTING.search(committed))


def _stems(text: str) -> set[str]:
    words = {word.lower() for word in _WORD.findall(text)} - _COMMON
    return {word[:_STEM_CHARS] for word in words}


def meant_by(context: Sequence[Sentence], row: int, proposal: Proposal) -> Evidence | None:
    """Return the words that a proposal leans on ("Would you try that?"), None where it needs none.

    They are the nearest proposal before it in its turn, at most three sentences back.
    """
    turn = proposal.sentence.segment.turn
    for place in range(row - 1, max(-1, row - 1 - _LEAN_SENTENCES), -1):
        sooner = context[place]
        if not proposal.leans or sooner.segment.turn != turn:
            return None
        before = context[max(0, place - CONTEXT_SENTENCES) : place]
        meant = [p for p in find_proposals(sooner, before) if not p.leans]
        if meant:
            return quote(sooner, meant[-1].start, meant[-1].end)
    return None
