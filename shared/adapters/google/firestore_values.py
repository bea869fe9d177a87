"""Values as the ports have them, to and from what Firestore's client takes and gives."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from math import isfinite
from typing import Any

from google.cloud.firestore_v1.base_document import DocumentSnapshot
from google.cloud.firestore_v1.document import DocumentReference

from shared.application.ports import Document, Value

_SCALARS = (str, int, float, type(None))

Snapshot = DocumentSnapshot[DocumentReference]


def to_firestore(value: Value) -> Any:
    """Plain dicts and lists all the way down: the client knows no other mapping.

    Raises:
        ValueError: the value is of no type that the port has; a time is without zone, which the
            client would take for UTC; a number is not finite, which Firestore would keep.
    """
    if isinstance(value, Mapping):
        return {_key(key): to_firestore(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [to_firestore(item) for item in value]
    if isinstance(value, datetime):
        return _in_utc(value)
    if not isinstance(value, _SCALARS):
        raise ValueError("A value is of a type that a document cannot hold.")
    if isinstance(value, float) and not isfinite(value):
        raise ValueError("A number is not finite.")
    return value


def _key(key: object) -> str:
    if not isinstance(key, str):
        raise ValueError("A name is not a text.")
    return key


def _in_utc(moment: datetime) -> datetime:
    if moment.utcoffset() is None:
        raise ValueError("A time has no time zone.")
    try:
        return moment.astimezone(UTC)
    except OverflowError as error:
        raise ValueError("A time is outside the years 1 to 9999.") from error


def from_firestore(value: Any) -> Value:
    """Timestamps become plain `datetime` in UTC: the client's subclass neither pickles nor prints
    like one."""
    if isinstance(value, dict):
        return {key: from_firestore(item) for key, item in value.items()}
    if isinstance(value, list):
        return [from_firestore(item) for item in value]
    if isinstance(value, datetime):
        return datetime.combine(value.date(), value.timetz())
    return value


def document(snapshot: Snapshot) -> Document | None:
    """The document in `snapshot`, None if it says that there is none."""
    return existing(snapshot) if snapshot.exists else None


def existing(snapshot: Snapshot) -> Document:
    """The document in a snapshot that a query found."""
    return Document(path=snapshot.reference.path, data=from_firestore(snapshot.to_dict()))
