"""What the blob suite cannot ask of every platform."""

from __future__ import annotations

import gc
import tracemalloc
from collections.abc import Iterator

import pytest
from gcp_storage_emulator.server import create_server

from infra.local.storage_emulator import StorageEmulator
from shared.adapters.google.blobs import CloudStorageBlobs
from shared.domain.errors import NotFound, Unavailable
from tests import emulators

MIB = 1024 * 1024


@pytest.fixture
def storage() -> Iterator[StorageEmulator]:
    with emulators.storage() as emulator:
        yield emulator


@pytest.fixture
def blobs(storage: StorageEmulator) -> CloudStorageBlobs:
    return CloudStorageBlobs(emulators.new_project(), "bucket")


def write(blobs: CloudStorageBlobs, path: str, content: bytes) -> None:
    with blobs.create(path, content_type="audio/wav", metadata={"k": "v"}) as writer:
        writer.write(content)
        writer.commit()


def test_memory_does_not_grow_with_the_blob(blobs: CloudStorageBlobs) -> None:
    chunk = bytes(64 * 1024)
    write(blobs, "warm", chunk)
    tracemalloc.start()
    try:
        with blobs.create("a", content_type="audio/wav") as writer:
            for _ in range(30 * MIB // len(chunk)):
                writer.write(chunk)
            writer.commit()
        assert tracemalloc.get_traced_memory()[1] < 2 * MIB
        assert sum(map(len, blobs.read("a"))) == 30 * MIB
        # Two copies of the longest read.
        assert tracemalloc.get_traced_memory()[1] < 12 * MIB
    finally:
        tracemalloc.stop()


def test_writer_that_is_dropped_publishes_nothing(
    blobs: CloudStorageBlobs, storage: StorageEmulator
) -> None:
    writer = blobs.create("a", content_type="audio/wav")
    writer.write(bytes(2 * MIB))
    del writer
    gc.collect()
    assert storage.store.find("bucket", "") == []


def test_given_up_upload_leaves_no_session(
    blobs: CloudStorageBlobs, storage: StorageEmulator
) -> None:
    with blobs.create("a", content_type="audio/wav") as writer:
        writer.write(bytes(2 * MIB))
    assert list(storage.store._sessions.iterdir()) == []


def test_writer_takes_nothing_after_commit(blobs: CloudStorageBlobs) -> None:
    with blobs.create("a", content_type="audio/wav") as writer:
        writer.commit()
        with pytest.raises(ValueError, match="committed"):
            writer.write(b"x")
        with pytest.raises(ValueError, match="committed"):
            writer.commit()


def test_damaged_blob_is_not_passed_off_as_whole(
    blobs: CloudStorageBlobs, storage: StorageEmulator
) -> None:
    write(blobs, "a", b"whole")
    (resource,) = storage.store.find("bucket", "")
    resource["crc32c"] = "AAAAAA=="
    with pytest.raises(Unavailable):
        b"".join(blobs.read("a"))
    assert b"".join(blobs.read("a", start=1)) == b"hole"


def test_blob_replaced_while_it_is_read_is_not_mixed(blobs: CloudStorageBlobs) -> None:
    write(blobs, "a", b"1" * MIB)
    chunks = blobs.read("a")
    next(chunks)
    write(blobs, "a", b"2" * MIB)
    with pytest.raises(NotFound):
        next(chunks)


def test_storage_out_of_reach_is_unavailable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STORAGE_EMULATOR_HOST", "http://127.0.0.1:9")
    blobs = CloudStorageBlobs(emulators.new_project(), "bucket", timeout_s=0.2)
    with pytest.raises(Unavailable):
        blobs.stat("a")
    with pytest.raises(Unavailable):
        next(blobs.read("a"))
    with pytest.raises(Unavailable):
        next(blobs.list(""))
    with pytest.raises(Unavailable):
        blobs.delete("a")
    with pytest.raises(Unavailable), blobs.create("a", content_type="x/y") as writer:
        writer.commit()


@pytest.fixture
def independent(monkeypatch: pytest.MonkeyPatch) -> Iterator[CloudStorageBlobs]:
    """On gcp-storage-emulator, which others wrote: so that ours and the adapter cannot err alike.

    It knows no preconditions, no reading by generation and no notifications.
    """
    port = emulators.free_port()
    monkeypatch.setenv("STORAGE_EMULATOR_HOST", f"http://127.0.0.1:{port}")
    server = create_server("127.0.0.1", port, in_memory=True, default_bucket="bucket")
    server.start()
    yield CloudStorageBlobs(emulators.new_project(), "bucket")
    server.stop()


@pytest.mark.parametrize("size", [0, 1, 512 * 1024, MIB, 3 * MIB + 5])
def test_independent_emulator_takes_and_gives_every_size(
    independent: CloudStorageBlobs, size: int
) -> None:
    content = bytes(range(256)) * (size // 256) + b"x" * (size % 256)
    write(independent, "owner/é 1", content)
    assert b"".join(independent.read("owner/é 1")) == content


def test_independent_emulator_sees_the_same_life_of_a_blob(independent: CloudStorageBlobs) -> None:
    assert independent.stat("o/a") is None
    with independent.create("o/a", content_type="audio/wav") as writer:
        writer.write(bytes(MIB))
    assert independent.stat("o/a") is None
    write(independent, "o/a", b"content")
    info = independent.stat("o/a")
    assert info is not None
    assert (info.size_bytes, info.content_type, info.metadata) == (7, "audio/wav", {"k": "v"})
    assert list(independent.list("o/")) == [info]
    assert b"".join(independent.read("o/a", start=3, end=5)) == b"te"
    assert independent.delete("o/a") is True
    assert independent.delete("o/a") is False
