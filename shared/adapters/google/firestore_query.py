"""The port's `Query` in the terms of Firestore."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from google.cloud.firestore_v1 import Client
from google.cloud.firestore_v1.base_query import FieldFilter
from google.cloud.firestore_v1.query import Query as FirestoreQuery

from shared.application.ports import Query

from .firestore_values import to_firestore

_ID = "__name__"


def firestore_query(client: Client, query: Query) -> FirestoreQuery:
    """The same query for `client`.

    The id is always named as the last order, because a cursor needs it; its direction is the one
    that Firestore would add by itself, so it asks for no index of its own. Source:
    https://cloud.google.com/firestore/docs/query-data/index-overview

    Raises:
        ValueError: bounds or `descending` without `order_by`: Firestore scans ids upwards only.
    """
    if query.descending and query.order_by is None:
        raise ValueError("Descending needs a field to order by.")
    found = FirestoreQuery(client.collection(query.collection))
    for field_filter in _filters(query):
        found = found.where(filter=field_filter)
    direction = FirestoreQuery.DESCENDING if query.descending else FirestoreQuery.ASCENDING
    if query.order_by is not None:
        found = found.order_by(query.order_by, direction=direction)
    found = found.order_by(_ID, direction=direction)
    if query.after is not None:
        found = found.start_after(_cursor(client, query))
    if query.offset:
        found = found.offset(query.offset)
    return found if query.limit is None else found.limit(query.limit)


def _filters(query: Query) -> Iterator[FieldFilter]:
    for name, value in query.where.items():
        yield FieldFilter(name, "==", to_firestore(value))
    bounds = {
        ">=": query.at_least,
        ">": query.more_than,
        "<": query.less_than,
        "<=": query.at_most,
    }
    for operator, bound in bounds.items():
        if bound is None:
            continue
        if query.order_by is None:
            raise ValueError("Bounds are on `order_by`, and there is none.")
        yield FieldFilter(query.order_by, operator, to_firestore(bound))


def _cursor(client: Client, query: Query) -> list[Any]:
    assert query.after is not None  # noqa: S101
    value, document_id = query.after
    reference = client.collection(query.collection).document(document_id)
    return [reference] if query.order_by is None else [to_firestore(value), reference]
