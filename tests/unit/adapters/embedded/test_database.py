from __future__ import annotations

import sqlite3
import threading
from pathlib import Path

import pytest

from shared.adapters.embedded.database import Database
from shared.domain.errors import Unavailable

SCHEMA = "CREATE TABLE number (n INTEGER PRIMARY KEY)"


@pytest.fixture
def database(tmp_path: Path) -> Database:
    return Database(tmp_path / "numbers.db", SCHEMA, busy_timeout_s=0.2)


def add(database: Database, n: int) -> None:
    with database.write() as connection:
        connection.execute("INSERT INTO number VALUES (?)", (n,))


def numbers(database: Database) -> list[int]:
    with database.read() as connection:
        return [row[0] for row in connection.execute("SELECT n FROM number ORDER BY n")]


def test_a_block_that_raises_writes_nothing(database: Database) -> None:
    def fail() -> None:
        with database.write() as connection:
            connection.execute("INSERT INTO number VALUES (1)")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fail()
    assert numbers(database) == []
    add(database, 2)
    assert numbers(database) == [2]


def test_a_transaction_left_open_does_not_reach_the_next_block(database: Database) -> None:
    with database.read() as connection:
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("INSERT INTO number VALUES (1)")
    add(database, 2)
    assert numbers(database) == [2]


def test_a_snapshot_sees_one_state(database: Database) -> None:
    add(database, 1)
    with database.snapshot() as connection:
        count = "SELECT count(*) FROM number"
        assert connection.execute(count).fetchone() == (1,)
        writer = threading.Thread(target=add, args=(database, 2))
        writer.start()
        writer.join()
        assert connection.execute(count).fetchone() == (1,)
    assert numbers(database) == [1, 2]


def test_a_writer_of_the_same_thread_is_an_error_of_the_program(database: Database) -> None:
    with database.write(), pytest.raises(RuntimeError):
        add(database, 1)
    add(database, 2)
    assert numbers(database) == [2]


def test_a_writer_in_another_thread_is_waited_for_and_then_given_up(database: Database) -> None:
    outcome: list[str] = []

    def attempt() -> None:
        try:
            add(database, 1)
        except Unavailable:
            outcome.append("unavailable")

    with database.write():
        thread = threading.Thread(target=attempt)
        thread.start()
        thread.join()
    assert outcome == ["unavailable"]


def test_sqlites_own_errors_become_unavailable(database: Database) -> None:
    with pytest.raises(Unavailable), database.read() as connection:
        connection.execute("SELECT * FROM missing")
    assert numbers(database) == []


def test_every_commit_is_synced_unless_it_is_waived(database: Database) -> None:
    full, normal = 2, 1
    with database.write() as connection:
        assert connection.execute("PRAGMA synchronous").fetchone() == (full,)
    with database.write(synced=False) as connection:
        assert connection.execute("PRAGMA synchronous").fetchone() == (normal,)
    with database.write() as connection:
        assert connection.execute("PRAGMA synchronous").fetchone() == (full,)


def test_a_file_of_another_version_is_refused(database: Database) -> None:
    add(database, 1)
    with pytest.raises(RuntimeError, match="another version"):
        numbers(Database(database.path, SCHEMA, version=2))


def test_many_may_make_the_file_at_once(tmp_path: Path) -> None:
    databases = [Database(tmp_path / "new.db", SCHEMA) for _ in range(8)]
    threads = [threading.Thread(target=add, args=(each, n)) for n, each in enumerate(databases)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert numbers(databases[0]) == list(range(8))


def test_connections_are_used_again(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    add(database, 1)
    monkeypatch.setattr(sqlite3, "connect", None)
    assert numbers(database) == [1]
    add(database, 2)
    monkeypatch.undo()
    database.close()
    assert numbers(database) == [1, 2]


def test_file_of_an_earlier_version_is_brought_up_to_date_once(tmp_path: Path) -> None:
    path = tmp_path / "numbers.db"
    first = Database(path, SCHEMA)
    add(first, 1)
    first.close()
    later = f"{SCHEMA}; CREATE TABLE word (w TEXT)"
    threads = []
    for _ in range(8):
        database = Database(path, later, version=2, upgrades={1: "CREATE TABLE word (w TEXT)"})
        threads.append(threading.Thread(target=numbers, args=(database,)))
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    upgraded = Database(path, later, version=2)
    assert numbers(upgraded) == [1]
    with upgraded.read() as connection:
        assert connection.execute("SELECT count(*) FROM word").fetchone() == (0,)


def test_file_of_a_later_version_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "numbers.db"
    numbers(Database(path, SCHEMA, version=3))
    with pytest.raises(RuntimeError, match="another version"):
        numbers(Database(path, SCHEMA, version=2, upgrades={1: ""}))
