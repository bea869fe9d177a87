"""One Listen stream, kept up: connected, and connected again after every break."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from random import uniform
from typing import Any, Final

import grpc.aio  # type: ignore[import-untyped]
from google.rpc import code_pb2 as code  # type: ignore[import-untyped]

from .listen_target import ListenTarget
from .listen_targets import ListenTargets, Request

_log: Final = logging.getLogger("shared.listening")

Call = Callable[[AsyncIterator[Any]], Any]


@dataclass(frozen=True, slots=True)
class Backoff:
    """Pauses between attempts: doubled each time, and jittered, so that the many that one break
    has met do not all come back at once.

    Source: https://cloud.google.com/apis/design/errors#error_retries

    Attributes:
        first_s: the longest first pause, in seconds.
        longest_s: the longest of all; also the one after `RESOURCE_EXHAUSTED`, which more
            attempts would only prolong.
        healthy_s: a call that lasted so long was none of several failures in a row.
    """

    first_s: float = 0.25
    longest_s: float = 20.0
    healthy_s: float = 10.0

    def pause_s(self, failures: int, status: int) -> float:
        """How long to wait after the given number of failures in a row, counted from 0."""
        longest_s = min(self.longest_s, self.first_s * 2.0 ** min(failures, 30))
        if status == code.RESOURCE_EXHAUSTED:
            longest_s = self.longest_s
        return uniform(longest_s / 2, longest_s)  # noqa: S311


class ListenStream:
    """Runs from its first target to its last one, or until it is closed.

    Args:
        call: begins a Listen call from an iterator of requests.
        message: makes the message of a request.
    """

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        call: Call,
        message: Callable[[Request], Any],
        backoff: Backoff,
    ) -> None:
        self._loop = loop
        self._call = call
        self._message = message
        self._backoff = backoff
        self._news = asyncio.Event()
        self._targets = ListenTargets(loop.call_soon, self._wake, self._later)
        self._task: asyncio.Task[None] | None = None

    def __len__(self) -> int:
        return len(self._targets)

    def add(self, target: ListenTarget) -> None:
        """Listens to one more."""
        self._targets.add(target)
        if self._task is None or self._task.done():
            self._task = self._loop.create_task(self._run())

    def remove(self, target: ListenTarget) -> None:
        """Listens to one less."""
        self._targets.remove(target)

    def close(self) -> None:
        """Ends the call; nobody is told anything any more."""
        self._targets.close()
        if self._task is not None and not self._loop.is_closed():
            self._task.cancel()

    async def _run(self) -> None:
        failures = 0
        while len(self._targets):
            begun_s = self._loop.time()
            status = await self._listen()
            lasted = self._loop.time() - begun_s >= self._backoff.healthy_s
            failures = 0 if lasted and self._targets.healthy else failures + 1
            self._targets.disconnected(status)
            if len(self._targets):
                await asyncio.sleep(self._backoff.pause_s(failures, status))

    async def _listen(self) -> int:
        """One call, from its first message to its last; its `google.rpc.Code`."""
        self._targets.connected()
        news = self._news = asyncio.Event()
        news.set()
        call = self._call(self._requests(news))
        try:
            return await self._receive(call)
        finally:
            call.cancel()
            # The call leaves its iterator waiting; it must not take what the next one is to send.
            self._news = asyncio.Event()
            news.set()

    async def _receive(self, call: Any) -> int:
        try:
            async for response in call:
                self._targets.receive(response)
        except grpc.aio.AioRpcError as error:
            return int(error.code().value[0])
        except asyncio.CancelledError:
            # gRPC also says so when its own work on the requests has failed.
            task = asyncio.current_task()
            if task is None or task.cancelling():
                raise
            return int(code.UNKNOWN)
        except Exception:
            # Whatever it is, the sessions of this stream must not fall silent for it.
            _log.exception("a listen stream failed")
            return int(code.UNKNOWN)
        return int(code.OK)

    async def _requests(self, news: asyncio.Event) -> AsyncIterator[Any]:
        while self._news is news:
            await news.wait()
            news.clear()
            while self._news is news and (request := self._targets.next_request()) is not None:
                yield self._message(request)

    def _wake(self) -> None:
        self._news.set()

    def _later(self, target: ListenTarget) -> None:
        pause_s = self._backoff.pause_s(target.strikes, code.OK)
        self._loop.call_later(pause_s, self._targets.again, target)
