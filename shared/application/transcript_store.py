"""The transcript blob: one line of JSON for each window, found by its byte range."""

from __future__ import annotations

import json
from collections.abc import Iterator

from shared.domain.transcript import Segment, Transcript, count_words
from shared.domain.upload import TranscriptFacts, Upload
from shared.domain.window import CONTEXT_SEGMENTS, Window, cut_windows

from .corrections import correct, load_corrections
from .element_records import window_from_record, window_to_record
from .ports import Blobs, Ports


def write_transcript(ports: Ports, upload: Upload, transcript: Transcript) -> TranscriptFacts:
    """Cuts and stores the transcript; writing it again stores the same bytes."""
    lines = [_line(window) for window in cut_windows(transcript.segments)]
    path = upload.transcript_path
    with ports.transcripts.create(path, content_type="application/jsonl") as writer:
        for line in lines:
            writer.write(line)
        writer.commit()
    return TranscriptFacts(
        format=transcript.format,
        segments=len(transcript.segments),
        words=count_words(transcript.segments),
        window_ranges=tuple(_ranges(lines)),
        speakers=tuple((s.label, str(s.role), s.confidence, s.basis) for s in transcript.speakers),
        header=_header(transcript),
    )


def _line(window: Window) -> bytes:
    return json.dumps(window_to_record(window), ensure_ascii=False).encode() + b"\n"


def _ranges(lines: list[bytes]) -> Iterator[tuple[int, int]]:
    start = 0
    for line in lines:
        yield start, start + len(line)
        start += len(line)


def _header(transcript: Transcript) -> tuple[tuple[str, str | float], ...]:
    found = {
        "title": transcript.title,
        "date": transcript.date,
        "duration_s": transcript.duration_s,
    }
    return tuple((name, value) for name, value in found.items() if value is not None)


def read_window(ports: Ports, upload: Upload, number: int) -> Window:
    """One window of a transcript that `write_transcript` stored, corrected: one ranged read.

    Raises:
        NotFound: if the blob is gone.
        IndexError: if the transcript has no such window.
    """
    assert upload.transcript is not None  # noqa: S101  narrowed by the caller
    start, end = upload.transcript.window_ranges[number]
    line = b"".join(ports.transcripts.read(upload.transcript_path, start=start, end=end))
    window = window_from_record(json.loads(line))
    # What surrounds a window may come from as many windows as it has segments.
    near = range(number - CONTEXT_SEGMENTS, number + CONTEXT_SEGMENTS + 1)
    corrections = load_corrections(ports.documents, upload, near)
    return Window(
        number=number,
        segments=tuple(correct(window.segments, upload, corrections)),
        before=tuple(correct(window.before, upload, corrections)),
        after=tuple(correct(window.after, upload, corrections)),
    )


def read_segments(ports: Ports, upload: Upload) -> list[Segment]:
    """All segments of an upload's transcript, in order, corrected."""
    windows = read_stored_windows(ports.transcripts, upload)
    segments = [segment for window in windows for segment in window.segments]
    corrections = load_corrections(ports.documents, upload, upload.corrected_windows)
    return correct(segments, upload, corrections)


def read_stored_windows(blobs: Blobs, upload: Upload) -> Iterator[Window]:
    """The windows of an upload's transcript as they were read, in order."""
    content = b"".join(blobs.read(upload.transcript_path))
    for line in content.split(b"\n"):
        if line:
            yield window_from_record(json.loads(line))
