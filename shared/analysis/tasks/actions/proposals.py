"""What a therapist proposes to do or try, in the session or after it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum

from shared.analysis.clauses import statement_bounds, trim_end
from shared.analysis.sentences import Sentence
from shared.analysis.tasks.actions.forms import (
    AFTERTHOUGHT,
    ANAPHORA,
    ANNOUNCEMENT,
    BARE_IMPERATIVE,
    EXERCISE,
    EXERCISE_TALK,
    IN_SESSION,
    ITEM,
    JOINED_IMPERATIVE,
    JOINT,
    LATER,
    LED_IMPERATIVE,
    LET_US,
    LIST,
    OPEN_QUESTION,
    OPENING,
    ORDINAL,
    OUTSIDE,
    PARTING,
    REMINDER,
    SOME_TIME,
    STATEMENT,
    TALK,
    TALK_HERE,
    TIMED_IMPERATIVE,
    TO_BE_DONE,
    WHENEVER,
)
from shared.domain.transcript import Role

# How far back the context of a sentence reaches.
CONTEXT_SENTENCES = 8
_MIN_WORDS = 3


class Place(Enum):
    """Where and by whom the proposed is to be done.

    AFTER: by the client after the session. NOW: there and then. SHARED: by both, in sessions to
    come, or said as a reminder: nothing that the client takes home as his task.
    """

    AFTER = "after"
    NOW = "now"
    SHARED = "shared"


@dataclass(frozen=True)
class Proposal:
    """What a therapist proposes: offsets [start, end) within its sentence.

    Attributes:
        leans: whether it needs words said before ("try that").
    """

    sentence: Sentence
    start: int
    end: int
    place: Place = Place.AFTER
    leans: bool = False


def find_proposals(sentence: Sentence, before: Sequence[Sentence] = ()) -> list[Proposal]:
    """Return what a therapist's sentence proposes, in order.

    Args:
        before: the sentences that lead up to it; the last eight count.
    """
    if sentence.segment.role is not Role.THERAPIST:
        return []
    context = before[-CONTEXT_SENTENCES:]
    turn = [s for s in context if s.segment.turn == sentence.segment.turn]
    listed = LIST.search(sentence.own)
    if listed:
        return list(_listed(sentence, listed.end()))
    if _is_announced(sentence, turn) or _goes_on(sentence, turn):
        lead = ORDINAL.match(sentence.own)
        return _proposal(sentence, lead.end() if lead else 0, len(sentence.own), Place.AFTER)
    return [*_opened(sentence)] or _let_us(sentence, context) or _imperative(sentence, turn)


def whole_proposal(sentence: Sentence) -> Proposal:
    """Return a sentence as the proposal that a head reads in it, in no form that is known."""
    start, end = statement_bounds(sentence.own)
    return Proposal(sentence, start, end, leans=bool(ANAPHORA.match(sentence.own[start:end])))


def _is_announced(sentence: Sentence, turn: Sequence[Sentence]) -> bool:
    """Whether it stands in the list that its turn announces ("let's review your homework.")."""
    heads = [row for row, said in enumerate(turn) if ANNOUNCEMENT.search(said.own)]
    if not heads or any(said.is_question for said in turn[heads[0] :]):
        return False
    return not sentence.is_question and bool(TO_BE_DONE.match(sentence.own))


def _goes_on(sentence: Sentence, turn: Sequence[Sentence]) -> bool:
    """Whether a fragment says what the question before it asks for ("One walk this week.")."""
    asked = bool(turn) and turn[-1].is_question and bool(list(_opened(turn[-1])))
    return asked and not sentence.is_question and bool(LATER.match(sentence.own))


def _opened(sentence: Sentence) -> Iterator[Proposal]:
    text = sentence.own
    openings = [*OPENING.finditer(text)]
    if not (openings or OPEN_QUESTION.match(text) or SOME_TIME.search(text)):
        openings = [*STATEMENT.finditer(text)]
    ends = [opening.start() for opening in openings[1:]]
    for opening, limit in zip(openings, [*ends, len(text)], strict=False):
        yield from _proposal(sentence, opening.end(), limit, _place(text, opening))


def _place(text: str, opening: re.Match[str]) -> Place:
    if JOINT.search(opening[0]) or REMINDER.search(opening[0]):
        return Place.SHARED
    return Place.NOW if IN_SESSION.search(text) else Place.AFTER


def _proposal(sentence: Sentence, start: int, limit: int, place: Place) -> list[Proposal]:
    text = sentence.own
    beyond = AFTERTHOUGHT.search(text, start, limit)
    end = trim_end(text, start, beyond.start() if beyond else len(text[:limit].rstrip("?.! ")))
    said = text[start:end]
    leans = bool(ANAPHORA.match(said))
    if len(said.split()) < (2 if leans else _MIN_WORDS):
        return []
    return [] if _is_talk(text, said, place) else [Proposal(sentence, start, end, place, leans)]


def _is_talk(text: str, said: str, place: Place) -> bool:
    """Whether it only leads the conversation ("Would you like to tell me more?")."""
    if place is Place.NOW:
        return not EXERCISE.search(said)
    if TALK_HERE.search(said):
        return True
    return bool(TALK.match(said)) and not OUTSIDE.search(text) and not WHENEVER.search(text)


def _let_us(sentence: Sentence, context: Sequence[Sentence]) -> list[Proposal]:
    """An exercise that is proposed to be done at once, not one that was agreed to just before."""
    text = sentence.own
    found = LET_US.search(text)
    if not found or any(list(_opened(said)) for said in context if _is_proposer(said)):
        return []
    return _proposal(sentence, found.end(), len(text), Place.NOW)


def _is_proposer(sentence: Sentence) -> bool:
    return sentence.segment.role is Role.THERAPIST


def _imperative(sentence: Sentence, turn: Sequence[Sentence]) -> list[Proposal]:
    text = sentence.own
    found = (
        LED_IMPERATIVE.search(text)
        or BARE_IMPERATIVE.match(text)
        or (OUTSIDE.search(text) and TIMED_IMPERATIVE.match(text))
        or JOINED_IMPERATIVE.search(text)
    )
    if not found or sentence.is_question:
        return []
    guided = any(EXERCISE_TALK.search(said.own) for said in (*turn, sentence))
    if guided and not OUTSIDE.search(text):
        return []
    place = Place.SHARED if PARTING.search(text) else Place.AFTER
    return _proposal(sentence, found.end(), len(text), place)


def _listed(sentence: Sentence, start: int) -> Iterator[Proposal]:
    text = sentence.own
    place = start
    for found in [*ITEM.finditer(text, start), None]:
        end = trim_end(text, place, found.start() if found else len(text.rstrip("?.! ")))
        if len(text[place:end].split()) >= 2:
            yield Proposal(sentence, place, end)
        place = found.end() if found else place


def homework(context: Sequence[Sentence], row: int) -> list[Proposal]:
    """Return what the sentence at `row` proposes to the client for after the session."""
    before = context[max(0, row - CONTEXT_SENTENCES) : row]
    return [p for p in find_proposals(context[row], before) if p.place is Place.AFTER]
