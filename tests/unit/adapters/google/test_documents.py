"""What the documents suite cannot ask of every platform: a Firestore that fails."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from google.api_core.exceptions import Aborted, ServiceUnavailable

from shared.adapters.google import documents as module
from shared.adapters.google import failures
from shared.adapters.google.documents import FirestoreDocuments, firestore_client
from shared.application.ports import Query, Transaction
from shared.domain.errors import AlreadyExists, Unavailable
from tests import emulators


@pytest.fixture
def documents() -> Iterator[FirestoreDocuments]:
    with emulators.firestore():
        yield FirestoreDocuments(emulators.PROJECT)


@pytest.fixture
def unreachable(monkeypatch: pytest.MonkeyPatch) -> FirestoreDocuments:
    monkeypatch.setenv("FIRESTORE_EMULATOR_HOST", "127.0.0.1:9")
    return FirestoreDocuments(emulators.new_project(), timeout_s=0.3)


def put(documents: FirestoreDocuments, *paths: str) -> None:
    def work(transaction: Transaction) -> None:
        for path in paths:
            transaction.set(path, {"n": 1})

    documents.transact(work)


def test_firestore_out_of_reach_is_unavailable(unreachable: FirestoreDocuments) -> None:
    for call in (
        lambda: unreachable.get("c/a"),
        lambda: unreachable.get_many(["c/a"]),
        lambda: unreachable.query(Query("c")),
        lambda: unreachable.count(Query("c")),
        lambda: unreachable.delete_tree("c/a"),
        lambda: unreachable.transact(lambda _: None),
    ):
        with pytest.raises(Unavailable):
            call()


def test_client_is_one_for_the_process() -> None:
    with emulators.firestore():
        first, second = (FirestoreDocuments(emulators.PROJECT) for _ in range(2))
        assert first._client is second._client
        assert first._client is firestore_client(emulators.PROJECT, "(default)")


def test_times_come_back_plain(documents: FirestoreDocuments) -> None:
    moment = datetime(2024, 3, 15, 9, 30, 0, 123456, tzinfo=UTC)
    documents.transact(lambda t: t.set("c/a", {"at": moment, "all": [{"at": moment}]}))
    found = documents.get("c/a")
    assert found is not None
    assert type(found.data["at"]) is datetime
    assert type(found.data["all"][0]["at"]) is datetime
    assert found.data["at"] == moment


def test_work_aborted_at_commit_runs_again(
    documents: FirestoreDocuments, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(failures, "sleep", lambda _: None)
    _fail_once(monkeypatch, "_commit", Aborted("x"))
    runs: list[int] = []

    def work(transaction: Transaction) -> str:
        runs.append(1)
        transaction.create("c/a", {"run": len(runs)})
        return "done"

    assert documents.transact(work) == "done"
    found = documents.get("c/a")
    assert found is not None
    assert found.data == {"run": 2}


def test_work_aborted_while_it_reads_runs_again(
    documents: FirestoreDocuments, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(failures, "sleep", lambda _: None)
    put(documents, "c/a")
    _fail_once(monkeypatch, "get_all", Aborted("x"))
    assert documents.transact(lambda t: t.get("c/a")) is not None


def test_unavailable_commit_is_not_repeated(
    documents: FirestoreDocuments, monkeypatch: pytest.MonkeyPatch
) -> None:
    _fail_once(monkeypatch, "_commit", ServiceUnavailable("x"))
    with pytest.raises(Unavailable):
        put(documents, "c/a")
    assert documents.get("c/a") is None


def test_rollback_that_fails_does_not_hide_the_error(
    documents: FirestoreDocuments, monkeypatch: pytest.MonkeyPatch
) -> None:
    _fail_once(monkeypatch, "_rollback", ServiceUnavailable("x"))

    def work(_: Transaction) -> None:
        raise KeyError("mine")

    with pytest.raises(KeyError, match="mine"):
        documents.transact(work)


def test_transaction_given_up_holds_no_lock(documents: FirestoreDocuments) -> None:
    put(documents, "c/a")

    def work(transaction: Transaction) -> None:
        transaction.get("c/a")
        raise KeyError

    with pytest.raises(KeyError):
        documents.transact(work)
    put(documents, "c/a")


def test_create_twice_in_one_transaction_exists_already(documents: FirestoreDocuments) -> None:
    def work(transaction: Transaction) -> None:
        transaction.create("c/a", {})
        transaction.create("c/a", {})

    with pytest.raises(AlreadyExists):
        documents.transact(work)
    assert documents.get("c/a") is None


def test_tree_is_deleted_page_by_page(
    documents: FirestoreDocuments, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_DELETED_AT_ONCE", 3)
    below = [f"c/a/s/{n}" for n in range(7)] + ["c/a/s/0/t/0", "c/a/none/x/t/0"]
    put(documents, "c/a", "c/ab/s/0", *below)
    assert documents.delete_tree("c/a") == len(below)
    assert documents.get_many(below) == [None] * len(below)
    assert None not in documents.get_many(["c/a", "c/ab/s/0"])


def _fail_once(monkeypatch: pytest.MonkeyPatch, method: str, error: Exception) -> None:
    from google.cloud.firestore_v1.transaction import Transaction as FirestoreTransaction

    real = getattr(FirestoreTransaction, method)
    errors = [error]

    def failing(*arguments: Any, **options: Any) -> Any:
        if errors:
            raise errors.pop()
        return real(*arguments, **options)

    monkeypatch.setattr(FirestoreTransaction, method, failing)
