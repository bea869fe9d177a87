"""Plain and Markdown text: header first, then a dialogue or prose."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from shared.domain.transcript import Passage, PassageKind, Role

from .casting import cast
from .dialogue import DialogueParser
from .header import (
    field_of,
    finish,
    is_known_field,
    looks_like_title,
    name_in,
    names_a_person,
    parse_date,
    read_field,
)
from .labels import role_of_label
from .line import Line, scan_lines
from .manner import manner_of
from .prose import parse_prose
from .script import Script

_MARKDOWN = re.compile(r"(?m)^(?:#{1,6} \S|> |[^\S\n]{0,3}(?:[-*] )?\*\*[^*\n]{1,80}\*\*)")
_MAX_PREAMBLE_CHARS = 2_000
_MAX_ALIAS_CHARS = 4
_MAX_HEADER_LINES = 60


def parse_plain(text: str, *, markdown: bool = False) -> Script:
    """Parses text whose only structure is its lines."""
    script = Script("markdown" if markdown or _MARKDOWN.search(text) else "text", text)
    lines = list(scan_lines(text))
    body = _read_header(script, lines)
    rest = lines[body:]
    _read_aliases(script, rest)
    speakers = cast(rest, [*script.header.roles, *script.aliases])
    if speakers or any(line.stamp is not None for line in rest):
        DialogueParser(script, speakers).parse(rest)
        _set_preamble_apart(script)
    else:
        parse_prose(script, rest)
    finish(script.header)
    return script


def _read_header(script: Script, lines: Sequence[Line]) -> int:
    """Marks the lines that the header takes up; tells the index of the first one after it."""
    block = _HeaderBlock(script, lines)
    index = 0
    while index < len(lines) and index < _MAX_HEADER_LINES and block.takes(index):
        index += 1
    return index


class _HeaderBlock:
    def __init__(self, script: Script, lines: Sequence[Line]) -> None:
        self._script = script
        self._lines = lines
        self._labels = Counter(line.label for line in lines if line.label is not None)
        self._known = False
        self._open = True

    def takes(self, index: int) -> bool:
        line = self._lines[index]
        if line.rule or (line.blank and line.stamp is None):
            self._open = line.rule
            return True
        taken = self._takes_content(line, index)
        if taken:
            self._open = self._known = True
            self._script.passages.append(Passage(PassageKind.HEADER, line.start, line.end))
        return taken

    def _takes_content(self, line: Line, index: int) -> bool:
        content = self._script.text[line.start : line.end] if line.end - line.start < 400 else ""
        field = field_of(content)
        header = self._script.header
        if field is not None and self._is_field(*field, index):
            read_field(header, *field)
            return True
        if line.stamp is not None or (field is not None and not line.heading):
            return False
        title = content.strip(" \t#*_>")
        if not title or not (line.heading or looks_like_title(title)):
            return self._is_date(title)
        header.title = header.title or title
        header.date = header.date or parse_date(title)
        return self._labels[title] < 2

    def _is_date(self, content: str) -> bool:
        if not 0 < len(content) <= 40 or content[-1] in ".!?":
            return False
        self._script.header.date = self._script.header.date or parse_date(content)
        return parse_date(content) is not None

    def _is_field(self, key: str, value: str, index: int) -> bool:
        if is_known_field(key):
            return True
        if names_a_person(key, value):
            named_again = self._labels[name_in(value)] > 0
            return self._known or named_again or self._introduces(index)
        unique = self._labels[key] <= 1 and role_of_label(key)[0] is Role.UNKNOWN
        return self._known and self._open and unique and self._lines[index].stamp is None

    def _introduces(self, index: int) -> bool:
        """Whether lines that name people stand above a dialogue, apart from it."""
        end = index
        while end < len(self._lines) and not self._lines[end].blank:
            end += 1
        block = [self._script.text[line.start : line.end][:400] for line in self._lines[index:end]]
        fields = [field_of(content) for content in block[:6]]
        apart = end < len(self._lines) and len(block) >= 2
        return apart and all(
            f is not None and (is_known_field(f[0]) or names_a_person(*f)) for f in fields
        )


def _read_aliases(script: Script, lines: Sequence[Line]) -> None:
    for line in lines:
        if line.label is None or line.note is None:
            continue
        role, _ = role_of_label(line.note)
        if len(line.note) <= _MAX_ALIAS_CHARS and line.note.isalnum():
            script.aliases.setdefault(line.note, line.label)
        elif role is not Role.UNKNOWN:
            script.header.roles.setdefault(line.label, role)


def _set_preamble_apart(script: Script) -> None:
    # Words above the first speaker tell about the session; nobody in it says them.
    first = next((i for i, u in enumerate(script.utterances) if u.label or u.at), 0)
    preamble = script.utterances[:first]
    manner = manner_of([script.text[u.start : u.end] for u in preamble])
    if sum(u.end - u.start for u in preamble) > _MAX_PREAMBLE_CHARS or manner.first_person:
        return
    del script.utterances[:first]
    script.passages += [Passage(PassageKind.HEADER, u.start, u.end) for u in preamble]
