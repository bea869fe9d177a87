"""Documents as a Listen stream carries them, read without the client's wrappers.

The client wraps each message and each value of a document once more; on a stream of events that is
most of the work.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from shared.application.ports import Document, Value

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)

# A value's place among all values: that of its type first, then its own. Booleans are ranked by
# their own type, which Python counts among the numbers. Source:
# https://cloud.google.com/firestore/docs/concepts/data-types#value_type_ordering
_RANKS: Final[dict[type, int]] = {bool: 1, int: 2, float: 2, datetime: 3, str: 4}

OrderKey = tuple[int, Any]


def document_of(message: Any) -> Document:
    """The document in a `google.firestore.v1.Document`.

    Raises:
        ValueError: it holds a value of a type that the ports do not have.
    """
    _, _, path = message.name.partition("/documents/")
    return Document(path, _map(message))


def order_key(message: Any, order_by: str) -> OrderKey:
    """Where a document stands in the order of its field `order_by`.

    Raises:
        ValueError: the field is missing, or of a type that nothing is ordered by here.
    """
    value = value_of(message.fields[order_by])
    rank = _RANKS.get(type(value))
    if rank is None:
        raise ValueError("A document that is listened to has no value to be ordered by.")
    return rank, value


def value_of(message: Any) -> Value:
    """The value in a `google.firestore.v1.Value`.

    Raises:
        ValueError: it is of a type that the ports do not have.
    """
    kind = message.WhichOneof("value_type")
    reader = _READERS.get(kind)
    if reader is None:
        raise ValueError("A value is of a type that a document cannot hold.")
    return reader(getattr(message, kind))


def _map(message: Any) -> dict[str, Value]:
    return {name: value_of(value) for name, value in message.fields.items()}


def _list(message: Any) -> list[Value]:
    return [value_of(value) for value in message.values]


def _time(message: Any) -> datetime:
    return _EPOCH + timedelta(seconds=message.seconds, microseconds=message.nanos // 1000)


def _null(_: Any) -> None:
    return None


def _same(value: Any) -> Any:
    return value


_READERS: Final[dict[str | None, Callable[[Any], Value]]] = {
    "null_value": _null,
    "boolean_value": _same,
    "integer_value": _same,
    "double_value": _same,
    "string_value": _same,
    "timestamp_value": _time,
    "array_value": _list,
    "map_value": _map,
}
