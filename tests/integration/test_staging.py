"""The balancer joins clients to services that it starts when they are first called."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import psutil

from infra.local.balancer import Balancer
from infra.local.containers import Containers, NotStarted
from infra.local.push_issuer import PushIssuer

TOLD = {"INSIGHT_PLATFORM": "embedded"}
LINE = "{} HTTP/1.1\r\nHost: h\r\n{}\r\n"


@asynccontextmanager
async def standing(folder: Path, **told: str) -> AsyncIterator[tuple[int, int]]:
    """A balancer, and its public and its internal port."""
    environment = {**TOLD, "INSIGHT_DATA_DIR": str(folder / "data"), **told}
    containers = Containers(folder, environment)
    balancer = Balancer(containers, PushIssuer("the key"), front=1)
    public = await asyncio.start_server(balancer.serve_public, "127.0.0.1", 0)
    internal = await asyncio.start_server(balancer.serve_internal, "127.0.0.1", 0)
    try:
        yield tuple(each.sockets[0].getsockname()[1] for each in (public, internal))  # type: ignore[misc]
    finally:
        public.close()
        internal.close()
        containers.close()


async def ask(port: int, line: str, headers: str = "") -> tuple[int, bytes]:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(LINE.format(line, headers).encode())
    answer = await asyncio.wait_for(reader.read(), 60)
    writer.close()
    return int(answer.split(b" ", 2)[1]), answer


def run(folder: Path, check: Callable[[int, int], Coroutine[Any, Any, None]], **told: str) -> None:
    async def main() -> None:
        async with standing(folder, **told) as (public, internal):
            await check(public, internal)

    asyncio.run(main())


def servers() -> list[psutil.Process]:
    found = psutil.Process(os.getpid()).children(recursive=True)
    return [process for process in found if _serves(process)]


def _serves(process: psutil.Process) -> bool:
    try:
        return "gunicorn" in " ".join(process.cmdline())
    except psutil.Error:
        return False


def test_balancer_starts_a_service_for_its_first_call_and_again_after_its_death(
    tmp_path: Path,
) -> None:
    async def check(public: int, _internal: int) -> None:
        answers = await asyncio.gather(*(ask(public, "GET /api/v1/health") for _ in range(8)))
        assert {status for status, _ in answers} == {200}
        assert all(b"Connection: close" in answer for _, answer in answers)
        started = servers()
        for process in started:
            process.kill()
        assert psutil.wait_procs(started, timeout=20)[1] == []
        assert (await ask(public, "GET /api/v1/health"))[0] == 200
        assert not {process.pid for process in servers()} & {process.pid for process in started}
        # What no service has, none is started for.
        assert (await ask(public, "GET /api/v1/nothing"))[0] == 404
        assert (await ask(public, "POST /pipeline/sweep"))[0] == 404
        assert (await ask(public, "GET /api/v1/health", "Broken\r\n"))[0] == 400
        assert sorted(path.stem for path in tmp_path.glob("*.log")) == ["get-health"]

    left: list[psutil.Process] = []

    async def check_and_look(public: int, internal: int) -> None:
        await check(public, internal)
        left.extend(servers())

    run(tmp_path, check_and_look)
    assert left
    assert psutil.wait_procs(left, timeout=20)[1] == []


def test_internal_socket_has_only_what_is_pushed_to(tmp_path: Path) -> None:
    async def check(_public: int, internal: int) -> None:
        status, answer = await ask(internal, "GET /oauth2/v3/certs")
        assert (status, b'"kid"' in answer) == (200, True)
        assert (await ask(internal, "GET /api/v1/health"))[0] == 404
        assert (await ask(internal, "POST /pipeline/sweep?key=wrong"))[0] == 401

    run(tmp_path, check)


def test_service_that_does_not_start_is_told_as_unavailable(tmp_path: Path) -> None:
    async def check(public: int, _internal: int) -> None:
        status, answer = await ask(public, "GET /api/v1/health")
        assert (status, b"problem+json" in answer) == (503, True)

    run(tmp_path, check, INSIGHT_PLATFORM="nowhere")
    assert issubclass(NotStarted, RuntimeError)
