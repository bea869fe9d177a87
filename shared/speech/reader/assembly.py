"""From a script to a transcript: segments, their speakers and times, and a tiling of the text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from shared.domain.transcript import (
    Passage,
    PassageKind,
    Segment,
    Speaker,
    Timing,
    Transcript,
)

from .cutting import Piece, cut
from .names import one_per_person
from .roles import cast_roles
from .script import Script
from .timeline import Timeline, timeline_of


def assemble(script: Script, upload_id: str) -> Transcript:
    """The transcript that `script` describes; it may have no segments."""
    labels = [u.label for u in script.utterances if u.label is not None]
    people = one_per_person([*labels, *script.header.roles], script.aliases)
    pieces = cut(script, people)
    speakers = cast_roles(
        [(piece.speaker, piece.spoken(script.text)) for piece in pieces],
        {people[name]: role for name, role in script.header.roles.items()},
        one_writer=script.one_writer,
    )
    segments = tuple(_timed(script, pieces, speakers, upload_id))
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


def _timed(
    script: Script, pieces: list[Piece], speakers: Mapping[str | None, Speaker], upload_id: str
) -> Iterator[Segment]:
    timeline, stamped = timeline_of(script)
    starts = [_start(piece, timeline, stamped) for piece in pieces]
    for index, piece in enumerate(pieces):
        start_ms, timing = starts[index]
        following = pieces[index + 1] if index + 1 < len(pieces) else None
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
    piece: Piece, timeline: Timeline, stamped: Mapping[int, int]
) -> tuple[int | None, Timing]:
    if piece.start == piece.utterance.start and piece.utterance.at is not None:
        return stamped[piece.start], Timing.EXACT
    between = timeline.between(piece.start)
    return between, Timing.NONE if between is None else Timing.ESTIMATED


def _end(
    piece: Piece,
    following: Piece | None,
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
