"""One line of text: its Markdown prefix, its time stamp and what may be a speaker's label."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from shared.domain.transcript import Role

from .directions import find_asides
from .labels import role_of_label
from .names import is_name_like
from .stamps import CLOCK, Stamp, parse_stamp, stamp_of

# Labels, stamps and prefixes stand at the start of a line; nothing further is looked at, so that
# a line of a megabyte costs no more than a short one.
_HEAD_CHARS = 240

_PREFIX = re.compile(r"(?:[^\S\n]|>|[-+•‣|](?=\s)|\*(?=\s)|#{1,6}+(?=\s)|\d{1,3}+[.)](?=\s))*+")
_EMPHASIS = re.compile(r"[*_]{0,3}+")
_DATE = r"(?:\d{1,4}[./-]\d{1,2}[./-]\d{1,4},?\s{1,3})?"
_RANGE = rf"(?:\s{{0,3}}(?:-->|[–—-]|to)\s{{0,3}}{CLOCK})?"
_STAMP = re.compile(
    rf"(?P<open>[\[(<{{])?\s{{0,3}}{_DATE}{CLOCK}{_RANGE}\s{{0,3}}(?P<close>[\])>}}])?"
)
_SEPARATOR = re.compile(r"[*_]{0,3}+\s*+(?:[-–—|:•>]{1,3}+(?=\s|$))?\s*+")
_LABEL = re.compile(
    r"[*_]{0,3}+(?P<name>[^\s:：*()\[\]{}<>|\"“”?!;=…][^:：*()\[\]{}<>|\"“”?!;=…\n]{0,47}+)"
    r"(?:[*_]{1,3}+\s{0,3}+)?(?:[\[(](?P<note>[^\])\n]{1,40}+)[\])])?[*_]{0,3}+\s{0,3}+[:：]++[*_]{0,3}+(?![\d/\\])"
)
# Behind a label a colon may follow the time: "T 00:05: How was your week?"
_CLOCK_AND_COLON = CLOCK.replace(r"(?![\d:])", r"(?!:?\d)")
_TRAILING = re.compile(
    r"(?P<name>[^\W_][^:*()\[\]<>|?!\n\d]{0,47}(?:\s\d{1,3})?)\s{1,8}"
    rf"[\[(]?{_CLOCK_AND_COLON}[\])]?"
    r"(?:\s*+$|\s{0,3}+[–—:：](?=\s))"
)
# As chats of video calls are saved: "From Alex Kim to Everyone".
_ADDRESSED = re.compile(
    r"(?:From\s{1,3}(?P<from>\S.{0,40}?)\s{1,3}to\s{1,3}\S.*|(?P<name>\S.{0,40}?)\s{1,3}to\s{1,3}Everyone)"
)
_TAGGED = re.compile(
    r"[*_]{0,3}+[\[<](?P<name>[^\W\d_][^\[\]<>:\n]{0,39}+)[\]>][*_]{0,3}+(?:[:：]|(?=\s))"
)
_DASHED = re.compile(
    r"[*_]{0,3}+(?P<name>[^\W\d_][\w. ]{0,30}?)[*_]{0,3}+[ \u00a0]{0,3}+(?:[–—|\t]|-\s)"
)
_RULE = re.compile(r"\s*+(?:[-*_=~]\s?){3,80}+\s*+$")
_FIRST_STAMP_GROUP = 2


@dataclass(slots=True)
class Line:
    """A line `text[start:end]`, without its newline.

    Attributes:
        prefix_end: where its Markdown prefix ends.
        body: where what follows prefix and stamp begins.
        label: what may be a speaker's label; `note` what stands in brackets behind it.
        speech: where what follows the label begins.
        titled: it is a heading or wholly bold, so a name alone in it may be a label.
        listed: it is an item of a list.
    """

    start: int
    end: int
    prefix_end: int
    body: int
    speech: int
    stamp: Stamp | None = None
    until: Stamp | None = None
    label: str | None = None
    note: str | None = None
    heading: bool = False
    titled: bool = False
    listed: bool = False
    rule: bool = False

    @property
    def blank(self) -> bool:
        """Whether nothing follows its prefix and stamp."""
        return self.body >= self.end


def scan_lines(text: str) -> Iterator[Line]:
    """The lines of `text` in order, blank ones included."""
    start = 0
    while start <= len(text):
        newline = text.find("\n", start)
        end = len(text) if newline < 0 else newline
        yield scan_line(text, start, end)
        start = end + 1


def scan_line(text: str, start: int, end: int) -> Line:
    """Takes apart the line `text[start:end]`."""
    head = text[start : min(end, start + _HEAD_CHARS)]
    whole = len(head) == end - start
    prefix = _match(_PREFIX, head, 0)
    line = Line(start, end, start + prefix, start + prefix, start + prefix)
    line.heading = "#" in head[:prefix]
    line.listed = any(not c.isspace() and c not in ">#" for c in head[:prefix])
    line.rule = whole and _RULE.match(head) is not None
    if line.rule or prefix >= len(head):
        line.body = line.speech = end if whole else line.body
        return line
    _scan_stamp(head, prefix, line)
    _scan_label(head, line.body - start, line, whole)
    return line


def _match(pattern: re.Pattern[str], head: str, position: int) -> int:
    match = pattern.match(head, position)
    return position if match is None else match.end()


def _scan_stamp(head: str, position: int, line: Line) -> None:
    match = _STAMP.match(head, _match(_EMPHASIS, head, position))
    if match is None or bool(match["open"]) != bool(match["close"]):
        return
    after = _SEPARATOR.match(head, match.end())
    body = match.end() if after is None else after.end()
    if not match["open"] and not _stands_alone(head, match, body):
        return
    line.stamp = stamp_of(match, _FIRST_STAMP_GROUP)
    line.until = stamp_of(match, _FIRST_STAMP_GROUP + 5) if match.group(7) else None
    line.body = line.speech = line.start + body


def _stands_alone(head: str, stamp: re.Match[str], body: int) -> bool:
    # "10:05 was when I woke up" begins with a time that marks nothing.
    separated = head[stamp.end() : body].strip() != "" or "\t" in head[stamp.start() : body]
    return separated or body >= len(head) or _LABEL.match(head, body) is not None


def _scan_label(head: str, position: int, line: Line, whole: bool) -> None:
    match = _LABEL.match(head, position)
    if match is None:
        match = _scan_other_label(head, position)
    if match is not None:
        _take_label(match, line)
        line.speech = line.start + _skip_space(head, match.end())
    elif line.stamp is None:
        _scan_title(head, position, line, whole)


def _scan_other_label(head: str, position: int) -> re.Match[str] | None:
    """A label without a colon: `[Therapist]` unless it is a direction, `Client –`."""
    tagged = _TAGGED.match(head, position)
    if tagged is not None:
        direction = find_asides(head, tagged.start(), tagged.end())
        return tagged if not direction or _names_role(tagged) else None
    # A dash stands behind any word; behind a role it marks a speaker.
    dashed = _DASHED.match(head, position)
    return dashed if dashed is not None and _names_role(dashed) else None


def _names_role(match: re.Match[str]) -> bool:
    return role_of_label(match["name"])[0] is not Role.UNKNOWN


def _take_label(match: re.Match[str], line: Line) -> None:
    name = match["name"].strip(" \t\u00a0-–—_")
    addressed = _ADDRESSED.fullmatch(name)
    line.label = (addressed["from"] or addressed["name"] if addressed else name) or None
    line.note = match.groupdict().get("note")
    line.listed = line.listed or match.re is _TAGGED
    stamp = parse_stamp(line.note) if line.note else None
    if stamp is not None:
        line.stamp, line.note = line.stamp or stamp, None


def _scan_title(head: str, position: int, line: Line, whole: bool) -> None:
    trailing = _TRAILING.match(head, position)
    if (
        trailing is not None
        and not _ends_speech(trailing)
        and (whole or trailing.end() < len(head))
    ):
        line.label = trailing["name"].strip()
        line.stamp = stamp_of(trailing, 2)
        line.speech = line.start + _skip_space(head, trailing.end())
        line.titled = trailing.end() == len(head)
        return
    rest = head[position:].strip()
    bold = rest.startswith(("**", "__")) and rest.endswith(("**", "__"))
    if whole and (bold or line.heading) and len(rest) <= 48:
        line.label = rest.strip("*_ ") or None
        line.titled = line.label is not None
        line.speech = line.end


def _ends_speech(trailing: re.Match[str]) -> bool:
    # "I got up at 10:05: it was late" names nobody.
    colon = trailing[0].endswith((":", "："))
    return colon and not (_names_role(trailing) or is_name_like(trailing["name"]))


def _skip_space(head: str, position: int) -> int:
    while position < len(head) and head[position].isspace():
        position += 1
    return position
