"""JSON transcripts: the list of records in it, whatever it is called."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

from shared.domain.errors import TranscriptUnreadable
from shared.domain.transcript import Passage, PassageKind

from .decoding import clean
from .header import finish, read_field
from .plain import parse_plain
from .record_fields import Record, record_of
from .record_times import stamps_of
from .script import Script, Utterance
from .tokens import joined_tokens, nested_text

_MAX_DEPTH = 8
_MAX_LISTS = 1_000
_HEADER_KEYS = ("title", "date", "duration", "session_date", "recorded_at", "created_at")

Json = Any


def parse_json(source: str) -> Script | None:
    """Parses JSON or JSON lines; None if `source` is neither.

    Raises:
        TranscriptUnreadable: it is JSON and holds no transcript.
    """
    try:
        root = _load(source)
    except (ValueError, RecursionError):
        return None
    records = _find_records(root)
    if records:
        script = _script_of(records)
        _read_header(script, root)
        return script
    text = _find_text(root)
    if text is None:
        raise TranscriptUnreadable("malformed", "The JSON has no list of transcript segments.")
    return parse_plain(clean(text))


def _load(source: str) -> Json:
    try:
        return json.loads(source)
    except ValueError:
        lines = [line for line in source.split("\n") if line.strip()]
        if len(lines) < 2:
            raise
        return [json.loads(line) for line in lines]


def _find_records(root: Json) -> list[Record]:
    """The first list with text, or one that has the same text and names speakers besides."""
    best: list[Record] = []
    for items in islice(_lists(root, 0), _MAX_LISTS):
        records = _records_in(items)
        if not best or (_names_speakers(records) and _size(records) >= 0.5 * _size(best)):
            best = records
        if _names_speakers(best):
            break
    return best


def _records_in(items: Sequence[Mapping[str, Json]]) -> list[Record]:
    words = joined_tokens(items)
    return words or [record for record in map(_record, items) if record is not None]


def _record(item: Mapping[str, Json]) -> Record | None:
    record = record_of(item)
    if record is not None:
        return record
    text = nested_text(item)
    return None if text is None else record_of({**item, "text": text})


def _size(records: Sequence[Record]) -> int:
    return sum(len(record.text) for record in records)


def _names_speakers(records: Sequence[Record]) -> bool:
    return any(record.speaker is not None for record in records)


def _lists(node: Json, depth: int) -> Iterator[Sequence[Mapping[str, Json]]]:
    children: Iterable[Json] = ()
    if isinstance(node, list):
        children = node
        items = [item for item in node if isinstance(item, dict)]
        if items:
            yield items
    elif isinstance(node, dict):
        children = node.values()
    for child in children if depth < _MAX_DEPTH else ():
        if isinstance(child, (dict, list)):
            yield from _lists(child, depth + 1)


def _find_text(root: Json) -> str | None:
    if isinstance(root, str):
        return root
    if isinstance(root, list) and root and all(isinstance(line, str) for line in root):
        return "\n".join(root)
    if isinstance(root, dict):
        for key in ("transcript", "text", "content", "conversation", "dialogue"):
            text = _find_text(root.get(key))
            if text is not None:
                return text
    return None


def _script_of(records: Sequence[Record]) -> Script:
    script = Script("json", "")
    times = stamps_of(records)
    script.running_times = times.running
    parts: list[str] = []
    length = 0
    for record, (at, until) in zip(records, times.stamps, strict=True):
        label = "" if record.speaker is None else f"{record.speaker}: "
        start = length + len(label)
        end = start + len(record.text)
        utterance = Utterance(record.speaker, start, end, at, until)
        utterance.opens_turn = record.speaker is None
        script.utterances.append(utterance)
        parts.append(f"{label}{record.text}\n")
        if label:
            script.passages.append(Passage(PassageKind.LABEL, length, start - 1))
            if record.role is not None:
                script.header.roles.setdefault(label[:-2], record.role)
        length = end + 1
    script.text = "".join(parts)
    return script


def _read_header(script: Script, root: Json) -> None:
    nodes = [root] if isinstance(root, dict) else []
    nodes += [root[key] for key in ("metadata", "session", "header") if nodes and key in root]
    for node in nodes:
        for key in _HEADER_KEYS:
            value = node.get(key) if isinstance(node, dict) else None
            if isinstance(value, (str, int, float)) and not isinstance(value, bool):
                _read_value(script, key, value)
    finish(script.header)


def _read_value(script: Script, key: str, value: str | float) -> None:
    name = key if key in ("title", "duration") else "date"
    unit = " s" if name == "duration" and not isinstance(value, str) else ""
    read_field(script.header, name, clean(f"{value}{unit}").strip()[:200])
