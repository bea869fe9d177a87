"""Whether the client says yes to what was proposed."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import groupby

from shared.analysis.sentences import Sentence
from shared.analysis.tasks.actions.proposals import Place, find_proposals
from shared.domain.transcript import Role

# Sentences ahead that are looked through; an answer comes soon.
REACH = 24
ANSWER_SENTENCES = 3

_GOOD = (
    r"(?:good|great|doable|helpful|help|useful|fine|fair|manageable|nice|right|reasonable|okay|ok"
    r"|perfect"
    r"|realistic|possible|easy|sense|interesting|wonderful|like\s+(?:a\s+(?:good|plan)|something))"
)
_YES = re.compile(
    r"^\W*(?:(?:um+|uh+|oh|well|hm+|honestly|actually|you\s+know|I\s+(?:guess|think"
    r"|suppose))\b[,.…\s—–-]*)*"
    r"(?:(?:yeah|yes|yep|yup|sure|okay|ok|absolutely|definitely|certainly|of\s+course|great|alright"
    r"|all\s+right|gladly|deal|agreed|got\s+it|will\s+do|why\s+not|I['’]m\s+in|fair\s+enough"
    r"|mm-?hmm?"
    r"|perfect|exactly)\b"
    rf"|sounds?\s+(?:\w+\s+)?{_GOOD}\b"
    rf"|(?:that|it|this)(?:['’]s|['’]d|\s+(?:sounds?|feels?|seems?|works|makes|is|could|might"
    r"|would)"
    rf"(?:\s+be)?)\s+(?:(?:a|really|pretty|very|actually|like)\s+)*{_GOOD}\b|that\s+works\b"
    r"|I\s+(?:can|will|could)\s+(?:\w+\s+)?(?:do|try|give|manage|commit)\b|I(?:['’]ll"
    r"|\s+will)\s+(?!never|fail|probably)"
    r"|I(?:['’]d|\s+would)\s+(?:like|love|be\s+(?:willing|happy|open))"
    r"|I(?:['’]m|\s+am)\s+(?:willing|happy|open|ready|up\s+for)\b|I\s+want\s+to\s+try"
    r"|I\s+think\s+(?:so|I\s+can|that\s+(?:could|would|might))\b)",
    re.IGNORECASE,
)
# "Two stops, yes, I can do two": the answer takes up the words before it agrees to them.
_ECHOED_YES = re.compile(
    r"^[^.?!;]{0,48}[,—–-]\s*(?:(?:yeah|yes|yep|sure|okay|ok|fine|alright|all\s+right|deal|gladly"
    r"|of\s+course|why\s+not)\b|(?:I\s+think\s+)?I(?:['’]ll|['’]d|\s+(?:can|could|will))\s+(?:\w+\s+)?"
    r"(?:do|try|give|manage|like|love|use|take|be\s+(?:okay|fine|happy|up|open))\b"
    r"|that\s+(?:makes|would|could|might|works))"
    r"|^[^.?!;]{0,48}\s(?:could|would|might)\s+(?:work|help|be\s+(?:good|nice|fine|possible))\b"
    r"|^[^.?!;]{0,32}\s(?:I\s+(?:can|could)\s+(?:do|manage|try)|is\s+(?:fine|good|okay))\b"
    r"|^\W*(?:(?:oh|ha|well),?\s+)?I\s+(?:really\s+)?(?:like|love)\s+(?:that|this|the\s+idea)\b",
    re.IGNORECASE,
)
_NO = re.compile(
    r"\b(?:not\s+(?:sure|really|ready|yet)|don['’]t\s+(?:think|know|want|see)|I\s+can['’]t|no,"
    r"|won['’]t\s+work"
    r"|maybe\s+not|I\s+guess\s+not|I\s+should\s+probably|rather\s+not|heard\s+of\s+(?:that|it)|already\s+tried|wouldn['’]t"
    r"|(?:sounds?|feels?|seems?|be)\s+(?:\w+\s+)?(?:hard|difficult|impossible|too\s+much|pointless"
    r"|silly"
    r"|weird|stupid)|but\s+I\s+(?:doubt|can['’]t|don['’]t|\w+\s+forget))\b",
    re.IGNORECASE,
)
_ASKS = re.compile(r"^\W*(?:\w+,?\s+){0,4}?(?:what|how|why|when|where|which|who)\b", re.I)
# "How does that sound?" asks for the yes itself.
_ASKS_FOR_YES = re.compile(
    r"\b(?:how|what)\s+(?:does|do|would|about|if)\b[^?]*\b(?:sound|feel|seem|think|land|sit|work"
    r"|you\s+feel"
    r"\s+about|about\s+\w+ing|if\s+you)\b",
    re.I,
)


def find_assent(sentences: Sequence[Sentence], row: int) -> Sentence | None:
    """Return the client's yes to what the therapist proposes at `row`.

    Args:
        sentences: in order, through the client's next turns.
        row: of the proposal.

    Returns:
        The first sentence of the client's answer if it agrees, else None. The answer is his next
        turn, or the one after where the next only asks back.
    """
    ahead = sentences[row : row + 1 + REACH]
    turns = [list(turn) for _, turn in groupby(ahead, key=lambda said: said.segment.turn)]
    if any(_takes_the_answer(said) for said in turns[0][1:]):
        return None
    answer = _said_by_client(turns, 1)
    if answer and answer[-1].is_question:
        answer = _said_by_client(turns, 3)
    said = " ".join(sentence.own for sentence in answer)
    agreed = _YES.search(said) or any(_ECHOED_YES.search(part.own.strip()) for part in answer)
    return answer[0] if answer and agreed and not _NO.search(said) else None


def _said_by_client(turns: Sequence[Sequence[Sentence]], number: int) -> Sequence[Sentence]:
    if number >= len(turns) or turns[number][0].segment.role is not Role.CLIENT:
        return []
    return turns[number][:ANSWER_SENTENCES]


def _takes_the_answer(said: Sentence) -> bool:
    """Whether it asks or proposes something else, so that the answer is to that."""
    if said.is_question and _ASKS.search(said.own) and not _ASKS_FOR_YES.search(said.own):
        return True
    return any(found.place is Place.NOW for found in find_proposals(said))
