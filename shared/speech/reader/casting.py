"""Which of the things before a colon are speakers: decided over the whole text."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

from shared.domain.transcript import Role

from .labels import role_of_label
from .line import Line
from .names import is_handle, is_name_like, key_of

# Below this share of labelled paragraphs a text is prose with colons in it, not a dialogue.
_MIN_SHARE = 0.5
_MIN_ROLE_SHARE = 0.2
_CHAT_SHARE = 0.7
# A file in which nearly every stamp is followed by a label was written by a program.
_UNIFORM_SHARE = 0.9


@dataclass
class _Tally:
    seen: Counter[str] = field(default_factory=Counter)
    stamped: Counter[str] = field(default_factory=Counter)
    forms: dict[str, str] = field(default_factory=dict)
    kinds: dict[str, tuple[bool, bool]] = field(default_factory=dict)
    paragraphs: int = 0
    stamped_lines: int = 0
    labelled_paragraphs: int = 0
    role_paragraphs: int = 0

    def kind_of(self, label: str) -> tuple[bool, bool]:
        """Whether `label` could be a speaker's, and whether it names a role."""
        if label not in self.kinds:
            has_role = _has_role(label)
            self.kinds[label] = (has_role or is_name_like(label), has_role)
        return self.kinds[label]

    def form(self, line: Line) -> str:
        """How a label is written; a form that recurs is one that labels take here."""
        return "#" if line.heading else "*" if line.titled else "-" if line.listed else ""

    def stands_alone(self, label: str, known: set[tuple[str, ...]]) -> bool:
        """Whether `label` can be the only speaker of a text."""
        return self.stamped[label] > 0 or self.kind_of(label)[1] or key_of(label) in known

    @cached_property
    def recurring_forms(self) -> set[str]:
        return {self.forms[label] for label, n in self.seen.items() if n >= 2}

    @cached_property
    def stamped_labels(self) -> int:
        return sum(self.stamped.values())

    @cached_property
    def handles(self) -> int:
        return sum(n for label, n in self.seen.items() if n >= 2 and is_handle(label))


def cast(lines: Sequence[Line], named: Sequence[str]) -> set[str]:
    """The labels in `lines` that are speakers.

    Args:
        named: names that the header gives.
    """
    tally = _count(lines)
    known = {key_of(name) for name in named}
    speakers = {label for label in tally.seen if _is_speaker(label, tally, known)}
    # One name before a colon, without a time or a role, is nobody who talks with anybody.
    lone = speakers if len(speakers) == 1 else set()
    return (speakers - lone) | {s for s in lone if tally.stands_alone(s, known)}


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
    speaks, has_role = (False, False) if label is None else tally.kind_of(label)
    tally.paragraphs += after_blank or speaks or stamped
    tally.stamped_lines += stamped
    tally.labelled_paragraphs += speaks
    if label is not None:
        tally.role_paragraphs += has_role
        tally.seen[label] += 1
        tally.stamped[label] += stamped
        tally.forms[label] = tally.form(line)


def _has_role(label: str) -> bool:
    return role_of_label(label)[0] is not Role.UNKNOWN and len(key_of(label)) <= 3


def _is_speaker(label: str, tally: _Tally, known: set[tuple[str, ...]]) -> bool:
    if key_of(label) in known:
        return True
    if _has_role(label) and tally.role_paragraphs >= _MIN_ROLE_SHARE * tally.paragraphs:
        return True
    if tally.stamped[label]:
        return _is_stamped_speaker(label, tally)
    return _is_plain_speaker(label, tally)


def _is_stamped_speaker(label: str, tally: _Tally) -> bool:
    labelled = tally.stamped_labels
    if labelled >= _UNIFORM_SHARE * tally.stamped_lines and is_handle(label):
        return True
    if is_name_like(label):
        return tally.stamped[label] >= 2 or labelled >= _MIN_SHARE * tally.stamped_lines
    return tally.stamped[label] >= 3 and is_handle(label)


def _is_plain_speaker(label: str, tally: _Tally) -> bool:
    share = tally.labelled_paragraphs / max(1, tally.paragraphs)
    if tally.seen[label] >= 2:
        return (share >= _MIN_SHARE and is_name_like(label)) or _is_chat(label, tally)
    # Written once, it is a speaker only among others like it: not in a text whose speakers are
    # stamped, not as a heading or an item among labels that are neither.
    form = tally.forms[label]
    unlike_others = tally.stamped_lines or (form and form not in tally.recurring_forms)
    return not unlike_others and is_name_like(label) and share >= _MIN_SHARE


def _is_chat(label: str, tally: _Tally) -> bool:
    return is_handle(label) and tally.handles >= _CHAT_SHARE * tally.paragraphs
