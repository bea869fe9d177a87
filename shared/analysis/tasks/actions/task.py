"""Action items: what is agreed to be done, by whom and until when."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date

from shared.analysis.clauses import statement_bounds
from shared.analysis.evidence import quote
from shared.analysis.heads import AGREEMENT, ANSWER, COMMITMENT, PROMISE, RECOMMENDATION, Stated
from shared.analysis.passage import Passage
from shared.analysis.sentences import Sentence
from shared.analysis.tasks.actions.assent import find_assent
from shared.analysis.tasks.actions.commitments import (
    asks_for_commitment,
    find_commitment,
    find_therapist_commitment,
    is_foreseen,
    is_only_possible,
)
from shared.analysis.tasks.actions.due import resolve_due
from shared.analysis.tasks.actions.joining import is_same_thing, meant_by
from shared.analysis.tasks.actions.proposals import homework, whole_proposal
from shared.domain.elements import ActionItem, Evidence, element_id
from shared.domain.transcript import Role

# Segments between a proposal and the client's own words for it, at most. A window shows as many
# of its neighbours, so that two windows agree on whose item it is.
REACH_SEGMENTS = 3
# Agreements back that a commitment is compared with, so that time stays linear.
RECENT = 12
# Least confidence where a head alone takes "I could ..." for a commitment: of 20 labelled
# sentences above it 20 were, of 4 below it 2.
SURE = 0.8


@dataclass
class Agreement:
    """What is agreed upon, while its words are gathered.

    Attributes:
        text: the words for what is to be done.
        confidence: the highest that any of its words give.
        words: by the row of each sentence that says it: the evidence, and where a date may stand.
    """

    text: str
    assignee: Role
    confidence: float
    words: dict[int, tuple[Evidence, str]] = field(default_factory=dict)

    @property
    def first(self) -> int:
        """The row of the sentence that says it first."""
        return min(self.words)

    @property
    def evidence(self) -> tuple[Evidence, ...]:
        """The words that say it, in transcript order."""
        return tuple(self.words[row][0] for row in sorted(self.words))

    def add(self, row: int, evidence: Evidence, said: str) -> None:
        """Add words, once for each sentence, with what is said beside them of the date."""
        self.words.setdefault(row, (evidence, said))

    def due(self, day: date) -> str | None:
        """The first date that its words set, reckoned from the session's `day`."""
        dues = (resolve_due(self.words[row][1], day) for row in sorted(self.words))
        return next((due for due in dues if due), None)


class ActionTask:
    """Finds action items in a passage."""

    def find(self, passage: Passage) -> tuple[ActionItem, ...]:
        """Return what was agreed to do, in transcript order, nothing twice."""
        context = passage.context
        own = range(len(passage.before), len(passage.before) + len(passage.sentences))
        found: dict[str, ActionItem] = {}
        for agreement in find_agreements(context, passage.stated):
            if agreement.first in own:
                item = _item(agreement, context[agreement.first], passage)
                found.setdefault(item.id, item)
        return tuple(found.values())


def find_agreements(context: Sequence[Sentence], stated: Stated) -> list[Agreement]:
    """Return what is agreed in `context`, of which `stated` tells, in order of the first words."""
    found: list[Agreement] = []
    for row, sentence in enumerate(context):
        if sentence.segment.role is Role.THERAPIST:
            found += _from_therapist(context, row, stated, found)
        else:
            found += _from_client(context, row, stated, found)
    return found


def _from_therapist(
    context: Sequence[Sentence], row: int, stated: Stated, found: Sequence[Agreement]
) -> Iterator[Agreement]:
    sentence = context[row]
    promised = find_therapist_commitment(sentence)
    if promised:
        sure = stated.confidence(PROMISE, row, is_rule=True)
        yield _begin(row, sentence, promised, Role.THERAPIST, sure or 0.0)
        return
    proposed = homework(context, row)
    if stated.confidence(RECOMMENDATION, row, is_rule=bool(proposed)) is None:
        return
    confidence = stated.confidence(AGREEMENT, row, is_rule=bool(proposed))
    assent = find_assent(context, row) if confidence is not None else None
    if assent is None or confidence is None:
        return
    for proposal in proposed or [whole_proposal(sentence)]:
        evidence = quote(sentence, proposal.start, proposal.end)
        meant = meant_by(context, row, proposal)
        if meant and found and meant in found[-1].evidence:
            found[-1].add(row, evidence, sentence.own)
            continue
        words = (proposal.start, proposal.end)
        agreement = _begin(row, sentence, words, Role.CLIENT, confidence)
        answered = next(n for n in range(row, len(context)) if context[n] is assent)
        agreement.add(answered, quote(assent), assent.own)
        yield agreement


def _begin(
    row: int, sentence: Sentence, words: tuple[int, int], assignee: Role, confidence: float
) -> Agreement:
    evidence = quote(sentence, *words)
    agreement = Agreement(evidence.quote, assignee, confidence)
    agreement.add(row, evidence, sentence.own)
    return agreement


def _from_client(
    context: Sequence[Sentence], row: int, stated: Stated, found: Sequence[Agreement]
) -> Iterator[Agreement]:
    sentence = context[row]
    plain = find_commitment(sentence)
    known_form = plain or find_commitment(sentence, is_asked=asks_for_commitment(context, row))
    head = ANSWER if known_form and not plain else COMMITMENT
    confidence = stated.confidence(head, row, is_rule=known_form is not None)
    if confidence is None or sentence.is_question or is_foreseen(sentence):
        return
    if known_form is None and confidence < SURE and is_only_possible(sentence):
        return
    commitment = known_form or statement_bounds(sentence.own)
    evidence = quote(sentence, *commitment)
    for known in found[: -1 - RECENT : -1]:
        near = _is_near(context[known.first], sentence)
        if near and is_same_thing(known.text, evidence.quote):
            known.add(row, evidence, sentence.own)
            known.confidence = max(known.confidence, confidence)
            return
    agreement = Agreement(evidence.quote, Role.CLIENT, confidence)
    agreement.add(row, evidence, _dated(sentence, *commitment))
    yield agreement


def _is_near(proposal: Sentence, commitment: Sentence) -> bool:
    gap = commitment.segment.turn - proposal.segment.turn
    return proposal.segment.role is Role.THERAPIST and 0 < gap <= REACH_SEGMENTS


def _dated(sentence: Sentence, start: int, end: int) -> str:
    """The words whose date is the commitment's: itself, and what leads up to it where short."""
    lead = sentence.own[:start]
    return sentence.own[start if len(lead.split()) > 4 else 0 : end]


def _item(agreement: Agreement, first: Sentence, passage: Passage) -> ActionItem:
    return ActionItem(
        id=element_id(ActionItem.kind, agreement.text, *agreement.evidence),
        evidence=agreement.evidence,
        provenance=passage.provenance,
        speaker=first.segment.speaker,
        role=first.segment.role,
        confidence=agreement.confidence,
        text=agreement.text,
        assignee=agreement.assignee,
        due=agreement.due(passage.session_day),
    )
