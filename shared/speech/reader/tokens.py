"""JSON that gives single words: joined into what each speaker says."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from .decoding import clean
from .record_fields import END_KEYS, START_KEYS, Record, speaker_of, text_of

_KINDS = ("pronunciation", "punctuation", "text", "punct")
_NESTED = ("elements", "sentences", "words", "tokens")
_GLUED = re.compile(r"\s++([.,!?;:…%])")
_MAX_WORDS_UNNAMED = 60

_Item = Mapping[str, Any]


def joined_tokens(items: Sequence[_Item]) -> list[Record]:
    """A record for each run of words by one speaker; none if `items` are no words."""
    if not all(_is_token(item) for item in items[:20]):
        return []
    runs: list[tuple[str | None, list[_Item]]] = []
    named = any(speaker_of(item) is not None for item in items)
    for item in items:
        speaker = speaker_of(item)
        if runs and _continues(runs[-1], speaker, named):
            runs[-1][1].append(item)
        else:
            runs.append((speaker, [item]))
    return [record for run in runs for record in [_joined(*run)] if record.text]


def nested_text(item: _Item) -> str | None:
    """What is said in the words or sentences within a record that has no text of its own."""
    for key in _NESTED:
        parts = item.get(key)
        if isinstance(parts, list):
            return _text([part for part in parts if isinstance(part, dict)]) or None
    return None


def _is_token(item: _Item) -> bool:
    return _word(item) is not None and (
        "word" in item or "punctuated_word" in item or item.get("type") in _KINDS
    )


def _word(item: _Item) -> str | None:
    for key in ("punctuated_word", "word", "value"):
        value = item.get(key)
        if isinstance(value, str):
            return value
    return text_of(item)


def _continues(run: tuple[str | None, list[_Item]], speaker: str | None, named: bool) -> bool:
    if named:
        return speaker is None or speaker == run[0]
    last = _word(run[1][-1]) or ""
    return not last.rstrip().endswith((".", "?", "!")) and len(run[1]) < _MAX_WORDS_UNNAMED


def _joined(speaker: str | None, items: Sequence[_Item]) -> Record:
    times = {key: items[0][key] for key in START_KEYS if key in items[0]}
    last = next((i for i in reversed(items) if any(key in i for key in END_KEYS)), items[-1])
    times |= {key: last[key] for key in END_KEYS if key in last}
    return Record(_text(items), speaker, None, times)


def _text(items: Sequence[_Item]) -> str:
    words = (_word(item) for item in items)
    return _GLUED.sub(
        r"\1", " ".join(" ".join(filter(None, map(clean, filter(None, words)))).split())
    )
