"""SRT and WebVTT: cues with times, voices and labels."""

from __future__ import annotations

import re
from collections.abc import Sequence, Set

from .casting import cast
from .cue_markup import Markup, resolve
from .cues import Cue, find_cues
from .line import Line, scan_line
from .script import Script, Utterance

_CHANGE = re.compile(r"\s{0,3}+(?:>>+|[-–](?!-))\s{0,3}+(?=[^\W\d_])")
_WORD_TIMES = re.compile(r"<c[.>]")
_SENTENCE_ENDS = frozenset('.!?…"”')


def parse_captions(source: str) -> Script:
    """Parses cues. Entities are resolved, so the script's text is not quite `source`."""
    vtt = source.lstrip("\ufeff \n").startswith("WEBVTT")
    text, markup = resolve(source, entities=vtt)
    script = Script("vtt" if vtt else "srt", text, running_times=True)
    cues = list(find_cues(text, vtt=vtt))
    lines = {start: scan_line(text, start, end) for cue in cues for start, end in cue.lines}
    for cue in cues:
        for start, _ in cue.lines[:1]:
            lines[start].stamp = cue.at
    speakers = set() if markup.voices else cast(list(lines.values()), [])
    reader = _CueReader(script, markup, speakers)
    for cue in cues:
        reader.read(cue, [lines[start] for start, _ in cue.lines])
    return script


class _CueReader:
    """Adds cues to a script.

    A voice holds within its cue. A label holds until the next one, as captions name a speaker
    only where he changes; `>>` and a dash mark a change to somebody who is not named.
    """

    def __init__(self, script: Script, markup: Markup, speakers: Set[str]) -> None:
        self._script = script
        self._markup = markup
        self._speakers = speakers
        self._speaker: str | None = None
        self._current: Utterance | None = None
        self._rolled = ""
        self._timed_by_word = _WORD_TIMES.search(script.text) is not None

    def read(self, cue: Cue, lines: Sequence[Line]) -> None:
        first = len(self._script.utterances)
        self._current = None
        if self._markup.voices:
            self._speaker = None
        for line in self._unrolled(lines):
            self._read_line(line)
        added = self._script.utterances[first:]
        if added:
            added[0].at, added[-1].until = cue.at, cue.until

    def _unrolled(self, lines: Sequence[Line]) -> Sequence[Line]:
        # Rolling captions show the last line of a cue again as the first of the next.
        said = [self._bare(line) for line in lines]
        repeated = bool(said) and said[0] == self._rolled != "" and self._timed_by_word
        self._rolled = said[-1] if said else self._rolled
        return lines[1:] if repeated else lines

    def _bare(self, line: Line) -> str:
        parts, position = [], line.start
        for start, end in self._markup.within(line.start, line.end):
            parts.append(self._script.text[position:start])
            position = end
        return " ".join("".join([*parts, self._script.text[position : line.end]]).split())

    def _read_line(self, line: Line) -> None:
        if line.label is not None and line.label in self._speakers:
            self._speaker = line.label
            self._begin(line.speech, line.end)
        elif (change := _CHANGE.match(self._script.text, line.start, line.end)) is not None:
            self._speaker = None
            self._begin(change.end(), line.end, opens_turn=True)
        else:
            self._read_voices(line)

    def _read_voices(self, line: Line) -> None:
        start = line.start
        for offset, name in self._markup.voices_within(line.start, line.end):
            self._go_on(start, offset)
            self._speaker, self._current = name, None
            start = offset
        self._go_on(start, line.end)

    def _go_on(self, start: int, end: int) -> None:
        if self._current is None:
            self._begin(start, end)
            return
        first, last = self._markup.trim(self._script.text, start, end)
        if first < last:
            self._current.end = last
            self._current.unspoken += self._markup.within(start, last)

    def _begin(self, start: int, end: int, *, opens_turn: bool = False) -> None:
        start, end = self._markup.trim(self._script.text, start, end)
        if start < end:
            opens_turn = opens_turn or (self._speaker is None and self._sentence_is_over())
            self._current = Utterance(self._speaker, start, end, opens_turn=opens_turn)
            self._current.unspoken = self._markup.within(start, end)
            self._script.utterances.append(self._current)

    def _sentence_is_over(self) -> bool:
        before = self._script.utterances[-1:]
        return not before or self._script.text[before[0].end - 1] in _SENTENCE_ENDS
