"""Documents read from the wire are those that the client would have read."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from google.cloud.firestore_v1 import _helpers
from google.cloud.firestore_v1.types import Document as DocumentMessage
from hypothesis import given
from hypothesis import strategies as st

from shared.adapters.google.firestore_values import from_firestore
from shared.adapters.google.listen_values import document_of, order_key

TEXT = st.text(st.characters(codec="utf-8"), max_size=5)
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63 - 1)
    | st.floats(allow_nan=False)
    | TEXT
    | st.datetimes(datetime(1, 1, 2), datetime(9999, 12, 30), timezones=st.just(UTC))
)
MAPS = st.dictionaries(TEXT.filter(bool), SCALARS, max_size=3)
FIELDS = st.dictionaries(
    TEXT.filter(bool), SCALARS | MAPS | st.lists(SCALARS | MAPS, max_size=3), max_size=4
)


def message(fields: dict[str, Any]) -> Any:
    name = "projects/p/databases/(default)/documents/rooms/a/notes/1"
    return DocumentMessage(name=name, fields=_helpers.encode_dict(fields))


@given(FIELDS)
def test_document_of_equals_what_the_client_reads(fields: dict[str, Any]) -> None:
    sent = message(fields)
    found = document_of(sent._pb)
    assert found.path == "rooms/a/notes/1"
    assert repr(found.data) == repr(from_firestore(_helpers.decode_dict(sent.fields, None)))


def test_document_of_refuses_what_the_ports_do_not_have() -> None:
    with pytest.raises(ValueError, match="type"):
        document_of(message({"bytes": b"raw"})._pb)


def test_order_key_sorts_as_firestore_does() -> None:
    ordered = [False, True, -1.5, 0, 1, 2.5, 2**53 + 1, datetime(2024, 1, 1, tzinfo=UTC), "", "a"]
    keys = [order_key(message({"n": value})._pb, "n") for value in ordered]
    assert keys == sorted(keys)
    assert len(set(keys)) == len(keys)


@pytest.mark.parametrize("fields", [{}, {"n": None}, {"n": [1]}])
def test_order_key_refuses_a_document_without_order(fields: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"type|ordered"):
        order_key(message(fields)._pb, "n")
