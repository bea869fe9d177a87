"""Thinking traps that the words of a belief show by themselves (Burns, Feeling Good)."""

from __future__ import annotations

import re

_TRAPS = tuple(
    (trap, re.compile(cue, re.IGNORECASE))
    for trap, cue in (
        (
            "labelling",
            r"\bI(?:['’]m|\s+am)\s+(?:(?:just|such|basically)\s+)*(?:an?\s+)?(?:\w+\s+)?(?:failure|loser"
            r"|idiot|nobody|nothing|mess|fraud|impostor|burden|disappointment|coward|fool|wreck|monster"
            r"|stupid|worthless|useless|pathetic|hopeless|terrible\s+\w+|bad\s+\w+)\b",
        ),
        (
            "mind reading",
            r"\b(?:they|people|everyone|everybody|he|she|others)(?:['’]d|['’]ll|\s+(?:must|will|would|all"
            r"|just|probably|can))*\s+(?:thinks?|sees?|tell|knows?|judges?|regrets?|looks?\s+down)\b",
        ),
        (
            "should statement",
            r"\bI(?:['’]ve)?\s+(?:\w+\s+)?(?:should|must|ought\s+to|(?:have|has|got|had)\s+to"
            r"|need\s+to)\b|\bsupposed\s+to\b|\bshouldn['’]t\b",
        ),
        (
            "fortune telling",
            r"\b(?:I|it|they|he|she|we|everything|something|nobody|nothing|that|this)(?:['’]ll|\s+will"
            r"|\s+won['’]t|['’](?:s|m|re)\s+(?:going\s+to|gonna))\b|\bbound\s+to\b|\bsooner\s+or\s+later\b",
        ),
        (
            "overgeneralisation",
            r"\b(?:always|never|everyone|everybody|nobody|no\s+one|nothing|everything|anyone|all"
            r"\s+(?:men|women|people)|every\s+time)\b",
        ),
    )
)


def find_trap(text: str) -> str | None:
    """Return the trap that the words of a limiting belief show, None unless just one shows."""
    found = [trap for trap, cue in _TRAPS if cue.search(text)]
    return found[0] if len(found) == 1 else None
