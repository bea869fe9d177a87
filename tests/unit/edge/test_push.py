"""The push envelope."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.errors import InvalidRequest
from shared.edge.push import parse_envelope
from shared.endpoints import BY_NAME

RECEIVE = BY_NAME["receive_upload"]


def envelope(**changes: Any) -> dict[str, Any]:
    data = base64.b64encode(json.dumps({"session_id": "s"}).encode()).decode()
    message = {
        "data": data,
        "attributes": {"eventType": "OBJECT_FINALIZE"},
        "messageId": "17",
        "publishTime": "2024-03-20T14:30:00Z",
    }
    return {"message": message, "subscription": "projects/p/subscriptions/uploads", **changes}


def test_a_message_comes_out_of_its_envelope() -> None:
    message = parse_envelope(envelope(deliveryAttempt=3), RECEIVE)
    assert (message.topic, message.data) == ("uploads", {"session_id": "s"})
    assert message.attributes == {"eventType": "OBJECT_FINALIZE"}
    assert (message.message_id, message.attempt) == ("17", 3)
    assert message.published_at == datetime(2024, 3, 20, 14, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("subscription", "topic"),
    [
        ("uploads", "uploads"),
        ("projects/p/subscriptions/receive-upload-analyses", "analyses"),
        ("projects/p/subscriptions/prod.uploads", "uploads"),
    ],
)
def test_the_topic_is_the_subscriptions(subscription: str, topic: str) -> None:
    assert parse_envelope(envelope(subscription=subscription), RECEIVE).topic == topic


def test_a_subscription_of_another_topic_is_refused() -> None:
    with pytest.raises(InvalidRequest):
        parse_envelope(envelope(subscription="projects/p/subscriptions/other"), RECEIVE)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner),
    max_leaves=8,
)


@given(JSON)
def test_anything_else_is_refused(value: Any) -> None:
    with pytest.raises(InvalidRequest):
        parse_envelope(value, RECEIVE)
