"""From a script to a transcript: segments, their speakers and times, and a tiling of the text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from shared.domain.transcript import (
    Passage,
    PassageKind,
    Segment,
    Speaker,
    Timing,
    Transcript,
)

from .directions import find_asides
from .names import one_per_person
from .roles import cast_roles
from .script import Script, Span, Utterance
from .sentences import pieces
from .timeline import Timeline, timeline_of


@dataclass(slots=True)
class _Piece:
    utterance: Utterance
    turn: int
    speaker: str | None
    start: int
    end: int
    asides: tuple[Span, ...]


def assemble(script: Script, upload_id: str) -> Transcript:
    """The transcript that `script` describes; it may have no segments."""
    asides = _set_silence_apart(script)
    spoken = [u.label for u in script.utterances if u.label is not None]
    people = one_per_person([*spoken, *script.header.roles], script.aliases)
    cut = list(_cut(script, people, asides))
    speakers = cast_roles(
        [(piece.speaker, _spoken(script.text, piece)) for piece in cut],
        {people[name]: role for name, role in script.header.roles.items()},
        one_writer=script.one_writer,
    )
    segments = tuple(_timed(script, cut, speakers, upload_id))
    return Transcript(
        text=script.text,
        format=script.format,
        segments=segments,
        passages=tuple(_tile(script, segments)),
        speakers=tuple(speakers.values()),
        title=script.header.title,
        date=script.header.date,
        duration_s=script.header.duration_s,
    )


def _set_silence_apart(script: Script) -> dict[int, list[Span]]:
    """Takes utterances out in which nothing is said; tells the asides of the others by start."""
    asides: dict[int, list[Span]] = {}
    spoken = []
    for utterance in script.utterances:
        found = _merged(
            [*find_asides(script.text, utterance.start, utterance.end), *utterance.unspoken]
        )
        if _is_silent(script.text, utterance, found):
            script.passages += [Passage(PassageKind.DIRECTION, start, end) for start, end in found]
        else:
            asides[utterance.start] = found
            spoken.append(utterance)
    _keep_stamps_of_silence(script, {id(u) for u in spoken})
    script.utterances = spoken
    return asides


def _keep_stamps_of_silence(script: Script, spoken: set[int]) -> None:
    for utterance in script.utterances:
        if id(utterance) not in spoken and utterance.at is not None:
            script.anchors.append((utterance.start, utterance.at))


def _merged(spans: list[Span]) -> list[Span]:
    merged: list[Span] = []
    for start, end in sorted(span for span in spans if span[0] < span[1]):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def _is_silent(text: str, utterance: Utterance, asides: list[Span]) -> bool:
    position = utterance.start
    for start, end in [*asides, (utterance.end, utterance.end)]:
        if any(c.isalnum() for c in text[position:start]):
            return False
        position = end
    return not text[position : utterance.end].strip()


def _cut(
    script: Script, people: Mapping[str, str], asides: Mapping[int, list[Span]]
) -> Iterator[_Piece]:
    turn, before = -1, None
    for utterance in script.utterances:
        speaker = None if utterance.label is None else people[utterance.label]
        turn += utterance.opens_turn or speaker != before or turn < 0
        before = speaker
        yield from _cut_one(script.text, utterance, asides[utterance.start], speaker, turn)


def _cut_one(
    text: str, utterance: Utterance, asides: list[Span], speaker: str | None, turn: int
) -> Iterator[_Piece]:
    first = 0
    for start, end in pieces(text, utterance.start, utterance.end, asides):
        inside = []
        while first < len(asides) and asides[first][0] < end:
            low, high = asides[first]
            inside.append((max(low, start) - start, min(high, end) - start))
            if high > end:
                break
            first += 1
        yield _Piece(utterance, turn, speaker, start, end, tuple(s for s in inside if s[0] < s[1]))


def _spoken(text: str, piece: _Piece) -> str:
    parts, position = [], piece.start
    for start, end in piece.asides:
        parts.append(text[position : piece.start + start])
        position = piece.start + end
    return " ".join([*parts, text[position : piece.end]])


def _timed(
    script: Script, cut: list[_Piece], speakers: Mapping[str | None, Speaker], upload_id: str
) -> Iterator[Segment]:
    timeline, stamped = timeline_of(script)
    starts = [_start(piece, timeline, stamped) for piece in cut]
    for index, piece in enumerate(cut):
        start_ms, timing = starts[index]
        following = cut[index + 1] if index + 1 < len(cut) else None
        next_ms = None if following is None else starts[index + 1][0]
        end_ms = _end(piece, following, next_ms, timeline, stamped)
        bounded = start_ms is not None and end_ms is not None and end_ms >= start_ms
        yield Segment(
            id=f"{upload_id}-{index}",
            turn=piece.turn,
            speaker=piece.speaker,
            role=speakers[piece.speaker].role,
            text=script.text[piece.start : piece.end],
            start=piece.start,
            end=piece.end,
            start_ms=start_ms,
            end_ms=end_ms if bounded else None,
            timing=timing,
            asides=piece.asides,
        )


def _start(
    piece: _Piece, timeline: Timeline, stamped: Mapping[int, int]
) -> tuple[int | None, Timing]:
    if piece.start == piece.utterance.start and piece.utterance.at is not None:
        return stamped[piece.start], Timing.EXACT
    between = timeline.between(piece.start)
    return between, Timing.NONE if between is None else Timing.ESTIMATED


def _end(
    piece: _Piece,
    following: _Piece | None,
    next_ms: int | None,
    timeline: Timeline,
    stamped: Mapping[int, int],
) -> int | None:
    if piece.end == piece.utterance.end and piece.utterance.until is not None:
        return stamped[piece.end]
    anchor = timeline.next_after(piece.end)
    if following is None or next_ms is None:
        return anchor
    return next_ms if anchor is None else min(anchor, next_ms)


def _tile(script: Script, segments: Iterable[Segment]) -> Iterator[Passage]:
    """All of the text that is in no segment, in order."""
    known: list[tuple[int, int, PassageKind | None]] = [(s.start, s.end, None) for s in segments]
    known += [(p.start, p.end, p.kind) for p in script.passages]
    position = 0
    for start, end, kind in sorted(known, key=lambda span: span[:2]):
        start = max(start, position)
        if start >= end:
            continue
        yield from _gap(script.text, position, start)
        if kind is not None:
            yield Passage(kind, start, end)
        position = end
    yield from _gap(script.text, position, len(script.text))


def _gap(text: str, start: int, end: int) -> Iterator[Passage]:
    content = text[start:end]
    inner = content.strip()
    if not inner:
        if content:
            yield Passage(PassageKind.SPACE, start, end)
        return
    first = start + len(content) - len(content.lstrip())
    last = first + len(inner)
    if first > start:
        yield Passage(PassageKind.SPACE, start, first)
    yield Passage(PassageKind.LABEL, first, last)
    if last < end:
        yield Passage(PassageKind.SPACE, last, end)
