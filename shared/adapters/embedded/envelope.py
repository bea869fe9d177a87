"""Pub/Sub's push envelope around a message of the local queue."""

from __future__ import annotations

import base64
from datetime import UTC, datetime
from typing import Any

from .tasks import Claim

_SUBSCRIPTIONS = "projects/local/subscriptions"


def envelope(claim: Claim) -> dict[str, Any]:
    """The JSON body of a push (cloud.google.com/pubsub/docs/push, "Receive push messages")."""
    message_id, publish_time = str(claim.id), _time(claim.published_us)
    return {
        "message": {
            "attributes": dict(claim.attributes),
            "data": base64.b64encode(claim.data.encode()).decode("ascii"),
            "messageId": message_id,
            "message_id": message_id,
            "publishTime": publish_time,
            "publish_time": publish_time,
        },
        "subscription": f"{_SUBSCRIPTIONS}/{claim.topic}",
        "deliveryAttempt": claim.attempt,
    }


def dead_letter_attributes(claim: Claim) -> dict[str, str]:
    """What Pub/Sub adds to a message that it forwards to a dead-letter topic.

    See cloud.google.com/pubsub/docs/handling-failures, "Dead letter topics".
    """
    return {
        "CloudPubSubDeadLetterSourceDeliveryCount": str(claim.attempt),
        "CloudPubSubDeadLetterSourceSubscription": claim.topic,
        "CloudPubSubDeadLetterSourceSubscriptionProject": "local",
        "CloudPubSubDeadLetterSourceTopicPublishTime": _time(claim.published_us),
    }


def _time(microseconds: int) -> str:
    moment = datetime.fromtimestamp(microseconds / 1e6, UTC)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
