"""What a therapist proposes, and whether the client says yes to it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from shared.analysis.clauses import trim_end
from shared.analysis.sentences import Sentence
from shared.domain.transcript import Role

# What comes before a proposal; the proposal itself begins where the match ends.
_OPENING = re.compile(
    r"\bI(?:['’]d|\s+would)\s+(?:like|love|want|encourage|invite|ask|suggest)\s+"
    r"(?:(?:for\s+)?you\s+to|that\s+you)\s+(?=\w)"
    r"|\bI\s+(?:suggest|recommend|(?:encourage|invite|want)\s+you\s+to)\s+(?=\w)"
    r"|\b(?:would|could|can)\s+you\s+(?:be\s+(?:willing|open)\s+to|try\s+to|commit\s+to"
    r"|consider)\s+(?=\w)"
    r"|\bhow\s+about\s+(?=\w+ing\b)"
    r"|\b(?:one|(?:and\s+)?another)\s+(?:could|might|would)\s+be\s+(?=\w+ing\b)"
    r"|\bhave\s+you\s+(?:considered|thought\s+about)\s+(?=\w+ing\b)"
    r"|\bperhaps\s+(?:you\s+(?:could|can|might)\s+(?=\w)|(?=\w+ing\b))"
    r"|\byou\s+(?:could|might)\s+(?=(?:try|start|want\s+to\s+try|consider)\b)"
    r"|\b(?:(?:as\s+(?:a|your)\s+next\s+step|(?:for|over)\s+(?:the\s+)?(?:next|coming|this)\s+week"
    r"|this\s+week),\s+(?=(?:try|let['’]s|keep|continue|practice|focus|set|notice|write|see\s+if)\b))"
    r"|^(?:\w+,\s+)?(?:(?:and|also|so|then|in\s+the\s+meantime),?\s+)?(?=(?:keep|try)\s+\w+ing\b|try\s+to\b"
    r"|continue\s+(?:\w+ing|to)\b)",
    re.IGNORECASE,
)
# A list that ends a session: "your action items are: continue ..., set ..., and share ...".
_LIST = re.compile(
    r"\b(?:action\s+items?|homework|next\s+steps?|goals?|assignments?|plan)\b[^.?!:]{0,50}"
    r"(?:\bare|\bis|)\s*:\s*",
    re.IGNORECASE,
)
_ITEM = re.compile(
    r",\s+(?:and\s+)?|;\s+(?:and\s+)?|\s+and\s+(?=\w+(?:e|t|p|k|n|y|h|w)\s+(?:your|at|a|the|one)\b)"
)
# What is done there and then in the session is no task for afterwards.
_IN_SESSION = re.compile(
    r"\b(?:now|right\s+now|today|together|for\s+a\s+moment|here|in\s+this\s+session|close\s+your\s+eyes"
    r"|tell\s+me|share\s+(?:more|with\s+me)|say\s+more|explore|describe|walk\s+me|talk\s+about)\b"
    r"|\b(?:quick|brief|short|guided)\s+(?:\w+\s+)?(?:exercise|practice)\b(?!.*\b(?:daily|week|day)\b)",
    re.I,
)
_AFTERTHOUGHT = re.compile(r",?\s+and\s+(?:I\b|I['’]|we\b|next\s+time\b)|[?!.](?=\s)", re.I)
# "making that an intention": what "that" is stands elsewhere.
_ANAPHORA = re.compile(r"^(?:\w+\s+){0,2}(?:that|this|it|those|these|them)\b", re.I)
_YES = re.compile(
    r"^\W*(?:(?:yeah|yes|yep|sure|okay|ok|absolutely|definitely|of\s+course|great|alright|all\s+right"
    r"|sounds?\s+(?:good|great|doable|helpful|like\s+a\s+plan)|that\s+(?:sounds?|works|feels?|makes|would)"
    r"|it\s+(?:sounds?|feels)\s+(?:doable|good|helpful|manageable|right)"
    r"|I\s+(?:can|will|could)\s+(?:do|try)|I(?:['’]ll|\s+will)\s|I(?:['’]d|\s+would)\s+(?:like|love)"
    r"|I\s+want\s+to\s+try|I\s+think\s+(?:so|I\s+can|that))\b)",
    re.I,
)
_NO = re.compile(
    r"\b(?:not\s+sure|don['’]t\s+(?:think|know)|I\s+can['’]t|no,|maybe\s+not|I\s+guess\s+not|I\s+should"
    r"\s+probably|but\s+I\s+(?:doubt|can['’]t|don['’]t))\b",
    re.I,
)


@dataclass(frozen=True)
class Proposal:
    """What a therapist proposes: offsets [start, end) within its sentence."""

    sentence: Sentence
    start: int
    end: int


def find_proposals(sentence: Sentence) -> Iterator[Proposal]:
    """Return what a therapist's sentence proposes to do after the session."""
    if sentence.segment.role is not Role.THERAPIST:
        return
    text = sentence.own
    listed = _LIST.search(text)
    if listed:
        yield from _listed(sentence, listed.end())
    elif not _IN_SESSION.search(text):
        yield from _opened(sentence)


def _opened(sentence: Sentence) -> Iterator[Proposal]:
    text = sentence.own
    openings = list(_OPENING.finditer(text))
    limits = [opening.start() for opening in openings[1:]] + [len(text.rstrip("?.! "))]
    for opening, limit in zip(openings, limits, strict=False):
        start, end = opening.end(), _proposal_end(text, opening.end(), limit)
        if len(text[start:end].split()) >= 3 and not _ANAPHORA.match(text[start:end]):
            yield Proposal(sentence, start, end)


def _proposal_end(text: str, start: int, limit: int) -> int:
    beyond = _AFTERTHOUGHT.search(text, start, limit)
    return trim_end(text, start, beyond.start() if beyond else limit)


def _listed(sentence: Sentence, start: int) -> Iterator[Proposal]:
    text = sentence.own
    place = start
    for found in [*_ITEM.finditer(text, start), None]:
        end = trim_end(text, place, found.start() if found else len(text.rstrip("?.! ")))
        if len(text[place:end].split()) >= 2:
            yield Proposal(sentence, place, end)
        place = found.end() if found else place


def find_assent(sentences: Sequence[Sentence], row: int) -> Sentence | None:
    """Return the client's yes to what the therapist says at `row`.

    Args:
        sentences: in order, through the client's next turn at least.
        row: of the proposal.

    Returns:
        The first sentence of the client's next turn if it agrees, else None.
    """
    turn = sentences[row].segment.turn
    after = [s for s in sentences[row + 1 : row + 24] if s.segment.turn != turn]
    if not after or after[0].segment.role is not Role.CLIENT:
        return None
    answer = [s for s in after if s.segment.turn == after[0].segment.turn][:3]
    said = " ".join(sentence.own for sentence in answer)
    return answer[0] if _YES.search(said) and not _NO.search(said) else None
