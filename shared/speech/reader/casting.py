"""Which of the things before a colon are speakers: decided over the whole text."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from shared.domain.transcript import Role

from .labels import role_of_label
from .line import Line
from .names import is_handle, is_name_like, key_of

# Below this share of labelled paragraphs a text is prose with colons in it, not a dialogue.
_MIN_SHARE = 0.5
_MIN_ROLE_SHARE = 0.2


@dataclass(slots=True)
class _Tally:
    seen: Counter[str] = field(default_factory=Counter)
    stamped: Counter[str] = field(default_factory=Counter)
    paragraphs: int = 0
    stamped_lines: int = 0
    labelled_paragraphs: int = 0
    role_paragraphs: int = 0


def cast(lines: Sequence[Line], named: Sequence[str]) -> set[str]:
    """The labels in `lines` that are speakers.

    Args:
        named: names that the header gives.
    """
    tally = _count(lines)
    known = {key_of(name) for name in named}
    return {label for label in tally.seen if _is_speaker(label, tally, known)}


def _count(lines: Sequence[Line]) -> _Tally:
    tally = _Tally()
    pending, after_blank = False, True
    for line in lines:
        if line.rule or (line.blank and line.stamp is None):
            after_blank = True
            continue
        stamped = line.stamp is not None or pending
        pending = line.blank and line.stamp is not None
        if not pending:
            _count_line(tally, line, stamped, after_blank)
            after_blank = False
    return tally


def _count_line(tally: _Tally, line: Line, stamped: bool, after_blank: bool) -> None:
    label = line.label
    speaks = label is not None and (is_name_like(label) or _has_role(label))
    tally.paragraphs += after_blank or speaks or stamped
    tally.stamped_lines += stamped
    tally.labelled_paragraphs += speaks
    if label is not None:
        tally.role_paragraphs += _has_role(label)
        tally.seen[label] += 1
        tally.stamped[label] += stamped


def _has_role(label: str) -> bool:
    return role_of_label(label)[0] is not Role.UNKNOWN and len(key_of(label)) <= 3


def _is_speaker(label: str, tally: _Tally, known: set[tuple[str, ...]]) -> bool:
    if key_of(label) in known:
        return True
    if _has_role(label):
        return tally.role_paragraphs >= _MIN_ROLE_SHARE * tally.paragraphs
    if tally.stamped[label]:
        return _is_stamped_speaker(label, tally)
    return _is_plain_speaker(label, tally)


def _is_stamped_speaker(label: str, tally: _Tally) -> bool:
    labelled = sum(tally.stamped.values())
    if is_name_like(label):
        return tally.stamped[label] >= 2 or labelled >= _MIN_SHARE * tally.stamped_lines
    return tally.stamped[label] >= 3 and is_handle(label)


def _is_plain_speaker(label: str, tally: _Tally) -> bool:
    share = tally.labelled_paragraphs / max(1, tally.paragraphs)
    if tally.seen[label] >= 2:
        return (share >= _MIN_SHARE and is_name_like(label)) or _is_chat(label, tally)
    # Said once in a text whose speakers are stamped, it is a word and a colon.
    alone = len(tally.seen) == 1
    return is_name_like(label) and share >= _MIN_SHARE and not tally.stamped_lines and not alone


def _is_chat(label: str, tally: _Tally) -> bool:
    handles = sum(count for name, count in tally.seen.items() if count >= 2 and is_handle(name))
    return is_handle(label) and handles >= 0.7 * tally.paragraphs
