"""Action items: what the client commits to, and what he agrees to when it is proposed."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from shared.analysis.clauses import clause_end
from shared.analysis.evidence import quote
from shared.analysis.passage import Passage
from shared.analysis.sentences import Sentence
from shared.analysis.tasks.actions.proposals import Proposal, find_assent, find_proposals
from shared.domain.elements import ActionItem, Evidence, element_id
from shared.domain.transcript import Role

_DOING = (
    r"(?:try|practice|practise|keep|start|set|write|call|talk|speak|schedule|turn|use|track|remind|"
    r"share|reach|ask|continue|work|make|go|take|focus|challenge|reframe|journal|email|text|book|look|"
    r"check|bring|send|stop|log|list|note|read|block|tell|do|implement|plan|put|give|let|add|notice|"
    r"pay|celebrate|prepare|sign|join|visit|meet|walk|exercise|meditate|limit|leave|find|create|"
    r"commit|aim|experiment|incorporate|integrate|apply|remember|build|break|attend)"
)
_COMMITMENT = re.compile(
    rf"\bI(?:['’]ll|\s+will|['’]m\s+going\s+to|\s+am\s+going\s+to|['’]m\s+gonna|\s+plan\s+to|\s+intend\s+to"
    rf"|\s+promise\s+to|\s+commit\s+to)\s+(?:(?:definitely|also|just|really|at\s+least|certainly|"
    rf"probably|actually|intentionally|start\s+by)\s+)*(?P<verb>{_DOING})\b",
    re.IGNORECASE,
)
_NOT_AGREED = re.compile(
    r"\bif\s+I\b|\bif\s+(?:it|they|he|she)\b|\bprobably\b|\bshould\b|\bunless\b|\bafraid\b|\bworr(?:y|ied)\b"
    r"|\b(?:thought|thinking|think)\s*,?\s*$",
    re.I,
)
# "I'll give it a try" and "I'll do that" say nothing without what they answer to.
_EMPTY = re.compile(
    r"^I(?:['’]ll|\s+will|['’]m\s+going\s+to)\s+(?:definitely\s+)?(?:try|do|give)\s+(?:that|it|this)"
    r"(?:\s+a\s+(?:try|shot|go))?\W*$",
    re.I,
)
_FAILING = re.compile(
    r"\b(?:keep|start|go|make|let)\s+(?:\w+ing\s+)?(?:failing|falling|wrong|crazy|insane|mistakes|"
    r"everyone\s+down|people\s+down|a\s+mistake|a\s+fool)\b",
    re.I,
)
_MIN_WORDS = 4


class ActionTask:
    """Finds action items in a passage."""

    def find(self, passage: Passage) -> tuple[ActionItem, ...]:
        """Return what was agreed to do, in transcript order, nothing twice."""
        context = [*passage.sentences, *passage.after]
        found: dict[str, ActionItem] = {}
        for row, sentence in enumerate(passage.sentences):
            for item in self._items(sentence, row, context, passage):
                found.setdefault(item.id, item)
        return tuple(found.values())

    def _items(
        self, sentence: Sentence, row: int, context: Sequence[Sentence], passage: Passage
    ) -> Iterator[ActionItem]:
        if sentence.is_client:
            commitment = find_commitment(sentence)
            if commitment:
                evidence = quote(sentence, *commitment)
                yield _item(evidence.quote, (evidence,), sentence, passage)
            return
        for proposal in find_proposals(sentence):
            assent = find_assent(context, row)
            if assent:
                yield _agreed(proposal, assent, passage)


def find_commitment(sentence: Sentence) -> tuple[int, int] | None:
    """Return the offsets of what the speaker commits to, None where he commits to nothing."""
    text = sentence.own
    found = _COMMITMENT.search(text)
    if not found or sentence.is_question or _in_thought(sentence, found.start()):
        return None
    if _NOT_AGREED.search(text[: found.end()]) or _FAILING.search(text):
        return None
    end = clause_end(text, found.end())
    said = text[found.start() : end]
    return None if _EMPTY.match(said) or len(said.split()) < _MIN_WORDS else (found.start(), end)


def _in_thought(sentence: Sentence, place: int) -> bool:
    return any(start <= place < end for start, end in sentence.thoughts)


def _agreed(proposal: Proposal, assent: Sentence, passage: Passage) -> ActionItem:
    proposed = quote(proposal.sentence, proposal.start, proposal.end)
    return _item(proposed.quote, (proposed, quote(assent)), proposal.sentence, passage)


def _item(
    text: str, evidence: tuple[Evidence, ...], sentence: Sentence, passage: Passage
) -> ActionItem:
    return ActionItem(
        id=element_id(ActionItem.kind, text, *evidence),
        evidence=evidence,
        provenance=passage.provenance,
        speaker=sentence.segment.speaker,
        role=sentence.segment.role,
        text=text,
        assignee=Role.CLIENT,
    )
