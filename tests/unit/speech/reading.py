"""How the reader's tests read, and what must hold for whatever they read."""

from __future__ import annotations

from pathlib import Path

from shared.domain.transcript import MAX_SEGMENT_CHARS, Timing, Transcript
from shared.speech.reader import TextTranscriptReader

RECORDED = Path(__file__).parents[2] / "recorded"


def read(content: str | bytes, filename: str = "session.txt") -> Transcript:
    raw = content.encode("utf-8", "surrogatepass") if isinstance(content, str) else content
    transcript = TextTranscriptReader().read(raw, filename=filename, upload_id="u1")
    assert_holds_together(transcript)
    return transcript


def read_recorded(name: str) -> Transcript:
    return read((RECORDED / name).read_bytes(), name)


def turns(transcript: Transcript) -> list[tuple[str | None, str]]:
    """(speaker, words) of each segment, white space in runs of one."""
    return [(s.speaker, " ".join(s.text.split())) for s in transcript.segments]


def starts(transcript: Transcript) -> list[int | None]:
    return [s.start_ms for s in transcript.segments]


def assert_holds_together(transcript: Transcript) -> None:
    position = 0
    for span in sorted([*transcript.segments, *transcript.passages], key=lambda s: s.start):
        assert span.start == position < span.end
        position = span.end
    assert position == len(transcript.text)
    labels = {speaker.label: speaker for speaker in transcript.speakers}
    for segment in transcript.segments:
        assert segment.text == transcript.text[segment.start : segment.end]
        assert segment.spoken.strip()
        assert len(segment.spoken) == len(segment.text) <= MAX_SEGMENT_CHARS
        assert segment.role is labels[segment.speaker].role
        assert (segment.start_ms is None) is (segment.timing is Timing.NONE)
        assert all(0 <= a < b <= len(segment.text) for a, b in segment.asides)
        assert segment.end_ms is None or 0 <= (segment.start_ms or 0) <= segment.end_ms
    assert len({s.id for s in transcript.segments}) == len(transcript.segments) > 0
