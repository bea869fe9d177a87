"""The summary of a session as it is kept beside the merge, and as it is made of windows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from shared.analysis.arc import ArcPoint, trace_arc
from shared.analysis.summary import SummarySentence, choose_sentences, find_lexical_highlights
from shared.domain.elements import Elements, Emotion
from shared.domain.transcript import Segment, count_words

from .element_records import Record, element_to_record, elements_from_record, segment_from_record
from .ports import Document


def summary_to_record(windows: Sequence[Document]) -> Record:
    """The summary of what stands in `windows`, in transcript order and without the merge.

    `sentences` stand with the most telling first, `arc` in transcript order.
    """
    segments = [list(map(segment_from_record, window.data["segments"])) for window in windows]
    found = [_found(window, said) for window, said in zip(windows, segments, strict=True)]
    by_id = {segment.id: segment for said in segments for segment in said}
    placed = list(_placed(segments, found))
    return {
        "sentences": [_sentence_to_record(s, by_id) for s in choose_sentences(found)],
        "arc": [_point_to_record(point, by_id) for point in trace_arc(placed)],
    }


def _found(window: Document, segments: Sequence[Segment]) -> Elements:
    """What the window holds; where it was written without highlights, they are found by words.

    What was not analysed for its language, or was heard poorly, is not summarised either.
    """
    elements = elements_from_record(window.data["elements"], window.data.get("highlights", ()))
    if elements.highlights or window.data.get("unread") is not None:
        return elements
    reliable = [segment for segment in segments if segment.reliable]
    return replace(elements, highlights=find_lexical_highlights(reliable, elements))


def _placed(
    segments: Sequence[Sequence[Segment]], found: Sequence[Elements]
) -> Iterator[tuple[float, Emotion]]:
    """Emotions with the share 0..1 of the session's words before them."""
    before: dict[str, tuple[int, Segment]] = {}
    words = 0
    for segment in (segment for said in segments for segment in said):
        before[segment.id] = words, segment
        words += count_words((segment,))
    for emotion in (emotion for elements in found for emotion in elements.emotions):
        first = emotion.evidence[0]
        if first.segment_id in before:
            start, segment = before[first.segment_id]
            within = len(segment.spoken[: first.start].split())
            yield (start + within) / max(words, 1), emotion


def _sentence_to_record(sentence: SummarySentence, segments: dict[str, Segment]) -> Record:
    record = element_to_record(sentence.words, segments)
    record.pop("vector")
    record.pop("confidence")
    text = record["evidence"][0]["quote"]
    return {**record, "text": text, "elements": list(sentence.elements), "place": sentence.place}


def _point_to_record(point: ArcPoint, segments: dict[str, Segment]) -> dict[str, Any]:
    emotion, first = point.emotion, point.emotion.evidence[0]
    segment = segments[first.segment_id]
    return {
        "element_id": emotion.id,
        "name": emotion.name,
        "category": emotion.category,
        "valence": emotion.valence,
        "intensity": emotion.intensity,
        "position": point.position,
        "tone": point.tone,
        "mood": point.mood,
        "start_ms": segment.start_ms,
        "timing": str(segment.timing),
    }
