"""Sends requests, again where that is safe, and gives back JSON."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any, Final

import httpx

from .errors import ConnectionFailed, error_of
from .retry import Retry, is_temporary, seconds_of

# A file of 30 MiB over a slow line; each read and write may take that long, not the whole.
_TIMEOUT: Final = httpx.Timeout(60.0, connect=10.0)
# What cannot be sent is not sent better the second time.
_OUR_FAULT: Final = (httpx.UnsupportedProtocol, httpx.LocalProtocolError)


class Transport:
    """HTTP with repetition.

    Args:
        http: an httpx client of one's own, for proxies, certificates or tests.
        sleep: waits, in seconds.
    """

    def __init__(
        self,
        *,
        http: httpx.Client | None = None,
        retry: Retry | None = None,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._http = http or httpx.Client(timeout=_TIMEOUT)
        self._retry = retry or Retry()
        self.sleep = sleep

    def close(self) -> None:
        """Closes the connections."""
        self._http.close()

    def send(
        self, method: str, url: str, headers: Mapping[str, str], **content: Any
    ) -> httpx.Response:
        """An answer below 400.

        Args:
            content: `json`, `params`, `data` or `files`, as httpx takes them.

        Raises:
            ApiError: any other answer.
            ConnectionFailed: none.
        """
        failures = 0
        while True:
            response, cause = self.attempt(method, url, headers, **content)
            if response is not None and response.status_code < 400:
                return response
            failures += 1
            delay_s = self._delay_s(response, failures)
            if delay_s is None:
                raise _failure(response, failures) from cause
            self.sleep(delay_s)

    def attempt(
        self, method: str, url: str, headers: Mapping[str, str], **content: Any
    ) -> tuple[httpx.Response | None, Exception | None]:
        """One attempt: any answer, or none and why."""
        try:
            return self._http.request(method, url, headers=headers, **content), None
        except _OUR_FAULT:
            raise
        except httpx.TransportError as error:
            return None, error

    def _delay_s(self, response: httpx.Response | None, failures: int) -> float | None:
        if response is None:
            return self._retry.delay_s(failures)
        retry_after = response.headers.get("Retry-After")
        if not is_temporary(response.status_code, retry_after):
            return None
        return self._retry.delay_s(failures, seconds_of(retry_after))


def json_of(response: httpx.Response) -> Any:
    """The answer's JSON; None where it is none."""
    try:
        return response.json()
    except ValueError:
        return None


def _failure(response: httpx.Response | None, attempts: int) -> Exception:
    if response is None:
        return ConnectionFailed(f"The service could not be reached in {attempts} attempts.")
    return error_of(
        response.status_code,
        json_of(response),
        request_id=response.headers.get("X-Request-Id"),
        attempts=attempts,
    )
