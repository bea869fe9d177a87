"""Transcripts as files that other programs read: SRT, WebVTT, plain text and JSON records.

What is rendered here reads back with the same speakers, words and times. White space is not kept:
captions may hold no blank lines, and a line of plain text is one segment.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from shared.domain.errors import Conflict
from shared.domain.transcript import Segment

# Subtitles are read at 15 to 17 characters per second (BBC Subtitle Guidelines, "Timing").
_READING_MS_PER_CHAR = 60
_MIN_CUE_MS = 1_000


def render_srt(segments: Sequence[Segment]) -> str:
    """One numbered cue per segment, `Speaker: words`.

    Raises:
        Conflict: no segment has a time.
    """
    cues = enumerate(_cues(segments), start=1)
    return "".join(
        f"{number}\n{_clock(start, ',')} --> {_clock(end, ',')}\n{_labelled(segment)}\n\n"
        for number, (start, end, segment) in cues
    )


def render_vtt(segments: Sequence[Segment]) -> str:
    """One cue per segment, with the speaker as its voice.

    Raises:
        Conflict: no segment has a time.
    """
    cues = (
        f"{_clock(start, '.')} --> {_clock(end, '.')}\n{_voiced(segment)}\n\n"
        for start, end, segment in _cues(segments)
    )
    return "WEBVTT\n\n" + "".join(cues)


def render_text(segments: Sequence[Segment]) -> str:
    """One line per segment, `[00:00:06] Speaker: words`, with a blank line between."""
    return "".join(f"{_stamp(segment)}{_line(segment)}\n\n" for segment in _spoken(segments))


def render_records(segments: Sequence[Segment]) -> list[dict[str, Any]]:
    """One JSON object per segment."""
    return [
        {
            "id": segment.id,
            "turn": segment.turn,
            "speaker": segment.speaker,
            "role": segment.role.value,
            "text": segment.text,
            "start_ms": segment.start_ms,
            "end_ms": segment.end_ms,
            "timing": segment.timing.value,
            "confidence": segment.confidence,
            "reliable": segment.reliable,
        }
        for segment in segments
    ]


def _spoken(segments: Sequence[Segment]) -> list[Segment]:
    # A correction may say that nobody spoke.
    return [segment for segment in segments if segment.text.strip()]


def _cues(segments: Sequence[Segment]) -> Iterator[tuple[int, int, Segment]]:
    """When each segment is shown.

    A segment without a time follows the one before; one without an end stays as long as it takes
    to read, or until the next. That is when it is shown, not a claim about when it was said.
    """
    if all(segment.start_ms is None for segment in segments):
        raise Conflict("The transcript has no times.")
    segments = _spoken(segments)
    shown_until = 0
    following = [*(segment.start_ms for segment in segments[1:]), None]
    for segment, next_ms in zip(segments, following, strict=True):
        start = shown_until if segment.start_ms is None else segment.start_ms
        shown_until = max(start + 1, _shown_until(segment, start, next_ms))
        yield start, shown_until, segment


def _shown_until(segment: Segment, start: int, next_ms: int | None) -> int:
    if segment.end_ms is not None:
        return segment.end_ms
    read = start + max(_MIN_CUE_MS, _READING_MS_PER_CHAR * len(segment.text))
    return read if next_ms is None or next_ms <= start else min(read, next_ms)


def _clock(ms: int, point: str) -> str:
    seconds, rest = divmod(ms, 1_000)
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:02}:{minutes:02}:{seconds:02}{point}{rest:03}"


def _lines(text: str) -> str:
    return "\n".join(line.strip() for line in text.split("\n") if line.strip())


def _marked(segment: Segment) -> str:
    # Readers take what stands in brackets for what nobody said.
    return segment.text if segment.reliable else f"[unreliable] {segment.text}"


def _labelled(segment: Segment) -> str:
    words = _marked(segment)
    return _lines(words if segment.speaker is None else f"{segment.speaker}: {words}")


def _voiced(segment: Segment) -> str:
    words = _escaped(_lines(_marked(segment)))
    return words if segment.speaker is None else f"<v {_escaped(segment.speaker)}>{words}"


def _escaped(text: str) -> str:
    # With `>` escaped no line can be taken for a cue's times.
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _stamp(segment: Segment) -> str:
    if segment.start_ms is None:
        return ""
    return f"[{_clock(segment.start_ms, '.').removesuffix('.000')}] "


def _line(segment: Segment) -> str:
    words = " ".join(_marked(segment).split())
    return words if segment.speaker is None else f"{segment.speaker}: {words}"
