"""What a platform hands to the suites of ports that need more than the port to be tested."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from shared.application.ports import Blobs, Identity, Tasks

from .receiver import PushReceiver

# Topic `work` is pushed to the receiver; after MAX_ATTEMPTS, the fewest that Pub/Sub allows, a
# message goes to topic `dead`, which is pushed there too.
WORK, DEAD = "work", "dead"
MAX_ATTEMPTS = 5


@dataclass(frozen=True, slots=True)
class TasksHarness:
    """Attributes:
    verify_push: raises `Unauthenticated` for headers that the platform did not send; None where
        an emulator signs nothing.
    """

    tasks: Tasks
    receiver: PushReceiver
    verify_push: Callable[[dict[str, str]], None] | None


@dataclass(frozen=True, slots=True)
class DirectUploads:
    """Attributes:
    notifications: attributes of those made so far.
    origin: what a session's URL is relative to.
    """

    blobs: Blobs
    notifications: Callable[[], list[dict[str, str]]]
    origin: str


class IdentityHarness(Protocol):
    """A user base and its identity port."""

    identity: Identity

    def sign_up(self) -> tuple[str, str]:
        """(user id, token) of a new user."""

    def sign_in(self, user_id: str) -> str:
        """A new token of that user."""

    def revoke(self, user_id: str) -> None:
        """Makes all tokens of the user invalid that were issued until now."""

    def disable(self, user_id: str) -> None: ...

    def delete(self, user_id: str) -> None: ...

    def forge(self, user_id: str, flaw: str) -> str:
        """A token of that user that is right but for one flaw, of `forgery.FLAWS`."""
