"""Makes the topics and push subscriptions of the table on emulated Pub/Sub, and calls the sweep.

The emulator forgets everything when it ends, so each round makes what is missing again.
"""

from __future__ import annotations

import logging
import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta

from google.api_core.exceptions import AlreadyExists, GoogleAPICallError
from google.pubsub_v1 import SubscriberClient
from google.pubsub_v1.types import DeadLetterPolicy, PushConfig, RetryPolicy, Subscription

from infra.local import lifeline
from infra.local.push_issuer import push_key
from infra.local.sweeper import sweep_until
from shared import endpoints
from shared.adapters.google.tasks import publisher_client
from shared.config import Config

_LOG = logging.getLogger(__name__)
_EVERY_S = 5.0
_AGAIN_S = 0.5
_DEAD_LETTERS = "dead-letters"


def main() -> None:
    """Command line: lifeline, origin of the pipeline."""
    lifeline.end_with(int(sys.argv[1]))
    logging.basicConfig(format="%(asctime)s %(levelname)s %(message)s")
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    config = Config.from_environment(os.environ)
    origin, proof = sys.argv[2], {"X-Push-Key": push_key(config)}
    threading.Thread(target=sweep_until, args=(stop, origin, lambda: proof), daemon=True).start()
    while not stop.wait(_EVERY_S if _subscribed(config, origin) else _AGAIN_S):
        pass


def _subscribed(config: Config, origin: str) -> bool:
    try:
        subscribe(config, origin)
    except GoogleAPICallError as error:
        _LOG.warning("Pub/Sub cannot be reached: %s.", type(error).__name__)
        return False
    return True


def subscribe(config: Config, origin: str) -> None:
    """Makes every topic and subscription that is not there."""
    publisher, subscriber = publisher_client(), SubscriberClient()
    wanted = list(subscriptions(config, origin))
    for subscription in wanted:
        with suppress(AlreadyExists):
            publisher.create_topic(name=subscription.topic)
    for subscription in wanted:
        with suppress(AlreadyExists):
            subscriber.create_subscription(subscription)


def subscriptions(config: Config, origin: str) -> Iterator[Subscription]:
    """The push subscriptions of the table of endpoints."""
    root = f"projects/{config.project}"
    for endpoint in endpoints.ENDPOINTS:
        for each in endpoint.subscriptions:
            yield Subscription(
                name=f"{root}/subscriptions/{each.topic}",
                topic=f"{root}/topics/{each.topic}",
                push_config=PushConfig(
                    push_endpoint=f"{origin}{endpoint.path}?key={push_key(config)}"
                ),
                ack_deadline_seconds=each.ack_deadline_s,
                retry_policy=RetryPolicy(
                    minimum_backoff=timedelta(seconds=each.min_backoff_s),
                    maximum_backoff=timedelta(seconds=each.max_backoff_s),
                ),
                dead_letter_policy=_dead_letters(root, each),
            )


def _dead_letters(root: str, each: endpoints.Subscription) -> DeadLetterPolicy | None:
    if not each.dead_letter:
        return None
    return DeadLetterPolicy(
        dead_letter_topic=f"{root}/topics/{_DEAD_LETTERS}", max_delivery_attempts=each.max_attempts
    )


if __name__ == "__main__":
    main()
