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
_TRAILING = " ,;:—–-\"“”'’*_"


def clause_end(text: str, start: int, limit: int | None = None) -> int:
    """Return where the clause that holds `start` ends, before trailing marks.

    Args:
        text: a sentence.
        start: an offset inside the clause, past its last certain word.
        limit: no further than this offset; the end of the text when None.
    """
    bound = len(text) if limit is None else limit
    found = _END.search(text, start, bound)
    return trim_end(text, start, found.start() if found else bound)


def trim_end(text: str, start: int, end: int) -> int:
    """Return `end` moved back over trailing marks, not before `start`."""
    return max(start, start + len(text[start:end].rstrip(_TRAILING)))
