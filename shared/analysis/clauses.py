"""Clauses: the part of a sentence that says one thing."""

from __future__ import annotations

import re

# "and" and "or" alone join words as often as clauses; with a new subject they start a clause.
_END = re.compile(
    r"[.!?…;:”\"]|\s[—–-]\s?|—"
    r"|,\s+(?:but|so|and|or|which|even\s+(?:though|if)|although|though|because|since|especially|like|when)\b"
    r"|\s(?:but|although|though|even\s+though|because|whereas)\s",
    re.IGNORECASE,
)
# A clause does not end on these: what they announce stands in quotation marks or after a dash.
_DANGLING = re.compile(
    r"\b(?:with|that|to|of|about|by|like|is|was|are|and|or|thinking|as|for|the|a|my)$", re.I
)
_TRAILING = " ,;:—–-\"“”'’*_"


# What people say before they say something.
_LEAD = re.compile(
    r"\W*(?:(?:yeah|yes|yep|no|well|so|right|oh|okay|ok|hm+|um+|uh+|honestly|actually|sure|i\s+mean"
    r"|you\s+know|to\s+be\s+honest|i\s+don['’]t\s+know)\b\s*[,.…—–]+\W*|(?:and|but|or)\s+(?=\w))*",
    re.IGNORECASE,
)


def statement_bounds(text: str) -> tuple[int, int]:
    """Return the offsets of what a sentence says, without what leads up to it ("Yeah, but ...")."""
    lead = _LEAD.match(text)
    start = lead.end() if lead else 0
    end = trim_end(text, start, len(text.rstrip(" .!?")))
    return (start, end) if end > start else (0, len(text))


def clause_end(text: str, start: int, limit: int | None = None) -> int:
    """Return where the clause that holds `start` ends, before trailing marks.

    Args:
        text: a sentence.
        start: an offset inside the clause, past its last certain word.
        limit: no further than this offset; the end of the text when None.
    """
    bound = len(text) if limit is None else limit
    for found in _END.finditer(text, start, bound):
        end = trim_end(text, start, found.start())
        if not is_dangling(text, end):
            return end
    return trim_end(text, start, bound)


def is_dangling(text: str, end: int) -> bool:
    """Whether the words before `end` wait for others ("what I struggle with")."""
    return bool(_DANGLING.search(text, max(0, end - 12), end))


def trim_end(text: str, start: int, end: int) -> int:
    """Return `end` moved back over trailing marks, not before `start`."""
    return max(start, start + len(text[start:end].rstrip(_TRAILING)))
