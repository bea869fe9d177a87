"""Calls the sweep from time to time, as Cloud Scheduler does in the cloud."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Mapping
from typing import Final

import urllib3

from shared.endpoints import BY_NAME

_LOG = logging.getLogger(__name__)
SWEEP_EVERY_S: Final = 30.0


def sweep_until(
    stop: threading.Event, origin: str, headers: Callable[[], Mapping[str, str]]
) -> None:
    """Sweeps at once and then every `SWEEP_EVERY_S`, until `stop`.

    Args:
        origin: of the pipeline.
        headers: make the proof that the platform calls.
    """
    with urllib3.PoolManager(retries=False) as pool:
        while True:
            try:
                _sweep(pool, origin, headers())
            except urllib3.exceptions.HTTPError as error:
                _LOG.warning("The sweep could not be called: %s.", type(error).__name__)
            if stop.wait(SWEEP_EVERY_S):
                return


def _sweep(pool: urllib3.PoolManager, origin: str, headers: Mapping[str, str]) -> None:
    sweep = BY_NAME["sweep"]
    timeout_s = float(sweep.timeout_s)
    url = f"{origin}{sweep.path}"
    answer = pool.request(sweep.method, url, headers=headers, timeout=timeout_s)
    if answer.status >= 400:
        _LOG.warning("The sweep answered %d.", answer.status)
