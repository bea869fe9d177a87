"""A session's live events: each once, in order, across every connection that it takes."""

from __future__ import annotations

import asyncio
import inspect
import json
import time
from collections.abc import Callable, Mapping
from typing import Any, Final, Self, TypedDict

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidStatus

from .auth import AuthService
from .errors import ConnectionFailed, ServiceUnavailable, SessionGone, StreamClosed
from .retry import Retry
from .wire import (
    ActionItem,
    Belief,
    Challenge,
    Emotion,
    EventType,
    Insight,
    Reason,
    Topic,
)

# The service's table of close codes (docs, "How the socket of events closes"). Whatever is not
# here is a network that broke: pause and come back.
_STOP: Final = frozenset({1000, 1002, 1003, 1007, 1009, 4400, 4404})
_SIGN_IN: Final = frozenset({4401, 4408})
_AT_ONCE: Final = frozenset({1012, 4000})
_NOT_FOUND: Final = 4404
# What the opening handshake is refused with, as the code that a socket would be closed with.
_REFUSALS: Final = {400: 4400, 401: 4401, 403: 4400, 404: _NOT_FOUND, 501: 4400}
_CUT: Final = 1006
_UNREACHABLE: Final = (ConnectionFailed, ServiceUnavailable)
_PATIENCE: Final = 3
# Longer than the service waits for a token (5 s): it has taken the one that it was shown.
_LASTING_S: Final = 30.0
# Whoever leaves early has unread events before the answer to the close; they need not be read.
_CLOSE_S: Final = 1.0
_MAX_MESSAGE_BYTES: Final = 4 * 1024 * 1024


class Event(TypedDict):
    """One event; `data` as the API documents it for the type."""

    id: int
    session_id: str
    type: EventType
    data: dict[str, Any]


class Failure(TypedDict):
    """Why an analysis failed."""

    error: Reason | None
    revision: int


class Reset(TypedDict, total=False):
    """What was told before no longer stands: read the session again, and go on from here.

    `reason` is `expired` (history is gone), `reanalyzed`, `restarted` or `merged`.
    """

    reason: str
    revision: int


class Handlers(TypedDict, total=False):
    """What is called with what. An element that comes again replaces the one with its id."""

    on_progress: Callable[[float], object]
    on_emotion: Callable[[Emotion], object]
    on_topic: Callable[[Topic], object]
    on_insight: Callable[[Insight], object]
    on_belief: Callable[[Belief], object]
    on_challenge: Callable[[Challenge], object]
    on_action_item: Callable[[ActionItem], object]
    on_failed: Callable[[Failure], object]
    on_reset: Callable[[Reset], object]
    on_deleted: Callable[[Mapping[str, Any]], object]
    # Every event, whatever its type, before the handler of its own.
    on_event: Callable[[Event], object]


# The handler of a type, and the member of `data` that it is given; None for all of `data`.
_HANDLED: Final[Mapping[str, tuple[str, str | None]]] = {
    "analysis_progress": ("on_progress", "progress"),
    "new_emotion": ("on_emotion", "emotion"),
    "new_topic": ("on_topic", "topic"),
    "new_insight": ("on_insight", "insight"),
    "new_belief": ("on_belief", "belief"),
    "new_challenge": ("on_challenge", "challenge"),
    "new_action_item": ("on_action_item", "action_item"),
    "analysis_failed": ("on_failed", None),
    "reset": ("on_reset", None),
    "session_deleted": ("on_deleted", None),
}


class EventStream:
    """Iterates over a session's events. It ends with the session's deletion.

    Use it as a context manager, which closes the socket however the iteration is left.

    Args:
        after: the last event that was seen before.
        retry: the pauses between connections; it is tried until it works.

    Attributes:
        last_id: what to give as `after` to go on from here.
        connections: how many were opened.
    """

    def __init__(
        self, auth: AuthService, session_id: str, after: int = 0, *, retry: Retry | None = None
    ) -> None:
        self._auth = auth
        self._session_id = session_id
        self._retry = retry or Retry()
        self._socket: ClientConnection | None = None
        self._token = ""
        self._failures = 0
        self._opened_s = 0.0
        self._is_over = False
        self.last_id = after
        self.connections = 0

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Closes the socket; going on with the iteration opens another."""
        socket, self._socket = self._socket, None
        if socket is not None:
            await socket.close()

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> Event:
        """The next event.

        Raises:
            SessionGone, StreamClosed, SignInFailed, NotSignedIn
        """
        while not self._is_over:
            try:
                event = await self._receive()
                if self._is_next(event):
                    self._failures = 0
                    self._is_over = event["type"] == "session_deleted"
                    return event
            except (ConnectionClosed, InvalidHandshake, OSError, *_UNREACHABLE) as error:
                self._failures = 1 if self._has_lasted() else self._failures + 1
                await self.aclose()
                await self._recover(*_why(error))
        await self.aclose()
        raise StopAsyncIteration

    async def _receive(self) -> Event:
        if self._socket is None:
            self._token = await asyncio.to_thread(self._auth.token)
            self._socket = await connect(
                self._url(),
                additional_headers={"Authorization": f"Bearer {self._token}"},
                max_size=_MAX_MESSAGE_BYTES,
                close_timeout=_CLOSE_S,
            )
            self._opened_s = time.monotonic()
            self.connections += 1
        event: Event = json.loads(await self._socket.recv())
        return event

    def _has_lasted(self) -> bool:
        # In a session in which nothing happens a socket ends every hour, and none has failed.
        return self._socket is not None and time.monotonic() - self._opened_s >= _LASTING_S

    def _url(self) -> str:
        # http becomes ws, and https wss.
        base = f"ws{self._auth.place.api_url.removeprefix('http')}"
        return f"{base}/sessions/{self._session_id}/events?after={self.last_id}"

    def _is_next(self, event: Event) -> bool:
        """Takes an event up, and tells whether it is news.

        Raises:
            _Gap: if one is missing before it.
        """
        seq = event["id"]
        # Such a reset stands outside the order: it says where the order goes on.
        if event["type"] == "reset" and event["data"].get("reason") == "expired":
            self.last_id = seq
            return True
        if seq <= self.last_id:
            return False
        if seq > self.last_id + 1:
            raise _Gap
        self.last_id = seq
        return True

    async def _recover(self, code: int, reason: str) -> None:
        if code == _NOT_FOUND:
            raise SessionGone(code, reason)
        if code in _STOP or (code in _SIGN_IN and self._failures >= _PATIENCE):
            raise StreamClosed(code, reason)
        if code in _SIGN_IN:
            await self._sign_in_again()
        if self._failures > 1 or code not in _AT_ONCE | _SIGN_IN:
            await asyncio.sleep(self._retry.jitter_s(self._failures))

    async def _sign_in_again(self) -> None:
        try:
            await asyncio.to_thread(self._auth.refresh, self._token)
        except _UNREACHABLE:
            # The next attempt asks again.
            return


class _Gap(OSError):
    """An event is missing; the service sends it to who comes back."""


def _why(error: Exception) -> tuple[int, str]:
    if isinstance(error, ConnectionClosed) and error.rcvd is not None:
        return error.rcvd.code, error.rcvd.reason
    if isinstance(error, InvalidStatus):
        status = error.response.status_code
        return _REFUSALS.get(status, _CUT), f"HTTP {status}"
    return _CUT, ""


async def deliver(stream: EventStream, handlers: Handlers) -> None:
    """Calls the handlers of each event, one after the other, to the end of the stream."""
    async with stream:
        async for event in stream:
            for handler, told in _calls(event, handlers):
                result = handler(told)
                if inspect.isawaitable(result):
                    await result


def _calls(event: Event, handlers: Handlers) -> list[tuple[Callable[[Any], object], Any]]:
    given: Mapping[str, Callable[[Any], object]] = handlers  # type: ignore[assignment]
    name, member = _HANDLED.get(event["type"], (None, None))
    calls: list[tuple[Callable[[Any], object], Any]] = []
    if "on_event" in given:
        calls.append((given["on_event"], event))
    if name is not None and name in given:
        calls.append((given[name], event["data"] if member is None else event["data"][member]))
    return calls
