"""Text with speakers or time stamps: line by line into utterances."""

from __future__ import annotations

from collections.abc import Iterable, Set

from shared.domain.transcript import Passage, PassageKind

from .directions import ends_session, is_direction
from .line import Line
from .script import Script, Span, Utterance, trimmed
from .stamps import Stamp


class DialogueParser:
    """Takes lines in order and adds what they hold to a script.

    A line without a label goes on with the speaker before; a stamp on a line of its own belongs
    to what follows it. A direction between two lines of one turn is an aside of that turn;
    elsewhere it is a passage.

    Args:
        script: gets utterances, passages and anchors.
        speakers: labels that are known to be speakers.
    """

    def __init__(self, script: Script, speakers: Set[str]) -> None:
        self._script = script
        self._text = script.text
        self._speakers = speakers
        self._speaker: str | None = None
        self._current: Utterance | None = None
        self._pending: tuple[int, Stamp] | None = None
        self._tail: list[Span] = []

    def parse(self, lines: Iterable[Line]) -> None:
        """Takes all lines."""
        for line in lines:
            self._take(line)
        self._drop_pending()
        self._break()

    def _take(self, line: Line) -> None:
        if line.rule or (line.blank and line.stamp is None):
            return
        if line.label is not None and line.label in self._speakers:
            self._take_label(line, line.label)
        elif line.blank:
            self._drop_pending()
            self._pending = None if line.stamp is None else (line.start, line.stamp)
        elif line.heading:
            self._break()
            self._script.passages.append(Passage(PassageKind.HEADER, line.start, line.end))
        elif is_direction(self._text[line.body : line.end]):
            self._take_direction(line)
        else:
            self._take_speech(line)

    def _take_label(self, line: Line, label: str) -> None:
        self._break()
        self._speaker = label
        self._begin(line, line.speech, opens_turn=True)

    def _take_direction(self, line: Line) -> None:
        stamp = line.stamp or self._take_pending()
        self._tail.append(trimmed(self._text, line.body, line.end))
        if stamp is not None:
            self._script.anchors.append((line.start, stamp))
            self._break()
        if ends_session(self._text[line.body : line.end]):
            self._break()
            self._speaker = None

    def _take_speech(self, line: Line) -> None:
        current = self._current
        if current is None or line.stamp is not None or self._pending is not None:
            self._break()
            self._begin(line, line.body, opens_turn=self._speaker is None)
            return
        current.unspoken += [*self._tail, (line.start, line.body)]
        self._tail.clear()
        self._extend(current, line.body, line.end)

    def _begin(self, line: Line, start: int, *, opens_turn: bool) -> None:
        stamp = line.stamp or self._take_pending()
        self._current = Utterance(self._speaker, start, start, stamp, line.until, opens_turn)
        self._script.utterances.append(self._current)
        self._extend(self._current, start, line.end)

    def _extend(self, utterance: Utterance, start: int, end: int) -> None:
        start, end = trimmed(self._text, start, end)
        if end > start:
            if utterance.end == utterance.start:
                utterance.start = start
            utterance.end = end

    def _break(self) -> None:
        """Ends the utterance, so that what was only an aside if it went on is a passage."""
        for start, end in self._tail:
            self._script.passages.append(Passage(PassageKind.DIRECTION, start, end))
        self._tail.clear()
        self._current = None

    def _take_pending(self) -> Stamp | None:
        pending, self._pending = self._pending, None
        return None if pending is None else pending[1]

    def _drop_pending(self) -> None:
        if self._pending is not None:
            self._script.anchors.append(self._pending)
            self._pending = None
