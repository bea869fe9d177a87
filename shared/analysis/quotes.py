"""Quotation marks in speech, and whose words stand between them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum


class Voice(Enum):
    """Whose words a quotation holds.

    THOUGHT is the speaker's own inner voice ("I keep thinking, ..."), OTHER someone else's
    speech ("my boss said ..."), PLAIN anything else: words set apart, or no word of whose it is.
    """

    THOUGHT = "thought"
    OTHER = "other"
    PLAIN = "plain"


@dataclass(frozen=True, slots=True)
class Quotation:
    """Offsets of what stands between quotation marks, without the marks."""

    start: int
    end: int
    voice: Voice


_QUOTED = re.compile(
    r"“(?P<curly>[^”“\n]{1,400})”|(?<![^\s(—–-])\"(?P<straight>(?=\S)[^\"\n]{1,400})\""
    r"|(?<![^\s(—–-])‘(?P<single>[^‘\n]{1,200}?)’(?![a-z])"
)
_LEAD_CHARS = 90
_THOUGHT = re.compile(
    r"(?:\b(?:think|thinking|thought|thoughts|thinks|telling|tell|told|saying|say|ask|asked|asking"
    r"|remind|reminding|reminded)\b[^.?!]{0,12}\bmyself\b"
    r"|\bI(?:['’](?:m|ve|d|ll))?\b[^.?!]{0,40}"
    r"\b(?:think|thinking|thought|thoughts|believe|believed|believing|feel like|felt like"
    r"|assume|assuming|worry|worried)\b"
    r"|\b(?:voice|inner critic|head|mind|brain|thought|thoughts|belief)\b)[^.?!]{0,40}$",
    re.IGNORECASE,
)
_SPEAKER = (
    r"(?:he|she|they|people|everyone|everybody|someone|somebody|nobody|you|Dr\.?"
    r"|(?:my|his|her|their|our|the)\s+(?:\w+\s+)?\w+)"
)
_SPEAKING = (
    r"(?:said|says|say|saying|told|tells|tell|telling|asked|asks|asking|shouted|yelled|yelling"
    r"|screamed|texted|wrote|replied|answered|called|calls|went|goes|(?:was|is|were)\s+like)"
)
_OTHER_BEFORE = re.compile(rf"\b{_SPEAKER}\b[^.?!]{{0,40}}?\b{_SPEAKING}\b[^.?!]{{0,25}}$", re.I)
_NAMED_BEFORE = re.compile(rf"\b(?!I\b)[A-Z][a-z]+\s+{_SPEAKING}\b[^.?!]{{0,25}}$")
_OTHER_AFTER = re.compile(
    rf"\s*,?\s*(?:{_SPEAKER}\s+(?:\w+\s+)?{_SPEAKING}|{_SPEAKING}\s+{_SPEAKER})\b", re.I
)
_JOINED = re.compile(r"[\s,”\"]*(?:or|and|then)?[\s,]*(?:like|maybe)?[\s,“\"]*", re.I)
_LIKE = re.compile(r"(?:^|[.!?…]\s+|—\s*|,\s*)(?:and\s+)?(?:it['’]s\s+)?like[,:]?\s*$", re.I)
_BARE_WORDS = 3


def find_quotations(text: str) -> list[Quotation]:
    """Find quotations in reading order and tell whose words they are."""
    found: list[Quotation] = []
    for match in _QUOTED.finditer(text):
        start, end = match.span(match.lastgroup or 0)
        joined = bool(found) and bool(_JOINED.fullmatch(text, found[-1].end, match.start()))
        voice = found[-1].voice if joined else _voice(text, match.start(), match.end())
        found.append(Quotation(start, end, voice))
    return found


def _voice(text: str, start: int, end: int) -> Voice:
    lead = text[max(0, start - _LEAD_CHARS) : start]
    if _THOUGHT.search(lead):
        return Voice.THOUGHT
    if _OTHER_BEFORE.search(lead) or _NAMED_BEFORE.search(lead):
        return Voice.OTHER
    if _OTHER_AFTER.match(text, end):
        return Voice.OTHER
    long = len(text[start:end].split()) > _BARE_WORDS
    return Voice.THOUGHT if long and _LIKE.search(lead) else Voice.PLAIN
