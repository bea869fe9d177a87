"""Reads the envelope in which Pub/Sub pushes a message."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from shared.application.ports import PushMessage
from shared.domain.errors import InvalidRequest
from shared.endpoints import Endpoint


def parse_envelope(envelope: Any, endpoint: Endpoint) -> PushMessage:
    """The message in a wrapped push.

    Source: Pub/Sub, "Receive messages with push subscriptions", the wrapped JSON request.

    Raises:
        InvalidRequest: if it is no such envelope, or of a subscription that the endpoint has not.
    """
    try:
        message = envelope["message"]
        return PushMessage(
            topic=_topic(str(envelope["subscription"]), endpoint),
            data=_data(message.get("data", "")),
            attributes=_attributes(message.get("attributes") or {}),
            message_id=str(message.get("messageId") or message["message_id"]),
            published_at=_moment(message.get("publishTime") or message["publish_time"]),
            attempt=int(envelope.get("deliveryAttempt") or 1),
        )
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise InvalidRequest("The body is not a Pub/Sub push envelope.") from error


def _topic(subscription: str, endpoint: Endpoint) -> str:
    name = subscription.rsplit("/", 1)[-1]
    topics = sorted((s.topic for s in endpoint.subscriptions), key=len, reverse=True)
    for topic in topics:
        if name == topic or name.endswith((f"-{topic}", f".{topic}")):
            return topic
    if len(topics) == 1:
        return topics[0]
    raise ValueError("unknown subscription")


def _data(encoded: str) -> Mapping[str, Any]:
    try:
        content = base64.b64decode(encoded, validate=True)
    except binascii.Error as error:
        raise ValueError("not base64") from error
    data = json.loads(content) if content else {}
    if not isinstance(data, dict):
        raise TypeError("not an object")
    return data


def _attributes(attributes: Mapping[str, Any]) -> Mapping[str, str]:
    return {str(name): str(value) for name, value in attributes.items()}


def _moment(value: str) -> datetime:
    moment = datetime.fromisoformat(value)
    return moment.replace(tzinfo=moment.tzinfo or UTC)
