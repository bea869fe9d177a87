"""A way to the service on which connections break, anywhere, in both directions."""

from __future__ import annotations

import asyncio
import random
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

_CHUNK_BYTES = 512


class CuttingProxy:
    """Carries bytes until a connection's luck is over.

    Args:
        seed: of the luck.

    Attributes:
        cuts: how many connections it has cut.
        port: where it listens.
    """

    def __init__(self, target_port: int, seed: int) -> None:
        self.cuts = 0
        self.port = 0
        self.stop: Callable[[], object] = lambda: None
        self._target_port = target_port
        self._dice = random.Random(seed)

    async def serve(self, ready: threading.Event) -> None:
        loop, stop = asyncio.get_running_loop(), asyncio.Event()
        self.stop = lambda: loop.call_soon_threadsafe(stop.set)
        server = await asyncio.start_server(self._carry, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        ready.set()
        await stop.wait()
        server.close()

    async def _carry(self, near: asyncio.StreamReader, back: asyncio.StreamWriter) -> None:
        far, on = await asyncio.open_connection("127.0.0.1", self._target_port)
        # What it carries in all: not enough for a session's whole story, mostly for one call.
        budget = [self._dice.randrange(100, 20_000)]
        ways = (self._pump(near, on, budget), self._pump(far, back, budget))
        await asyncio.wait(map(asyncio.create_task, ways), return_when=asyncio.FIRST_COMPLETED)
        self.cuts += budget[0] <= 0
        for writer in (on, back):
            writer.transport.abort()

    async def _pump(
        self, source: asyncio.StreamReader, target: asyncio.StreamWriter, budget: list[int]
    ) -> None:
        try:
            while budget[0] > 0 and (chunk := await source.read(_CHUNK_BYTES)):
                target.write(chunk[: budget[0]])
                budget[0] -= len(chunk)
                await target.drain()
        except ConnectionError:
            return


@contextmanager
def cutting_proxy(target_port: int, seed: int) -> Iterator[CuttingProxy]:
    """The proxy in a thread of its own."""
    proxy, ready = CuttingProxy(target_port, seed), threading.Event()
    thread = threading.Thread(target=lambda: asyncio.run(proxy.serve(ready)))
    thread.start()
    assert ready.wait(10)
    try:
        yield proxy
    finally:
        proxy.stop()
        thread.join(10)
