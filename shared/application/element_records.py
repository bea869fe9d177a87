"""Segments, elements and windows as documents and JSON, and back.

An element has one rendering, used alike in its window's document, in its event and in answers.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields
from typing import Any

from shared.domain.elements import (
    KINDS,
    Element,
    Elements,
    Evidence,
    Highlight,
    Provenance,
    is_evident,
)
from shared.domain.transcript import Role, Segment, Timing
from shared.domain.window import Window

Record = dict[str, Any]

_SHARED = {field.name for field in fields(Element)}


def segment_to_record(segment: Segment) -> Record:
    """A segment as JSON values; asides flat, because a list may not lie directly in a list."""
    return {
        "id": segment.id,
        "turn": segment.turn,
        "speaker": segment.speaker,
        "role": str(segment.role),
        "text": segment.text,
        "start": segment.start,
        "end": segment.end,
        "start_ms": segment.start_ms,
        "end_ms": segment.end_ms,
        "timing": str(segment.timing),
        "asides": [offset for aside in segment.asides for offset in aside],
        "corrected": segment.corrected,
        "confidence": segment.confidence,
        "reliable": segment.reliable,
    }


def segment_from_record(record: Mapping[str, Any]) -> Segment:
    """The segment that `segment_to_record` wrote."""
    asides = record["asides"]
    return Segment(
        **{
            **record,
            "role": Role(record["role"]),
            "timing": Timing(record["timing"]),
            "asides": tuple(zip(asides[::2], asides[1::2], strict=True)),
        }
    )


def window_to_record(window: Window) -> Record:
    """A window as JSON values, for the transcript blob."""
    return {
        "number": window.number,
        "segments": [segment_to_record(segment) for segment in window.segments],
        "before": [segment_to_record(segment) for segment in window.before],
        "after": [segment_to_record(segment) for segment in window.after],
    }


def window_from_record(record: Mapping[str, Any]) -> Window:
    """The window that `window_to_record` wrote."""
    return Window(
        number=record["number"],
        segments=tuple(map(segment_from_record, record["segments"])),
        before=tuple(map(segment_from_record, record["before"])),
        after=tuple(map(segment_from_record, record["after"])),
    )


def elements_to_record(elements: Elements, segments: Iterable[Segment]) -> dict[str, list[Record]]:
    """The evident elements by kind; what quotes words that are not in `segments` is dropped.

    Times are the segments', never the engine's.
    """
    by_id = {segment.id: segment for segment in segments}
    return {
        kind: [
            element_to_record(element, by_id)
            for element in getattr(elements, kind)
            if is_evident(element, by_id)
        ]
        for kind in KINDS
    }


def highlights_to_record(elements: Elements, segments: Iterable[Segment]) -> list[Record]:
    """The evident highlights; they stand beside the elements of a window, not among them."""
    by_id = {segment.id: segment for segment in segments}
    return [element_to_record(h, by_id) for h in elements.highlights if is_evident(h, by_id)]


def element_to_record(element: Element, segments: Mapping[str, Segment]) -> Record:
    """One element as JSON values, `timestamp` left to the reader: the session's date may change."""
    own = {f.name: getattr(element, f.name) for f in fields(element) if f.name not in _SHARED}
    return {
        "id": element.id,
        **{name: str(value) if isinstance(value, Role) else value for name, value in own.items()},
        "speaker": element.speaker,
        "role": str(element.role),
        "confidence": element.confidence,
        "evidence": [_evidence_to_record(e, segments[e.segment_id]) for e in element.evidence],
        "engine": element.provenance.engine,
        "model": element.provenance.model,
        "version": element.provenance.version,
    }


def _evidence_to_record(evidence: Evidence, segment: Segment) -> Record:
    return {
        "segment_id": evidence.segment_id,
        "start": evidence.start,
        "end": evidence.end,
        "quote": evidence.quote,
        "start_ms": segment.start_ms,
        "end_ms": segment.end_ms,
        "timing": str(segment.timing),
    }


def elements_from_record(
    record: Mapping[str, Sequence[Mapping[str, Any]]], highlights: Sequence[Mapping[str, Any]] = ()
) -> Elements:
    """The elements that `elements_to_record` wrote, and the highlights of the other."""
    return Elements(
        **{
            kind: tuple(_element_from_record(KINDS[kind], element) for element in record[kind])
            for kind in KINDS
        },
        highlights=tuple(_element_from_record(Highlight, each) for each in highlights),
    )


def _element_from_record(kind: type[Element], record: Mapping[str, Any]) -> Any:
    own = {f.name: record[f.name] for f in fields(kind) if f.name not in _SHARED}
    if "assignee" in own:
        own["assignee"] = Role(own["assignee"])
    return kind(
        id=record["id"],
        evidence=tuple(map(_evidence_from_record, record["evidence"])),
        provenance=Provenance(record["engine"], record["model"], record["version"]),
        speaker=record["speaker"],
        role=Role(record["role"]),
        confidence=record["confidence"],
        **own,
    )


def _evidence_from_record(record: Mapping[str, Any]) -> Evidence:
    return Evidence(**{field.name: record[field.name] for field in fields(Evidence)})
