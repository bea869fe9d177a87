"""How a sentence stands to what it mentions: denied, imagined, or another person's.

Cues after NegEx (Chapman et al. 2001, doi:10.1006/jbin.2001.1029): a trigger reaches forward a few
words and stops at a clause boundary.
"""

from __future__ import annotations

import re

_REACH_CHARS = 48
_BOUNDARY = re.compile(
    r"[,;:.!?—–]|\b(?:but|though|although|however|because|and then|except)\b"
    r"|\bso(?=\s+(?:I|he|she|it|they|we|you|that|the|my)\b)",
    re.I,
)
_DENIAL = re.compile(
    r"\b(?:not|n['’]t|never|no longer|hardly|barely|without|neither|nor|nothing|no)\b"
    r"|n['’]t\b|\b(?:stopped|stop|free of|instead of|rather than|less)\b",
    re.I,
)
# "not only", "not just" and "can't help" affirm what follows them.
_AFFIRMING = re.compile(
    r"\bnot\s+(?:only|just|simply|merely)\b|can['’]?t\s+help\b|no\s+(?:doubt|wonder)\b", re.I
)
_IMAGINED = re.compile(
    r"['’]ll\b|\b(?:will|if|unless|would|could|might|should|imagine|suppose|whether|wish"
    r"|hoping to|hope to|want to|wanted to|trying to|try to|need to|used to|supposed to|to be"
    r"|going to be|so that|in case)\b",
    re.I,
)
_FIRST_PERSON = re.compile(r"\b(?:i|i['’](?:m|ve|d|ll)|me|my|myself|mine|we|us|our)\b", re.I)
_OTHER_PERSON = re.compile(
    r"\b(?:he|she|they|you|his|her|their|people|everyone|everybody|others?|someone|nobody"
    r"|boss|manager|partner|wife|husband|girlfriend|boyfriend|mother|father|mom|mum|dad|brother"
    r"|sister|son|daughter|kids?|friends?|team|colleagues?|coworkers?|therapist|doctor|who|guy|man"
    r"|men|woman|women|girl|boy|child|children|person|character)\b",
    re.I,
)
_SECOND_PERSON = re.compile(r"\b(?:you|your|yourself|you['’](?:re|ve|d|ll))\b", re.I)


def clause_before(text: str, place: int) -> str:
    """Return the words before `place` that belong to its clause, at most 48 characters."""
    lead = text[max(0, place - _REACH_CHARS) : place]
    return _BOUNDARY.split(lead)[-1]


def is_denied(text: str, place: int) -> bool:
    """Whether what stands at `place` is denied ("I'm not angry", "less anxious")."""
    clause = _AFFIRMING.sub(" ", clause_before(text, place))
    return bool(_DENIAL.search(clause))


def is_imagined(text: str, place: int) -> bool:
    """Whether what stands at `place` is a condition, a wish or a plan rather than a fact."""
    return bool(_IMAGINED.search(clause_before(text, place)))


def is_about_others(text: str) -> bool:
    """Whether another person is in the sentence and the speaker is not."""
    return bool(_OTHER_PERSON.search(text)) and not _FIRST_PERSON.search(text)


def addresses_listener(text: str) -> bool:
    """Whether it speaks to the listener ("you", "your")."""
    return bool(_SECOND_PERSON.search(text))


def belongs_to_other(text: str, place: int) -> bool:
    """Whether the nearest person before `place` in its clause is not the speaker."""
    people = [
        (found.end(), found.re is _FIRST_PERSON)
        for pattern in (_FIRST_PERSON, _OTHER_PERSON)
        for found in pattern.finditer(clause_before(text, place))
    ]
    return bool(people) and not max(people)[1]
