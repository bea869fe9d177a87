"""The words that show a finding, and the check that they stand in the transcript."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import fields, replace

from shared.analysis.sentences import Sentence
from shared.domain.elements import Elements, Evidence, is_evident
from shared.domain.transcript import Segment


def quote(sentence: Sentence, start: int = 0, end: int | None = None) -> Evidence:
    """Return the sentence, or the part [start, end) of it, as evidence."""
    left = sentence.start + start
    right = sentence.end if end is None else sentence.start + end
    return quote_segment(sentence.segment, left, right)


def quote_segment(segment: Segment, start: int, end: int) -> Evidence:
    """Return the characters [start, end) of a segment as evidence, with the segment's times."""
    return Evidence(
        segment_id=segment.id,
        start=start,
        end=end,
        quote=segment.text[start:end],
        start_ms=segment.start_ms,
        end_ms=segment.end_ms,
    )


def span(sentences: Sequence[Sentence]) -> tuple[Evidence, ...]:
    """Return evidence for sentences: one quote per run of neighbours in one segment."""
    quotes: list[Evidence] = []
    for number, sentence in enumerate(sentences):
        before = sentences[number - 1] if number else None
        if before and before.segment is sentence.segment and _touch(before, sentence):
            quotes[-1] = quote_segment(sentence.segment, quotes[-1].start, sentence.end)
        else:
            quotes.append(quote(sentence))
    return tuple(quotes)


def _touch(before: Sentence, after: Sentence) -> bool:
    return not before.segment.text[before.end : after.start].strip()


def keep_evident(elements: Elements, segments: Iterable[Segment]) -> Elements:
    """Drop every element with a quote that does not stand in the segments at its offsets."""
    known = {segment.id: segment for segment in segments}
    kept = {
        field.name: tuple(e for e in getattr(elements, field.name) if is_evident(e, known))
        for field in fields(elements)
    }
    return replace(elements, **kept)
