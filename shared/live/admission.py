"""How many may be connected: strangers in all, and sockets of one user."""

from __future__ import annotations

from collections import Counter
from typing import Generic, TypeVar

from .closing import Close, Closing
from .limits import Limits

K = TypeVar("K")


class Admission(Generic[K]):
    """Counts connections from their arrival to their end.

    Where strangers are too many, the one that has waited longest goes: an honest client shows who
    it is within a moment, so that those who never do cannot keep it out.
    """

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        # Dictionaries keep the order of arrival.
        self._strangers: dict[K, None] = {}
        self._users: dict[K, str] = {}
        self._sockets: Counter[str] = Counter()

    @property
    def strangers(self) -> int:
        """How many have not shown yet who they are."""
        return len(self._strangers)

    def arrive(self, connection: K) -> K | None:
        """Takes a stranger in; returns the one that must go for it, if there are too many."""
        self._strangers[connection] = None
        if len(self._strangers) <= self._limits.max_unauthenticated:
            return None
        oldest = next(iter(self._strangers))
        del self._strangers[oldest]
        return oldest

    def admit(self, connection: K, user_id: str) -> None:
        """A stranger has shown who it is.

        Raises:
            Closing: if that user has too many sockets open.
        """
        self._strangers.pop(connection, None)
        if self._sockets[user_id] >= self._limits.max_per_user:
            raise Closing(Close.TOO_MANY)
        self._sockets[user_id] += 1
        self._users[connection] = user_id

    def depart(self, connection: K) -> None:
        """A connection has ended; one that is unknown is no error."""
        self._strangers.pop(connection, None)
        user_id = self._users.pop(connection, None)
        if user_id is not None:
            self._sockets[user_id] -= 1
            if not self._sockets[user_id]:
                del self._sockets[user_id]
