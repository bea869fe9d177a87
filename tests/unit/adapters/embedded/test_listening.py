from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from shared.adapters.embedded.bell import Bell, ring
from shared.adapters.embedded.documents import SqliteDocuments
from shared.adapters.embedded.listening import SqliteListener
from shared.application.ports import Document, Query

ROOT = Path(__file__).resolve().parents[4]
ADD = """
import sys
from pathlib import Path
from shared.adapters.embedded.documents import SqliteDocuments
documents = SqliteDocuments(Path(sys.argv[1]))
documents.transact(lambda tx: tx.create("rooms/a/notes/1", {"n": 1}))
"""


async def told_after(path: Path, write: str, *, look_every_s: float) -> list[int]:
    listener = SqliteListener(path, look_every_s=look_every_s)
    told: asyncio.Queue[Sequence[Document]] = asyncio.Queue()
    listener.listen(Query("rooms/a/notes", order_by="n"), told.put_nowait, print)
    async with asyncio.timeout(20):
        assert await told.get() == []
        command = [sys.executable, "-c", write, str(path)]
        await asyncio.to_thread(subprocess.run, command, cwd=ROOT, check=True)
        documents = await told.get()
    listener.close()
    return [document.data["n"] for document in documents]


def test_listener_hears_another_process(tmp_path: Path) -> None:
    # Looking by itself would come too late for the test.
    assert asyncio.run(told_after(tmp_path / "d.db", ADD, look_every_s=1_000.0)) == [1]


def test_listener_finds_what_a_killed_writer_could_not_tell(tmp_path: Path) -> None:
    silent = ADD.replace(
        "documents.transact", "documents.bells = Path('/nowhere')\ndocuments.transact"
    )
    assert asyncio.run(told_after(tmp_path / "d.db", silent, look_every_s=0.05)) == [1]


def test_bell_hears_words_in_any_number(tmp_path: Path) -> None:
    bell = Bell(tmp_path)
    ring(tmp_path, ["a/b/c"])
    ring(tmp_path, ["d/e/f", "g/"])
    assert bell.wait(5) == {"a/b/c", "d/e/f", "g/"}
    bell.close()
    assert list(tmp_path.iterdir()) == []


def test_ring_removes_the_pipe_of_a_process_that_was_killed(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "1-dead")
    ring(tmp_path, ["a"])
    assert list(tmp_path.iterdir()) == []


def test_ring_does_not_wait_for_a_listener_that_stands_still(tmp_path: Path) -> None:
    bell = Bell(tmp_path)
    for _ in range(5_000):
        ring(tmp_path, ["some/long/collection/name"])
    assert bell.wait(5) == {"some/long/collection/name"}
    bell.close()


def test_wake_ends_a_wait_without_words(tmp_path: Path) -> None:
    bell = Bell(tmp_path)
    bell.wake()
    assert bell.wait(1_000) == set()
    bell.close()


@pytest.mark.parametrize("word", ["x" * 600, "ü" * 300])
def test_ring_leaves_out_words_that_could_be_torn(tmp_path: Path, word: str) -> None:
    bell = Bell(tmp_path)
    ring(tmp_path, [word, "short"])
    assert bell.wait(5) == {"short"}
    bell.close()


def test_committing_without_listeners_makes_no_folder(tmp_path: Path) -> None:
    documents = SqliteDocuments(tmp_path / "d.db")
    documents.transact(lambda tx: tx.set("rooms/a", {}))
    assert not documents.bells.exists()
