"""What only the embedded store promises: to outlive kills, and to be shared by processes."""

from __future__ import annotations

import multiprocessing
import os
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from shared.adapters.embedded import document_rows
from shared.adapters.embedded.documents import SqliteDocuments
from shared.adapters.embedded.values import load
from shared.application.ports import Query, Transaction
from shared.domain.errors import Unavailable

# Each transaction writes one document to each of two collections and prints its number once it is
# committed.
WRITER = """
import sys
from pathlib import Path
from shared.adapters.embedded.documents import SqliteDocuments
store = SqliteDocuments(Path(sys.argv[1]))
for n in range(int(sys.argv[2]), 1_000_000):
    def work(t):
        t.create(f"left/{n:09}", {"n": n})
        t.set("last/one", {"n": n})
        t.create(f"right/{n:09}", {"n": n, "text": "x" * 5000})
    store.transact(work)
    print(n, flush=True)
"""


def kill_while_writing(path: Path, first: int, seconds: float) -> int:
    """Number of the last transaction that was acknowledged before the kill."""
    child = subprocess.Popen(
        [sys.executable, "-c", WRITER, str(path), str(first)], stdout=subprocess.PIPE, text=True
    )
    assert child.stdout is not None
    assert child.stdout.readline()
    time.sleep(seconds)
    child.send_signal(signal.SIGKILL)
    acknowledged = child.stdout.read().split("\n")[:-1]
    child.wait()
    return int(acknowledged[-1]) if acknowledged else first


def test_kill_loses_no_acknowledged_commit_and_leaves_no_half_one(tmp_path: Path) -> None:
    path = tmp_path / "documents.db"
    first = 0
    for seconds in (0.05, 0.11, 0.02, 0.2):
        last = kill_while_writing(path, first, seconds)
        store = SqliteDocuments(path)
        left, right = (store.query(Query(name, order_by="n")) for name in ("left", "right"))
        numbers = [document.data["n"] for document in left]
        assert numbers == list(range(len(numbers)))
        assert numbers == [document.data["n"] for document in right]
        assert len(numbers) in (last + 1, last + 2)
        newest = store.get("last/one")
        assert newest is not None
        assert newest.data["n"] == numbers[-1]
        store.close()
        first = len(numbers)


def increment(path: Path, times: int) -> None:
    store = SqliteDocuments(path, busy_timeout_s=60)

    def work(transaction: Transaction) -> None:
        found = transaction.get("counters/one")
        transaction.set("counters/one", {"n": found.data["n"] + 1 if found else 1})

    for _ in range(times):
        store.transact(work)


@pytest.mark.parametrize("method", ["spawn", "fork"])
def test_increments_by_four_processes_are_all_counted(tmp_path: Path, method: str) -> None:
    path = tmp_path / "documents.db"
    context = multiprocessing.get_context(method)
    children = [context.Process(target=increment, args=(path, 50)) for _ in range(4)]
    for child in children:
        child.start()
    for child in children:
        child.join()
        assert child.exitcode == 0
    found = SqliteDocuments(path).get("counters/one")
    assert found is not None
    assert found.data["n"] == 200


def test_a_store_made_before_a_fork_serves_both_sides(tmp_path: Path) -> None:
    store = SqliteDocuments(tmp_path / "documents.db")
    store.transact(lambda t: t.set("things/before", {}))
    child = os.fork()
    if child == 0:
        status = 1
        try:
            for number in range(50):
                store.transact(lambda t, n=number: t.create(f"things/child{n:03}", {}))
            status = 0
        finally:
            os._exit(status)
    for number in range(50):
        store.transact(lambda t, n=number: t.create(f"things/parent{n:03}", {}))
    store.close()
    assert os.waitpid(child, 0)[1] == 0
    assert SqliteDocuments(tmp_path / "documents.db").count(Query("things")) == 101


def test_a_writer_that_does_not_finish_makes_the_store_unavailable(tmp_path: Path) -> None:
    path = tmp_path / "documents.db"
    store = SqliteDocuments(path, busy_timeout_s=0.1)
    store.transact(lambda t: t.set("things/a", {"n": 1}))
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(Unavailable):
        store.transact(lambda t: t.set("things/a", {"n": 2}))
    assert store.get("things/a") is not None
    other.execute("ROLLBACK")
    store.transact(lambda t: t.set("things/a", {"n": 3}))
    other.close()


def test_a_path_that_cannot_be_opened_makes_the_store_unavailable(tmp_path: Path) -> None:
    (tmp_path / "documents.db").mkdir()
    with pytest.raises(Unavailable):
        SqliteDocuments(tmp_path / "documents.db", busy_timeout_s=0).get("things/a")


def test_a_transaction_inside_a_transaction_is_an_error(tmp_path: Path) -> None:
    store = SqliteDocuments(tmp_path / "documents.db")
    with pytest.raises(RuntimeError):
        store.transact(lambda t: store.transact(lambda u: None))
    assert store.transact(lambda t: 1) == 1


def test_files_are_for_their_owner_only(tmp_path: Path) -> None:
    store = SqliteDocuments(tmp_path / "data" / "documents.db")
    store.transact(lambda t: t.set("things/a", {}))
    assert (tmp_path / "data").stat().st_mode & 0o777 == 0o700
    modes = {file.stat().st_mode & 0o777 for file in (tmp_path / "data").iterdir()}
    assert modes == {0o600}


def test_nothing_of_a_deleted_tree_stays_in_the_files(tmp_path: Path) -> None:
    store = SqliteDocuments(tmp_path / "documents.db")
    store.transact(
        lambda t: [
            t.set(f"things/a/parts/{n}", {"short": "Seemannsgarn", "long": "Seemannsgarn" * 900})
            for n in range(20)
        ]
    )
    store.delete_tree("things/a")
    for file in tmp_path.iterdir():
        assert b"Seemannsgarn" not in file.read_bytes()


def test_an_index_made_late_covers_collections_of_that_name_only(tmp_path: Path) -> None:
    store = SqliteDocuments(tmp_path / "documents.db")
    for collection in ("a_b", "x/1/a_b", "axb", "x/1/za_b"):
        store.transact(lambda t, c=collection: t.set(f"{c}/d", {"u": 1, "v": 1}))
    for collection in ("a_b", "x/1/a_b", "axb", "x/1/za_b"):
        assert store.count(Query(collection, {"u": 1}, "v")) == 1


def test_a_combined_query_does_not_read_what_it_leaves_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = SqliteDocuments(tmp_path / "documents.db")
    store.transact(
        lambda t: [t.set(f"things/{n:05}", {"owner": f"u{n % 2}", "n": n}) for n in range(100)]
    )
    query = Query("things", {"owner": "u1"}, "n", descending=True, limit=10)
    store.query(query)
    read: list[str] = []

    def counting(text: str) -> dict[str, Any]:
        read.append(text)
        return load(text)

    monkeypatch.setattr(document_rows, "load", counting)
    assert len(store.query(query)) == 10
    assert len(read) == 10
