"""Delivers the queue's messages to the pipeline, and calls the sweep from time to time."""

from __future__ import annotations

import argparse
import logging
import os
import signal
import threading
from collections.abc import Iterator

from infra.local import lifeline
from infra.local.sweeper import sweep_until
from shared.adapters.embedded.dispatcher import Dispatcher, Subscription
from shared.adapters.embedded.push_token import PushSigner
from shared.bootstrap import EmbeddedServices
from shared.config import Config
from shared.domain.errors import Unavailable
from shared.endpoints import ENDPOINTS

_LOG = logging.getLogger(__name__)
_DEAD_LETTERS = "dead-letters"
_COLLECT_EVERY_S = 3_600.0


def main() -> None:
    """Command line: lifeline, origin of the pipeline, how many pushes at a time."""
    parser = argparse.ArgumentParser(prog="infra.local.dispatcher")
    parser.add_argument("lifeline", type=int)
    parser.add_argument("origin")
    parser.add_argument("--concurrency", type=int, required=True)
    given = parser.parse_args()
    lifeline.end_with(given.lifeline)
    logging.basicConfig(format="%(asctime)s %(levelname)s %(message)s")
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    dispatch(given.origin, given.concurrency, stop)


def dispatch(origin: str, concurrency: int, stop: threading.Event) -> None:
    """Delivers and sweeps until `stop`."""
    services = EmbeddedServices(Config.from_environment(os.environ))
    signer = PushSigner(services.push_secret)
    # The supervisor runs one dispatcher: whoever held a lease is gone.
    services.tasks.release_all()
    sweeper = threading.Thread(target=sweep_until, args=(stop, origin, signer.headers), daemon=True)
    sweeper.start()
    collector = threading.Thread(target=_collect_garbage, args=(stop, services), daemon=True)
    collector.start()
    subscriptions = dict(_subscriptions(origin, concurrency))
    Dispatcher(services.tasks, subscriptions, signer).run(stop)


def _collect_garbage(stop: threading.Event, services: EmbeddedServices) -> None:
    """Removes, now and then, the bytes of uploads whose process was killed."""
    while True:
        try:
            # One call looks after both buckets: they share the directory.
            services.uploads.collect_garbage()
        except (Unavailable, OSError) as error:
            _LOG.warning("Garbage could not be collected: %s.", type(error).__name__)
        if stop.wait(_COLLECT_EVERY_S):
            return


def _subscriptions(origin: str, concurrency: int) -> Iterator[tuple[str, Subscription]]:
    for endpoint in ENDPOINTS:
        for subscription in endpoint.subscriptions:
            yield (
                subscription.topic,
                Subscription(
                    endpoint=f"{origin}{endpoint.path}",
                    ack_deadline_s=subscription.ack_deadline_s,
                    min_backoff_s=subscription.min_backoff_s,
                    max_backoff_s=subscription.max_backoff_s,
                    max_attempts=subscription.max_attempts,
                    concurrency=concurrency,
                    dead_letter=_DEAD_LETTERS if subscription.dead_letter else None,
                ),
            )


if __name__ == "__main__":
    main()
