"""Tasks on Pub/Sub."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from typing import Any

from google.api_core.retry import Retry, if_exception_type
from google.pubsub_v1 import PublisherClient
from google.pubsub_v1.types import PubsubMessage

from .failures import TRANSIENT, translated


@cache
def publisher_client() -> PublisherClient:
    """The process's one client; its connection opens with the first call."""
    return PublisherClient()


class PubSubTasks:
    """The Tasks port.

    Uses the generated publisher and not the batching one of `google.cloud.pubsub_v1`: one call,
    made in the caller's own thread, that answers when the broker has the message. Nothing is left
    over for a background thread, which in Cloud Run would starve once the response is sent. It is
    the cheaper one, too: measured against the emulator, 0.3 ms of CPU a message instead of 0.6
    (a batch of one starts a thread), and 5 to 20 ms less to import.

    Args:
        timeout_s: how long publishing is repeated before it is `Unavailable`.
    """

    def __init__(self, project: str, *, timeout_s: float = 20.0) -> None:
        self._project = project
        self._timeout_s = timeout_s
        # Delivery is at-least-once anyhow, so that a message may be published twice.
        self._retry = Retry(
            predicate=if_exception_type(*TRANSIENT), initial=0.1, maximum=5.0, timeout=timeout_s
        )

    def publish(self, topic: str, data: Mapping[str, Any]) -> None:
        body = _body(data)
        with translated("Pub/Sub"):
            client = publisher_client()
            client.publish(
                topic=client.topic_path(self._project, topic),
                messages=[PubsubMessage(data=body)],
                retry=self._retry,
                timeout=self._timeout_s,
            )


def _body(data: Mapping[str, Any]) -> bytes:
    try:
        text = json.dumps(data, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    except TypeError as error:
        raise ValueError("The task's data has no JSON form.") from error
    return text.encode()
