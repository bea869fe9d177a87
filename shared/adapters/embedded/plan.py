"""Turns a `Query` into one scan over one index."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from shared.application.ports import Query

from . import ordering
from .index import canonical_path, index_name
from .values import check_name

# SQLite has no offset without a limit; -1 is none (sqlite.org/lang_select.html, "LIMIT clause").
_NO_LIMIT = -1


@dataclass(frozen=True, slots=True)
class Plan:
    """A scan.

    Attributes:
        fields: field paths of the index, () for the documents themselves.
        clauses: SQL from WHERE to LIMIT, over the table that `fields` says.
        parameters: of `clauses`.
    """

    fields: tuple[str, ...]
    clauses: str
    parameters: tuple[Any, ...]

    @property
    def selection(self) -> str:
        """SQL that selects (id, data) of the documents, in order."""
        data = (
            "(SELECT data FROM document"
            " WHERE collection = field.collection AND id = field.id) FROM field"
        )
        return " ".join(("SELECT id,", data if self.fields else "data FROM document", self.clauses))

    @property
    def counting(self) -> str:
        """SQL that selects the number of documents."""
        table = "field" if self.fields else "document"
        return " ".join(("SELECT count(*) FROM (SELECT 1 FROM", table, self.clauses, ")"))


def plan(query: Query) -> Plan:
    """The scan that answers `query`.

    Raises:
        ValueError: the collection, a field path, a value, the offset or the limit is not one; or
            bounds or `descending` without `order_by`, for Firestore scans ids upwards only.
    """
    _check(query)
    equal = sorted((canonical_path(path), value) for path, value in query.where.items())
    order = () if query.order_by is None else (canonical_path(query.order_by),)
    fields = (*(path for path, _ in equal), *order)
    prefix = b"".join(ordering.encode_whole(value) for _, value in equal)
    conditions, parameters = _conditions(query, fields, prefix)
    direction = " DESC" if query.descending else ""
    keys = ("key", "id") if fields else ("id",)
    ordered = ", ".join(key + direction for key in keys)
    return Plan(
        fields,
        f"WHERE {' AND '.join(conditions)} ORDER BY {ordered} LIMIT ? OFFSET ?",
        (*parameters, _NO_LIMIT if query.limit is None else query.limit, query.offset),
    )


def _check(query: Query) -> None:
    parts = query.collection.split("/")
    if len(parts) % 2 == 0:
        raise ValueError("A collection has an odd number of path parts.")
    for part in parts:
        check_name(part)
    if query.offset < 0 or (query.limit is not None and query.limit < 0):
        raise ValueError("Offset and limit cannot be negative.")
    bounded = any(bound is not None for bound in _bounds(query))
    if query.order_by is None and (bounded or query.descending):
        raise ValueError("Bounds and descending order need a field to order by.")


def _bounds(query: Query) -> tuple[Any, ...]:
    return (query.at_least, query.more_than, query.less_than, query.at_most)


def _conditions(
    query: Query, fields: tuple[str, ...], prefix: bytes
) -> tuple[list[str], list[Any]]:
    conditions, parameters = ["collection = ?"], [query.collection]
    if fields:
        conditions.append("name = ?")
        parameters.append(index_name(fields))
    for condition, parameter in (*_ranges(query, prefix, bool(fields)), *_after(query, prefix)):
        conditions.append(condition)
        parameters += parameter
    return conditions, parameters


def _ranges(query: Query, prefix: bytes, indexed: bool) -> list[tuple[str, list[Any]]]:
    if not indexed:
        return []
    if query.order_by is None:
        return [("key = ?", [prefix])]
    # No key part begins with 0xFF, so this is above all that begin with the prefix.
    ranges = [("key >= ?", [prefix]), ("key < ?", [prefix + b"\xff"])]
    for operator, bound in zip((">=", ">", "<", "<="), _bounds(query), strict=True):
        if bound is not None:
            encoded = ordering.encode_whole(bound)
            low, high = ordering.type_range(encoded)
            ranges.append((f"key {operator} ?", [prefix + encoded]))
            ranges.append(("key >= ? AND key < ?", [prefix + low, prefix + high]))
    return ranges


def _after(query: Query, prefix: bytes) -> list[tuple[str, list[Any]]]:
    if query.after is None:
        return []
    value, document_id = query.after
    operator = "<" if query.descending else ">"
    if query.order_by is None:
        return [(f"id {operator} ?", [document_id])]
    key = prefix + ordering.encode_whole(value)
    return [(f"(key, id) {operator} (?, ?)", [key, document_id])]
