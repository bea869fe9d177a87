"""Crashes between the steps of a write, garbage, and processes that write at once."""

from __future__ import annotations

import multiprocessing
import os
import signal
import subprocess
import sys
import time
from multiprocessing.queues import Queue
from pathlib import Path

import pytest

from shared.adapters.embedded import blob_records, blob_writer
from shared.adapters.embedded.blobs import FileBlobs
from shared.adapters.embedded.ledger import open_ledger
from shared.adapters.embedded.tasks import SqliteTasks
from shared.domain.errors import AlreadyExists, NotFound, Unavailable

# Kills itself right before or right after the step that it is told.
WRITE_AND_DIE = """
import os, signal, sys
from pathlib import Path
from shared.adapters.embedded import blob_records, blob_writer, blobs
from shared.adapters.embedded.ledger import open_ledger
directory, place, moment = Path(sys.argv[1]), sys.argv[2], sys.argv[3]
owners = {"fsync": os, "publish": blobs.FileBlobs, "put": blob_records, "notify": blob_records}
owner = owners[place]
name = "_publish" if place == "publish" else place
step = getattr(owner, name)
def dying(*args, **named):
    if moment == "before":
        os.kill(os.getpid(), signal.SIGKILL)
    step(*args, **named)
    os.kill(os.getpid(), signal.SIGKILL)
ledger = open_ledger(directory / "l.db")
bucket = blobs.FileBlobs(directory / "blobs", "uploads", ledger, notifies=True)
with bucket.create("a/b", content_type="text/plain") as writer:
    writer.write(b"new" * 1000)
    setattr(owner, name, dying)
    writer.commit()
"""


@pytest.fixture
def tasks(tmp_path: Path) -> SqliteTasks:
    return SqliteTasks(open_ledger(tmp_path / "l.db"))


@pytest.fixture
def uploads(tmp_path: Path, tasks: SqliteTasks) -> FileBlobs:
    return FileBlobs(tmp_path / "blobs", "uploads", tasks.ledger, notifies=True)


def write(blobs: FileBlobs, content: bytes, *, if_absent: bool = False) -> None:
    with blobs.create("a/b", content_type="text/plain", if_absent=if_absent) as writer:
        writer.write(content)
        writer.commit()


def files(tmp_path: Path) -> list[Path]:
    return [file for file in (tmp_path / "blobs").rglob("*") if file.is_file()]


@pytest.mark.parametrize("old", [None, b"old"])
@pytest.mark.parametrize(
    ("step", "moment", "committed"),
    [
        ("fsync", "before", False),
        ("fsync", "after", False),
        ("publish", "before", False),
        ("put", "before", False),
        ("put", "after", False),
        ("notify", "before", False),
        ("notify", "after", False),
        ("publish", "after", True),
    ],
)
def test_a_kill_leaves_blob_and_notification_or_neither(
    tmp_path: Path,
    uploads: FileBlobs,
    tasks: SqliteTasks,
    old: bytes | None,
    step: str,
    moment: str,
    committed: bool,
) -> None:
    if old is not None:
        write(uploads, old)
    child = subprocess.run([sys.executable, "-c", WRITE_AND_DIE, str(tmp_path), step, moment])
    assert child.returncode == -signal.SIGKILL
    expected = b"new" * 1000 if committed else old
    if expected is None:
        assert uploads.stat("a/b") is None
    else:
        assert b"".join(uploads.read("a/b")) == expected
    assert tasks.depth("uploads") == (old is not None) + committed
    uploads.collect_garbage(older_than_s=-1)
    assert len(files(tmp_path)) == (expected is not None)
    assert expected is None or b"".join(uploads.read("a/b")) == expected


def test_garbage_is_collected_when_it_is_old(tmp_path: Path, uploads: FileBlobs) -> None:
    write(uploads, b"kept")
    with uploads.create("c", content_type="text/plain") as writer:
        writer.write(b"x")
        assert uploads.collect_garbage(older_than_s=60) == 0
        assert len(files(tmp_path)) == 2
        assert uploads.collect_garbage(older_than_s=-1) == 1
    assert b"".join(uploads.read("a/b")) == b"kept"
    assert len(files(tmp_path)) == 1


def test_a_replaced_or_deleted_blob_leaves_no_bytes(tmp_path: Path, uploads: FileBlobs) -> None:
    write(uploads, b"old")
    write(uploads, b"new")
    assert [file.read_bytes() for file in files(tmp_path)] == [b"new"]
    uploads.delete("a/b")
    assert files(tmp_path) == []


def test_a_deletion_cut_short_is_finished_by_the_next(tmp_path: Path, uploads: FileBlobs) -> None:
    write(uploads, b"x")
    files(tmp_path)[0].unlink()
    assert uploads.stat("a/b") is None
    with pytest.raises(NotFound):
        uploads.read("a/b")
    assert [info.path for info in uploads.list("a")] == ["a/b"]
    assert uploads.delete("a/b") is True
    assert list(uploads.list("a")) == []


def test_a_reader_goes_on_while_the_blob_is_replaced_and_deleted(uploads: FileBlobs) -> None:
    content = os.urandom(3 * 1024 * 1024)
    write(uploads, content)
    reader = uploads.read("a/b")
    first = next(reader)
    write(uploads, b"other")
    uploads.delete("a/b")
    assert first + b"".join(reader) == content


def test_buckets_of_one_directory_are_apart(tmp_path: Path, uploads: FileBlobs) -> None:
    other = FileBlobs(tmp_path / "blobs", "transcripts", open_ledger(tmp_path / "l.db"))
    write(uploads, b"upload")
    write(other, b"transcript")
    assert b"".join(uploads.read("a/b")) == b"upload"
    assert uploads.delete("a/b") is True
    assert b"".join(other.read("a/b")) == b"transcript"


def test_files_are_for_their_owner_only(tmp_path: Path, uploads: FileBlobs) -> None:
    write(uploads, b"x")
    for file in (tmp_path / "blobs").rglob("*"):
        assert file.stat().st_mode & 0o077 == 0


def test_no_part_of_a_path_becomes_a_file_name(tmp_path: Path, uploads: FileBlobs) -> None:
    for path in ("../../escaped", "/escaped", "escaped"):
        with uploads.create(path, content_type="text/plain") as writer:
            writer.commit()
    assert not list(tmp_path.rglob("*escaped*"))


def test_a_disk_that_takes_no_more_is_unavailable_and_leaves_nothing(
    tmp_path: Path, uploads: FileBlobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> int:
        raise OSError(28, "No space left on device")

    with uploads.create("a/b", content_type="text/plain") as writer:
        monkeypatch.setattr(blob_writer.os, "write", full)
        with pytest.raises(Unavailable):
            writer.write(b"x")
        monkeypatch.undo()
    assert uploads.stat("a/b") is None
    assert files(tmp_path) == []


def test_a_ledger_that_fails_during_commit_keeps_the_file_for_the_collector(
    tmp_path: Path, uploads: FileBlobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise Unavailable("The store cannot be reached just now.")

    monkeypatch.setattr(blob_records, "put", fail)
    with pytest.raises(Unavailable):
        write(uploads, b"x")
    assert uploads.stat("a/b") is None
    assert uploads.collect_garbage(older_than_s=-1) == 1


def test_a_writer_is_for_one_blob(uploads: FileBlobs) -> None:
    writer = uploads.create("a/b", content_type="text/plain")
    with pytest.raises(RuntimeError):
        writer.write(b"outside")
    with writer:
        writer.commit()
        for again in (writer.commit, lambda: writer.write(b"late")):
            with pytest.raises(RuntimeError):
                again()


def attempt(directory: Path, name: str, start_at: float, won: Queue[str]) -> None:
    ledger = open_ledger(directory / "l.db")
    blobs = FileBlobs(directory / "blobs", "uploads", ledger)
    time.sleep(max(0.0, start_at - time.time()))
    try:
        write(blobs, name.encode(), if_absent=True)
    except AlreadyExists:
        won.put("")
    else:
        won.put(name)


def test_if_absent_has_one_winner_among_processes(tmp_path: Path, uploads: FileBlobs) -> None:
    context = multiprocessing.get_context("fork")
    won: Queue[str] = context.Queue()
    start_at = time.time() + 0.2
    children = [
        context.Process(target=attempt, args=(tmp_path, name, start_at, won)) for name in "abcd"
    ]
    for child in children:
        child.start()
    outcomes = sorted(won.get(timeout=20) for _ in children)
    for child in children:
        child.join()
    assert outcomes[:3] == ["", "", ""]
    assert b"".join(uploads.read("a/b")).decode() == outcomes[3]
