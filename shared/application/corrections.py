"""What people set right in a transcript: the words of segments, the names and roles of speakers.

The transcript blob stays as it was read. Corrections lie over it wherever it is read, so they
survive every new analysis, and can be taken back.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from shared.domain.transcript import Segment
from shared.domain.upload import Upload

from .access import session_path
from .ports import Documents

Corrections = Mapping[str, str]


def corrections_path(upload: Upload, window: int) -> str:
    """Path of the document with the corrections of one window of `upload`."""
    return f"{session_path(upload.session_id)}/corrections/{upload.id}-{window}"


def load_corrections(documents: Documents, upload: Upload, windows: Iterable[int]) -> Corrections:
    """The corrected texts of `windows` by segment id; nothing is read where there are none."""
    numbers = set(windows).intersection(upload.corrected_windows)
    if not numbers:
        return {}
    paths = [corrections_path(upload, number) for number in sorted(numbers)]
    found = documents.get_many(paths)
    return {
        segment_id: text
        for document in found
        if document is not None
        for segment_id, text in document.data["segments"].items()
    }


def correct(segments: Iterable[Segment], upload: Upload, corrections: Corrections) -> list[Segment]:
    """`segments` as people set them right."""
    changes = {change.label: change for change in upload.speaker_changes}
    corrected = []
    for segment in segments:
        change = changes.get(segment.speaker)
        if change is not None:
            segment = replace(segment, speaker=change.name, role=change.role)
        text = corrections.get(segment.id)
        if text is not None:
            segment = replace(
                segment, text=text, asides=(), corrected=True, confidence=None, reliable=True
            )
        corrected.append(segment)
    return corrected
