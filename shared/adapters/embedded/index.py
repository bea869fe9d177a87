"""Index entries of a document: one per field, one per combination of fields that is asked for."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from . import ordering

# A field path as Firestore writes it (REST reference, `FieldReference`): names of letters, digits
# and underscores stand bare, all others in backticks.
_BARE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_NAME = re.compile(rf"{_BARE.pattern}|`(?:[^`\\]|\\[`\\])+`")
_PATH = re.compile(rf"(?:{_NAME.pattern})(?:\.(?:{_NAME.pattern}))*")

Entry = tuple[str, bytes]


def index_name(fields: Iterable[str]) -> str:
    """Name of the index over `fields`, in this order."""
    return ",".join(fields)


def entries(data: Mapping[str, Any], combinations: Iterable[tuple[str, ...]]) -> set[Entry]:
    """(index name, key) of every index that a document with `data` stands in."""
    keys = {path: ordering.encode(value) for path, value in _fields(data, "")}
    single = set(keys.items())
    return single | {
        (index_name(fields), b"".join(keys[path] for path in fields))
        for fields in combinations
        if all(path in keys for path in fields)
    }


def canonical_path(path: str) -> str:
    """A field path (`analysis.status`) in the one form that index entries use.

    Raises:
        ValueError: it is no field path.
    """
    if not _PATH.fullmatch(path):
        raise ValueError("This is no field path.")
    names = [match.group() for match in _NAME.finditer(path)]
    return ".".join(_quote(_unquote(name)) for name in names)


def _fields(data: Mapping[str, Any], prefix: str) -> Iterator[tuple[str, Any]]:
    for key, value in data.items():
        path = prefix + _quote(key)
        yield path, value
        if isinstance(value, dict):
            yield from _fields(value, path + ".")


def _unquote(written: str) -> str:
    if written[0] != "`":
        return written
    return re.sub(r"\\(.)", r"\1", written[1:-1])


def _quote(name: str) -> str:
    if _BARE.fullmatch(name):
        return name
    escaped = name.replace("\\", "\\\\").replace("`", "\\`")
    return f"`{escaped}`"
