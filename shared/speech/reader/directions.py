"""Stage directions: `(smiles warmly)`, `[laughs]`, `*sighs*`, `(End of session)`."""

from __future__ import annotations

import re

from .script import Span
from .stamps import parse_stamp
from .vocabulary import BEFORE_DEEDS, DEED, OWN_VOICE, PLAIN_DEED

_MAX_CHARS = 240
# Bounded and without nesting, so a text full of open brackets costs linear time.
_BRACKETED = re.compile(
    rf"\([^()\n]{{1,{_MAX_CHARS}}}+\)|\[[^\[\]\n]{{1,{_MAX_CHARS}}}+\]"
    r"|(?<![*\w])\*[^*\n\s][^*\n]{0,60}+\*(?![*\w])|♪[^♪\n]{0,200}+♪"
)
_WORD = re.compile(r"[^\W\d_]++(?:['’][^\W\d_]++)*+")

_CLOSING = re.compile(
    r"[\s*_(\[]*+(?:the )?(?:end of (?:the )?(?:session|transcript|recording|tape)"
    r"|(?:session|recording|transcript|tape) (?:ends|ended|concludes|concluded|end|over)"
    r"|(?:session|recording|transcript) (?:begins|starts|resumes))[\s.*_)\]]*+",
    re.IGNORECASE,
)
_CURTAIN = re.compile(
    r"[\s*_(\[]*+(?:session|recording|transcript) (?:begins|starts|resumes)", re.IGNORECASE
)


def find_asides(text: str, start: int, end: int) -> list[Span]:
    """Stage directions in `text[start:end]`, as offsets into `text`, in order."""
    return [m.span() for m in _BRACKETED.finditer(text, start, end) if _is_aside(m.group())]


def _is_aside(bracketed: str) -> bool:
    if bracketed[0] == "♪":
        return True
    inner = bracketed[1:-1].strip()
    if bracketed[0] == "[" and parse_stamp(inner) is not None:
        return True
    words = _words(inner)
    if not words or len(words) > 24 or OWN_VOICE.intersection(words):
        return False
    return _tells_a_deed(words, bracketed[0] == "(")


def _tells_a_deed(words: list[str], round_brackets: bool) -> bool:
    first = next((word for word in words if word not in BEFORE_DEEDS), words[0])
    if PLAIN_DEED.fullmatch(first):
        return True
    if not round_brackets:
        return any(DEED.fullmatch(word) for word in words)
    # "(after all)" and "(looking back)" are speech; a deed of several words says who or how.
    return DEED.fullmatch(first) is not None and any(PLAIN_DEED.fullmatch(w) for w in words)


def is_direction(line: str) -> bool:
    """Whether a whole line is a stage direction or says that the session begins or ends."""
    line = line.strip()
    if not 1 < len(line) <= _MAX_CHARS + 8:
        return False
    return _CLOSING.fullmatch(line) is not None or _is_bracketed_line(line.strip("*_ \t"))


def ends_session(line: str) -> bool:
    """Whether a direction says that the session is over."""
    return _CLOSING.fullmatch(line.strip()) is not None and _CURTAIN.match(line) is None


def _is_bracketed_line(line: str) -> bool:
    match = _BRACKETED.fullmatch(line.rstrip("."))
    if match is None or line[0] not in "([":
        return match is not None and _is_aside(match.group())
    words = _words(line)
    return bool(words) and not OWN_VOICE.intersection(words)


def _words(text: str) -> list[str]:
    return [word.casefold().replace("’", "'") for word in _WORD.findall(text)]
