"""Speaker labels: what looks like one, and which of them are the same person."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from .vocabulary import CREDENTIALS, DEGREES, NOT_SPEAKERS, PARTICLES, TITLES

_WORD = re.compile(r"[^\W_]++(?:['’\-][^\W_]++)*+")

MAX_COMPARED = 100

_Key = tuple[str, ...]
_People = dict[_Key, list[str]]


def words_of(label: str) -> list[str]:
    """The words of `label`, lower case, without punctuation."""
    return [word.casefold() for word in _WORD.findall(label.replace("_", " "))]


def key_of(label: str) -> tuple[str, ...]:
    """What is left of `label` to tell people apart: no degrees, credentials or case.

    Mr. and Mrs. stay: they often tell a couple apart.
    """
    words = words_of(label)
    kept = tuple(w for w in words if w not in DEGREES and w not in CREDENTIALS)
    return kept or tuple(words)


def is_name_like(label: str) -> bool:
    """Whether `label` could name a person: up to four words, all capitalised or numbers."""
    head, _, tail = label.partition(",")
    words = _WORD.findall(head.replace("_", " "))
    if not 1 <= len(words) <= 4 or any(w not in CREDENTIALS for w in words_of(tail)):
        return False
    named = [w for w in words if w.casefold() not in PARTICLES]
    return bool(named) and all(not w[0].islower() for w in named) and not _is_common(label)


def is_handle(label: str) -> bool:
    """Whether `label` is one lower-case word or two, as people write in chats."""
    words = words_of(label)
    return 1 <= len(words) <= 2 and len(label) <= 24 and not _is_common(label)


def _is_common(label: str) -> bool:
    words = words_of(label)
    titled = words[0] in TITLES
    return not titled and (words[0] in NOT_SPEAKERS or words[-1] in NOT_SPEAKERS)


def one_per_person(labels: Iterable[str], aliases: Mapping[str, str]) -> dict[str, str]:
    """Maps each label to the fullest one of the same person.

    `Dr. Harper` and `Dr. Torres` are `Dr. Harper Torres` if somebody is called so; a label that
    fits two people stays for itself.
    """
    spoken = list(dict.fromkeys(labels))
    full = {label: aliases.get(label, label) for label in spoken}
    people: _People = {}
    for label in full.values():
        people.setdefault(key_of(label), []).append(label)
    fullest = _fullest_keys(people)
    return {label: _best(people[fullest[key_of(whole)]]) for label, whole in full.items()}


def _fullest_keys(people: _People) -> dict[_Key, _Key]:
    # A crowd is no session, and comparing everybody with everybody costs its square.
    if len(people) > MAX_COMPARED:
        return {key: key for key in people}
    return {key: _container(key, people) for key in people}


def _container(key: _Key, people: _People) -> _Key:
    larger = [k for k in people if set(k) > set(key) and _compatible(people[k], people[key])]
    tops = [k for k in larger if not any(set(other) > set(k) for other in larger)]
    return tops[0] if len(tops) == 1 else key


def _compatible(some: Iterable[str], others: Iterable[str]) -> bool:
    titles = {frozenset(TITLES.intersection(words_of(label))) for label in (*some, *others)}
    return len({t for t in titles if t}) <= 1


def _best(spellings: list[str]) -> str:
    return max(
        dict.fromkeys(spellings), key=lambda label: (len(words_of(label)), not label.isupper())
    )
