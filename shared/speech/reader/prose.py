"""Prose without speakers: a diary, a letter, notes. Its paragraphs are its utterances."""

from __future__ import annotations

from collections.abc import Iterable

from shared.domain.transcript import Passage, PassageKind

from .directions import ends_session
from .header import parse_date, read_field
from .line import Line
from .script import Script, Utterance, trimmed

# A line this long that ends without a full stop was broken by an editor, not by its writer.
_WRAPPED_CHARS = 40
_MAX_DATE_LINE_CHARS = 40
_SENTENCE_ENDS = frozenset('.!?…:"”’)')


def parse_prose(script: Script, lines: Iterable[Line]) -> None:
    """Adds each paragraph of `lines` to `script` as an utterance that nobody is named for."""
    script.one_writer = True
    current: Utterance | None = None
    for line in lines:
        if line.blank or line.rule:
            current = None
        elif _is_heading(script, line):
            current = None
            script.passages.append(Passage(PassageKind.HEADER, line.start, line.end))
        elif current is not None and _goes_on(script.text, current, line):
            current.unspoken.append((line.start, line.body))
            current.end = trimmed(script.text, line.body, line.end)[1]
        else:
            current = Utterance(None, *trimmed(script.text, line.body, line.end))
            script.utterances.append(current)


def _is_heading(script: Script, line: Line) -> bool:
    content = script.text[line.body : line.end]
    if line.heading or ends_session(content):
        return True
    if len(content) > _MAX_DATE_LINE_CHARS or parse_date(content) is None:
        return False
    read_field(script.header, "date", content)
    return True


def _goes_on(text: str, current: Utterance, line: Line) -> bool:
    listed = any(not (c.isspace() or c == ">") for c in text[line.start : line.prefix_end])
    wrapped = text.find("\n", max(0, current.end - _WRAPPED_CHARS), current.end) < 0
    return wrapped and not listed and text[current.end - 1] not in _SENTENCE_ENDS
