"""What a speaker's label says about the role."""

from __future__ import annotations

from shared.domain.transcript import Role

from .names import words_of
from .vocabulary import CLIENT_LETTERS, CLIENT_WORDS, THERAPIST_LETTERS, THERAPIST_WORDS

# A word names the role; a title or a letter only stands for it by custom.
NAMED, BY_CUSTOM = 1.0, 0.95


def role_of_label(label: str) -> tuple[Role, float]:
    """Role that `label` names and how surely, 0..1; (UNKNOWN, 0) if it names none."""
    words = words_of(label)
    in_therapist, in_client = THERAPIST_WORDS.intersection(words), CLIENT_WORDS.intersection(words)
    if in_therapist and not in_client:
        return Role.THERAPIST, BY_CUSTOM if in_therapist <= {"dr", "doctor"} else NAMED
    if in_client and not in_therapist:
        return Role.CLIENT, NAMED
    return _role_of_letters(words)


def _role_of_letters(words: list[str]) -> tuple[Role, float]:
    letters = words[0] if words and all(w.isdigit() for w in words[1:]) else ""
    if letters.rstrip("0123456789") in THERAPIST_LETTERS:
        return Role.THERAPIST, BY_CUSTOM
    if letters.rstrip("0123456789") in CLIENT_LETTERS:
        return Role.CLIENT, BY_CUSTOM
    return Role.UNKNOWN, 0.0
