"""How Google's errors become the domain's."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from random import uniform
from time import sleep
from typing import TypeVar

from google.api_core import exceptions
from google.auth.exceptions import GoogleAuthError, TransportError

from shared.domain.errors import AlreadyExists, Unavailable

T = TypeVar("T")

# https://cloud.google.com/apis/design/errors#error_retries and, for 408, 429 and 5xx over HTTP,
# https://cloud.google.com/storage/docs/retry-strategy#retryable
TRANSIENT = (
    exceptions.Aborted,
    exceptions.Cancelled,
    exceptions.RetryError,
    exceptions.ServerError,
    exceptions.TooManyRequests,
    # requests' ConnectionError, Timeout and their like are OSErrors.
    OSError,
)
_ATTEMPTS = 10
_FIRST_PAUSE_S = 0.05
_LONGEST_PAUSE_S = 2.0


@contextmanager
def translated(service: str, *, leave: tuple[type[Exception], ...] = ()) -> Iterator[None]:
    """Raises the domain's error in place of Google's.

    What nobody who calls can mend (a missing index, database, bucket, topic or permission) is
    raised as it is: it is a fault of the deployment, and its text says what to do.

    Args:
        service: its name as it stands in the message (`Firestore`).
        leave: errors that are raised as they are, because the caller has an answer to them.

    Raises:
        Unavailable: the service could not be reached, or failed for now.
        AlreadyExists: what was to be created is there.
        ValueError: the service refuses a value; its words are the cause, since they may quote it.
    """
    try:
        yield
    except leave:
        raise
    except exceptions.AlreadyExists as error:
        raise AlreadyExists("There is such a document already.") from error
    except exceptions.InvalidArgument as error:
        raise ValueError(f"{service} does not take this value.") from error
    except TRANSIENT as error:
        raise unavailable(service) from error
    except GoogleAuthError as error:
        if not (error.retryable or isinstance(error, TransportError)):
            raise
        raise unavailable(service) from error


def unavailable(service: str) -> Unavailable:
    """The error for a service that is not there just now."""
    return Unavailable(f"{service} is not available just now.")


def retried_while_contended(attempt: Callable[[], T]) -> T:
    """Calls `attempt` again while Firestore aborts it: ten times, for about ten seconds of pauses.

    The pauses are jittered, so that those who met once do not meet again. Source:
    https://cloud.google.com/firestore/docs/transaction-data-contention

    Raises:
        Unavailable: every attempt was aborted.
    """
    for number in range(_ATTEMPTS):
        try:
            return attempt()
        except exceptions.Aborted as error:
            aborted = error
        sleep(uniform(0.5, 1.0) * min(_LONGEST_PAUSE_S, _FIRST_PAUSE_S * 2**number))  # noqa: S311
    raise Unavailable("Firestore stays contended.") from aborted
