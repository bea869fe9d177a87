"""One JSON record: who says what, under the names that tools give to it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from shared.domain.transcript import Role

from .decoding import clean
from .labels import role_of_label
from .vocabulary import keys

TEXT_KEYS = keys(
    "text content transcript utterance sentence message line speech caption body display_text"
    " displayText dialogue"
)
SPEAKER_KEYS = keys(
    "speaker speaker_name speakerName speaker_label speakerLabel speaker_id speakerId speaker_tag"
    " speakerTag name author participant user from who role"
)
START_KEYS = keys(
    "start start_time startTime start_ms startMs start_s begin offset timestamp time ts t"
)
END_KEYS = keys("end end_time endTime end_ms endMs end_s stop to end_ts")
LASTING_KEYS = keys("duration duration_ms durationMs duration_s dur")
_MAX_LABEL_CHARS = 80


@dataclass(slots=True)
class Record:
    """A record with speech in it; `times` are the fields that may say when."""

    text: str
    speaker: str | None
    role: Role | None
    times: Mapping[str, Any]


def record_of(item: Mapping[str, Any]) -> Record | None:
    """The record in a JSON object; None if nothing is said in it."""
    text = text_of(item)
    return None if text is None else Record(text, speaker_of(item), _role_of(item), item)


def text_of(item: Mapping[str, Any]) -> str | None:
    """What is said in a record, also in the first of its alternatives."""
    for key in TEXT_KEYS:
        value = item.get(key)
        if isinstance(value, str):
            return clean(value).strip() or None
    alternatives = item.get("alternatives")
    if isinstance(alternatives, list) and alternatives and isinstance(alternatives[0], dict):
        return text_of({k: v for k, v in alternatives[0].items() if k != "alternatives"})
    return None


def speaker_of(item: Mapping[str, Any]) -> str | None:
    """The label of a record's speaker; None if it names nobody."""
    for key in SPEAKER_KEYS:
        label = _label(item.get(key))
        if label is not None:
            return label
    return None


def _label(value: Any) -> str | None:
    if isinstance(value, Mapping):
        names = [value.get(key) for key in ("name", "label", "id")]
        return next((_label(name) for name in names if isinstance(name, (str, int))), None)
    if isinstance(value, int) and not isinstance(value, bool):
        return f"Speaker {value}" if abs(value) < 10**6 else None
    if not isinstance(value, str):
        return None
    return " ".join(clean(value).split())[:_MAX_LABEL_CHARS] or None


def _role_of(item: Mapping[str, Any]) -> Role | None:
    value = item.get("role")
    role = role_of_label(value)[0] if isinstance(value, str) else Role.UNKNOWN
    return None if role is Role.UNKNOWN else role
