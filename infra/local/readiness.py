"""Whether the service can take a first call."""

from __future__ import annotations

import json
import os
from urllib.request import urlopen

from infra.local.place import Emulators, Place
from shared.config import Config
from shared.endpoints import API, ENDPOINTS

_TIMEOUT_S = 5


def is_ready(place: Place) -> bool:
    """Whether the API answers and, on emulators, everything below it is there."""
    try:
        if place.emulators and not _emulators_are_ready(place.emulators):
            return False
        _read(f"{place.origin}{API}/health")
    except OSError:
        return False
    return True


def _emulators_are_ready(ports: Emulators) -> bool:
    project = Config.from_environment(os.environ).project
    _read(f"http://127.0.0.1:{ports.firestore}/")
    _read(f"http://127.0.0.1:{ports.storage}/storage/v1/b/uploads/o")
    listed = _read(f"http://127.0.0.1:{ports.pubsub}/v1/projects/{project}/subscriptions")
    wanted = sum(len(endpoint.subscriptions) for endpoint in ENDPOINTS)
    return len(json.loads(listed).get("subscriptions", ())) == wanted


def _read(url: str) -> bytes:
    with urlopen(url, timeout=_TIMEOUT_S) as answer:  # noqa: S310
        return bytes(answer.read())
