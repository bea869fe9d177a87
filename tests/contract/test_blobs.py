"""What `ports.Blobs` and `ports.BlobWriter` promise."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest

from shared.application.ports import BlobInfo, Blobs
from shared.domain.errors import AlreadyExists, NotFound

MIB = 1024 * 1024
PATH = "owner/session/upload/source"

Uploads = tuple[Blobs, Callable[[], list[dict[str, str]]]]


def write(
    blobs: Blobs, path: str, content: bytes, *, if_absent: bool = False, **metadata: str
) -> BlobInfo:
    with blobs.create(
        path, content_type="text/plain", metadata=metadata, if_absent=if_absent
    ) as writer:
        writer.write(content)
        return writer.commit()


def read(blobs: Blobs, path: str = PATH, **options: int | str | None) -> bytes:
    return b"".join(blobs.read(path, **options))  # type: ignore[arg-type]


class TestWriting:
    def test_a_committed_blob_reads_back(self, blobs: Blobs) -> None:
        write(blobs, PATH, b"hello")
        assert read(blobs) == b"hello"

    def test_commit_tells_what_was_stored(self, blobs: Blobs) -> None:
        info = write(blobs, PATH, b"hello", sha256="abc", filename="Gespräch.txt")
        assert info == BlobInfo(
            PATH,
            5,
            info.generation,
            "text/plain",
            {"sha256": "abc", "filename": "Gespräch.txt"},
        )
        assert info.generation
        assert blobs.stat(PATH) == info

    def test_chunks_of_any_size_are_joined(self, blobs: Blobs) -> None:
        chunks = [b"", b"a", bytes(range(256)) * 1000, b"", b"z" * (MIB + 1)]
        with blobs.create(PATH, content_type="audio/wav") as writer:
            for chunk in chunks:
                writer.write(chunk)
            info = writer.commit()
        assert info.size_bytes == sum(map(len, chunks))
        assert read(blobs) == b"".join(chunks)

    def test_an_empty_blob_is_one(self, blobs: Blobs) -> None:
        assert write(blobs, PATH, b"").size_bytes == 0
        assert read(blobs) == b""

    def test_nothing_is_visible_before_commit(self, blobs: Blobs) -> None:
        with blobs.create(PATH, content_type="text/plain") as writer:
            writer.write(b"x" * MIB)
            assert blobs.stat(PATH) is None
            assert list(blobs.list("")) == []
            writer.commit()
        assert blobs.stat(PATH) is not None

    def test_leaving_without_commit_leaves_nothing(self, blobs: Blobs) -> None:
        with blobs.create(PATH, content_type="text/plain") as writer:
            writer.write(b"hello")
        assert blobs.stat(PATH) is None

    def test_an_error_leaves_the_blob_before_it(self, blobs: Blobs) -> None:
        info = write(blobs, PATH, b"old")

        def fail() -> None:
            with blobs.create(PATH, content_type="text/plain") as writer:
                writer.write(b"new")
                raise ConnectionResetError

        with pytest.raises(ConnectionResetError):
            fail()
        assert blobs.stat(PATH) == info
        assert read(blobs) == b"old"

    def test_a_new_write_replaces_all_of_the_old(self, blobs: Blobs) -> None:
        old = write(blobs, PATH, b"old", a="1")
        new = write(blobs, PATH, b"newer", b="2")
        assert new.generation != old.generation
        assert blobs.stat(PATH) == new
        assert new.metadata == {"b": "2"}
        assert read(blobs) == b"newer"

    def test_a_generation_is_never_used_again(self, blobs: Blobs) -> None:
        generations = []
        for _ in range(3):
            generations.append(write(blobs, PATH, b"same").generation)
            blobs.delete(PATH)
        assert len(set(generations)) == 3

    def test_if_absent_takes_the_first_only(self, blobs: Blobs) -> None:
        info = write(blobs, PATH, b"first", if_absent=True)
        with pytest.raises(AlreadyExists):
            write(blobs, PATH, b"second", if_absent=True)
        assert blobs.stat(PATH) == info
        assert read(blobs) == b"first"

    def test_if_absent_may_follow_a_delete(self, blobs: Blobs) -> None:
        write(blobs, PATH, b"first", if_absent=True)
        blobs.delete(PATH)
        write(blobs, PATH, b"second", if_absent=True)
        assert read(blobs) == b"second"

    def test_if_absent_has_one_winner(self, blobs: Blobs) -> None:
        outcomes: list[str] = []
        ready = threading.Barrier(4)

        def attempt(name: str) -> None:
            with blobs.create(PATH, content_type="text/plain", if_absent=True) as writer:
                writer.write(name.encode())
                ready.wait()
                try:
                    writer.commit()
                except AlreadyExists:
                    outcomes.append("refused")
                else:
                    outcomes.append(name)

        threads = [threading.Thread(target=attempt, args=(name,)) for name in "abcd"]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(outcomes)[1:] == ["refused"] * 3
        assert read(blobs).decode() == sorted(outcomes)[0]

    @pytest.mark.parametrize(
        "path",
        [
            "a",
            "a/b",
            "a//b",
            "../../etc/passwd",
            "/etc/passwd",
            "a/../b",
            "é 😀?#%&=+",
            "a\\b",
            "~",
        ],
    )
    def test_any_name_is_only_a_name(self, blobs: Blobs, path: str) -> None:
        content = path.encode()
        write(blobs, path, content)
        assert read(blobs, path) == content
        assert [info.path for info in blobs.list("")] == [path]

    def test_a_path_may_begin_another(self, blobs: Blobs) -> None:
        write(blobs, "a", b"1")
        write(blobs, "a/b", b"2")
        assert read(blobs, "a") + read(blobs, "a/b") == b"12"

    @pytest.mark.parametrize("path", ["", ".", "..", "a\nb", "a\rb", "x" * 1025])
    def test_a_path_that_cloud_storage_refuses_is_an_error(self, blobs: Blobs, path: str) -> None:
        with pytest.raises(ValueError, match=" "):
            write(blobs, path, b"x")


class TestReading:
    @pytest.mark.parametrize(
        ("start", "end", "expected"),
        [
            (0, None, b"0123456789"),
            (3, None, b"3456789"),
            (3, 5, b"34"),
            (0, 10, b"0123456789"),
            (8, 99, b"89"),
            (10, None, b""),
            (99, None, b""),
            (4, 4, b""),
            (5, 2, b""),
        ],
    )
    def test_a_range_is_half_open(
        self, blobs: Blobs, start: int, end: int | None, expected: bytes
    ) -> None:
        write(blobs, PATH, b"0123456789")
        assert read(blobs, start=start, end=end) == expected

    def test_chunks_are_at_most_a_mebibyte(self, blobs: Blobs) -> None:
        content = bytes(range(251)) * 10_000
        write(blobs, PATH, content)
        chunks = list(blobs.read(PATH))
        assert max(map(len, chunks)) <= MIB
        assert b"".join(chunks) == content
        assert read(blobs, start=MIB - 1, end=MIB + 1) == content[MIB - 1 : MIB + 1]

    def test_a_missing_blob_is_not_found_before_the_first_chunk(self, blobs: Blobs) -> None:
        with pytest.raises(NotFound):
            next(blobs.read(PATH))

    def test_the_named_generation_is_read_or_none(self, blobs: Blobs) -> None:
        old = write(blobs, PATH, b"old")
        assert read(blobs, generation=old.generation) == b"old"
        new = write(blobs, PATH, b"new")
        assert read(blobs, generation=new.generation) == b"new"
        with pytest.raises(NotFound):
            next(blobs.read(PATH, generation=old.generation))

    def test_stat_of_a_missing_blob_is_none(self, blobs: Blobs) -> None:
        assert blobs.stat(PATH) is None


class TestList:
    def test_lists_what_begins_with_the_prefix(self, blobs: Blobs) -> None:
        for path in ("u/s/2", "u/s/1", "u/s", "u/t/1", "v/s/1", "u/s-/1", "u/sé"):
            write(blobs, path, b"x")
        assert [info.path for info in blobs.list("u/s/")] == ["u/s/1", "u/s/2"]
        assert len(list(blobs.list("u/s"))) == 5
        assert len(list(blobs.list(""))) == 7
        assert list(blobs.list("none")) == []

    def test_tells_the_same_as_stat(self, blobs: Blobs) -> None:
        write(blobs, PATH, b"hello", a="1")
        assert list(blobs.list("owner/")) == [blobs.stat(PATH)]

    def test_blobs_may_be_deleted_while_they_are_listed(self, blobs: Blobs) -> None:
        for number in range(20):
            write(blobs, f"a/{number:03}", b"x")
        assert sum(blobs.delete(info.path) for info in blobs.list("a/")) == 20
        assert list(blobs.list("")) == []


class TestDelete:
    def test_a_deleted_blob_is_gone(self, blobs: Blobs) -> None:
        write(blobs, PATH, b"x")
        assert blobs.delete(PATH) is True
        assert blobs.stat(PATH) is None
        with pytest.raises(NotFound):
            next(blobs.read(PATH))
        assert blobs.delete(PATH) is False

    def test_another_generation_is_left_alone(self, blobs: Blobs) -> None:
        old = write(blobs, PATH, b"old")
        new = write(blobs, PATH, b"new")
        assert blobs.delete(PATH, generation=old.generation) is False
        assert blobs.stat(PATH) == new
        assert blobs.delete(PATH, generation=new.generation) is True


class TestNotification:
    def test_a_committed_upload_is_told_of(self, uploads: Uploads) -> None:
        blobs, notifications = uploads
        info = write(blobs, PATH, b"x")
        (attributes,) = notifications()
        assert attributes["eventType"] == "OBJECT_FINALIZE"
        assert attributes["bucketId"]
        assert attributes["objectId"] == PATH
        assert attributes["objectGeneration"] == info.generation

    def test_every_generation_is_told_of(self, uploads: Uploads) -> None:
        blobs, notifications = uploads
        generations = [write(blobs, PATH, b"x").generation for _ in range(2)]
        assert [each["objectGeneration"] for each in notifications()] == generations

    def test_what_is_not_committed_is_not_told_of(self, uploads: Uploads) -> None:
        blobs, notifications = uploads
        with blobs.create(PATH, content_type="text/plain") as writer:
            writer.write(b"x")
        write(blobs, PATH, b"x", if_absent=True)
        with pytest.raises(AlreadyExists):
            write(blobs, PATH, b"y", if_absent=True)
        blobs.delete(PATH)
        assert len(notifications()) == 1
