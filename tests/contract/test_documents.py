"""What `ports.Documents` and `ports.Transaction` promise."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from shared.application.ports import Document, Documents, Query, Transaction
from shared.domain.errors import AlreadyExists

T0 = datetime(2024, 3, 15, 9, 30, 0, 123456, tzinfo=UTC)

# Firestore's order of types, and within each its order of values.
ORDERED: list[Any] = [
    None,
    False,
    True,
    -(2**63),
    -1.5,
    0,
    1,
    1.5,
    2**53,
    2**53 + 1,
    float(2**53 + 2),
    2**63 - 1,
    1e300,
    datetime(1969, 7, 20, 20, 17, 40, 1, tzinfo=UTC),
    T0,
    T0 + timedelta(microseconds=1),
    "",
    "A",
    "a",
    "a\x00",
    "a\x00b",
    "aa",
    "é",
    "\uffee",
    "\U0001f600",
    [],
    [None],
    [1],
    [1, 2],
    [1, "a"],
    [2],
    {},
    {"a": 1},
    {"a": 1, "b": 0},
    {"a": 2},
    {"b": 0},
]


def put(documents: Documents, **fields: Mapping[str, Any]) -> None:
    def work(transaction: Transaction) -> None:
        for name, data in fields.items():
            transaction.set(f"things/{name}", data)

    documents.transact(work)


def ids(found: list[Document]) -> list[str]:
    return [document.id for document in found]


class TestReading:
    def test_get_returns_what_was_set(self, documents: Documents) -> None:
        data = {
            "none": None,
            "yes": True,
            "whole": 3,
            "fraction": 3.5,
            "text": "Grüße, 你好 😀 \x00",
            "at": T0,
            "list": [1, "a", None, {"k": [T0]}],
            "map": {"a key.with `marks`": {"deep": -1}},
        }
        put(documents, a=data)
        assert documents.get("things/a") == Document("things/a", data)

    def test_get_of_a_missing_document_is_none(self, documents: Documents) -> None:
        assert documents.get("things/none") is None

    @pytest.mark.parametrize("value", [True, 1, 1.0, -0.0, 2**63 - 1, -(2**63), 1e308, 5e-324])
    def test_get_keeps_the_type_of_a_number(self, documents: Documents, value: Any) -> None:
        put(documents, a={"v": value})
        found = documents.get("things/a")
        assert found is not None
        assert repr(found.data["v"]) == repr(value)

    @pytest.mark.parametrize(
        "moment",
        [
            T0,
            datetime(2024, 3, 15, 12, tzinfo=timezone(timedelta(hours=5, minutes=30))),
            datetime(1, 1, 1, tzinfo=UTC),
            datetime(9999, 12, 31, 23, 59, 59, 999999, tzinfo=UTC),
        ],
    )
    def test_get_keeps_a_time_to_the_microsecond(
        self, documents: Documents, moment: datetime
    ) -> None:
        put(documents, a={"v": moment})
        found = documents.get("things/a")
        assert found is not None
        assert found.data["v"] == moment
        assert found.data["v"].utcoffset() == timedelta(0)

    def test_get_many_keeps_the_order_asked_for(self, documents: Documents) -> None:
        put(documents, a={"n": 1}, b={"n": 2})
        found = documents.get_many(["things/b", "things/none", "things/a", "things/b"])
        assert found == [
            Document("things/b", {"n": 2}),
            None,
            Document("things/a", {"n": 1}),
            Document("things/b", {"n": 2}),
        ]

    def test_get_many_of_nothing_is_empty(self, documents: Documents) -> None:
        assert documents.get_many([]) == []

    def test_documents_of_one_id_in_two_collections_are_apart(self, documents: Documents) -> None:
        documents.transact(lambda t: (t.set("things/a", {"n": 1}), t.set("others/a", {"n": 2})))
        assert documents.query(Query("others")) == [Document("others/a", {"n": 2})]

    def test_an_empty_document_exists(self, documents: Documents) -> None:
        put(documents, a={})
        assert documents.get("things/a") == Document("things/a", {})


class TestQuery:
    def test_without_order_sorts_by_id(self, documents: Documents) -> None:
        put(documents, **{name: {} for name in ["b", "B", "a", "ä", "10", "9"]})
        assert ids(documents.query(Query("things"))) == ["10", "9", "B", "a", "b", "ä"]

    def test_covers_one_collection_only(self, documents: Documents) -> None:
        def work(transaction: Transaction) -> None:
            transaction.set("things/a", {"n": 1})
            transaction.set("things/a/parts/b", {"n": 1})
            transaction.set("things/a/parts/b/bits/c", {"n": 1})
            transaction.set("things/z/parts/d", {"n": 1})

        documents.transact(work)
        assert ids(documents.query(Query("things", {"n": 1}))) == ["a"]
        assert ids(documents.query(Query("things/a/parts", order_by="n"))) == ["b"]

    def test_orders_all_types_and_values_as_firestore_does(self, documents: Documents) -> None:
        expected = [f"{99 - n}" for n in range(len(ORDERED))]
        put(documents, **{name: {"v": v} for name, v in zip(expected, ORDERED, strict=True)})
        assert ids(documents.query(Query("things", order_by="v"))) == expected
        backwards = documents.query(Query("things", order_by="v", descending=True))
        assert ids(backwards) == expected[::-1]

    @pytest.mark.parametrize("value", ORDERED, ids=repr)
    def test_equality_finds_that_value_only(self, documents: Documents, value: Any) -> None:
        put(documents, **{f"d{n}": {"v": v} for n, v in enumerate(ORDERED)})
        found = documents.query(Query("things", {"v": value}))
        assert [document.data["v"] for document in found] == [value]

    def test_equality_compares_numbers_by_value(self, documents: Documents) -> None:
        put(documents, a={"v": 1}, b={"v": 1.0}, c={"v": True}, d={"v": "1"}, e={"v": 0})
        assert ids(documents.query(Query("things", {"v": 1.0}))) == ["a", "b"]
        assert ids(documents.query(Query("things", {"v": -0.0}))) == ["e"]

    def test_a_missing_field_equals_nothing(self, documents: Documents) -> None:
        put(documents, a={"v": None}, b={})
        assert ids(documents.query(Query("things", {"v": None}))) == ["a"]

    def test_several_equalities_all_hold(self, documents: Documents) -> None:
        put(documents, a={"u": 1, "v": 2}, b={"u": 1, "v": 3}, c={"u": 1}, d={"u": 1, "v": 2})
        assert ids(documents.query(Query("things", {"u": 1, "v": 2}))) == ["a", "d"]
        assert ids(documents.query(Query("things", {"v": 2, "u": 1}))) == ["a", "d"]

    def test_reaches_into_maps(self, documents: Documents) -> None:
        put(documents, a={"m": {"v": 1}}, b={"m": {"v": 2}}, c={"m": 1})
        assert ids(documents.query(Query("things", {"m.v": 2}))) == ["b"]
        assert ids(documents.query(Query("things", order_by="m.v"))) == ["a", "b"]

    def test_order_leaves_out_documents_without_the_field(self, documents: Documents) -> None:
        put(documents, a={"v": 2}, b={}, c={"v": 1}, d={"v": None})
        assert ids(documents.query(Query("things", order_by="v"))) == ["d", "c", "a"]

    def test_ties_are_sorted_by_id_in_the_same_direction(self, documents: Documents) -> None:
        put(documents, b={"v": 1}, a={"v": 1.0}, c={"v": 0})
        assert ids(documents.query(Query("things", order_by="v"))) == ["c", "a", "b"]
        found = documents.query(Query("things", order_by="v", descending=True))
        assert ids(found) == ["b", "a", "c"]

    def test_equality_and_order_go_together(self, documents: Documents) -> None:
        for owner in ("u", "w"):
            put(documents, **{f"{owner}{n}": {"owner": owner, "n": n % 3} for n in range(6)})
        found = documents.query(Query("things", {"owner": "w"}, "n", descending=True))
        assert ids(found) == ["w5", "w2", "w4", "w1", "w3", "w0"]

    def test_equality_and_order_follow_later_writes(self, documents: Documents) -> None:
        query = Query("things", {"owner": "u"}, "n")
        assert documents.query(query) == []
        put(documents, a={"owner": "u", "n": 2}, b={"owner": "u", "n": 1})
        assert ids(documents.query(query)) == ["b", "a"]
        put(documents, a={"owner": "u", "n": 0}, b={"owner": "w", "n": 1})
        assert ids(documents.query(query)) == ["a"]
        documents.transact(lambda t: t.delete("things/a"))
        assert documents.query(query) == []

    @pytest.mark.parametrize(
        ("bounds", "expected"),
        [
            ({"at_least": 2}, [2, 3, 4]),
            ({"more_than": 2}, [3, 4]),
            ({"less_than": 3}, [1, 2]),
            ({"at_most": 3}, [1, 2, 3]),
            ({"more_than": 1, "less_than": 4}, [2, 3]),
            ({"at_least": 2.0, "at_most": 2.5}, [2]),
            ({"at_least": 5}, []),
            ({"at_least": 3, "at_most": 2}, []),
        ],
    )
    def test_bounds_limit_the_order(
        self, documents: Documents, bounds: dict[str, Any], expected: list[int]
    ) -> None:
        put(documents, **{f"d{n}": {"v": n, "owner": "u"} for n in range(1, 5)})
        for where in ({}, {"owner": "u"}):
            found = documents.query(Query("things", where, "v", **bounds))
            assert [document.data["v"] for document in found] == expected

    @pytest.mark.parametrize(
        ("bound", "expected"),
        [
            (0, [0, 1, 1.5]),
            ("", ["", "A"]),
            (False, [False, True]),
            (datetime(1, 1, 1, tzinfo=UTC), [T0]),
            ([], [[], [1]]),
            ({}, [{}, {"a": 1}]),
        ],
    )
    def test_bounds_match_values_of_their_own_type(
        self, documents: Documents, bound: Any, expected: list[Any]
    ) -> None:
        values = [None, False, True, 0, 1, 1.5, T0, "", "A", [], [1], {}, {"a": 1}]
        put(documents, **{f"d{n}": {"v": v} for n, v in enumerate(values)})
        found = documents.query(Query("things", order_by="v", at_least=bound))
        assert [document.data["v"] for document in found] == expected

    def test_offset_and_limit_cut_a_page(self, documents: Documents) -> None:
        put(documents, **{f"d{n}": {"v": n} for n in range(5)})
        assert ids(documents.query(Query("things", order_by="v", offset=1, limit=2))) == [
            "d1",
            "d2",
        ]
        assert ids(documents.query(Query("things", offset=4, limit=2))) == ["d4"]
        assert documents.query(Query("things", offset=5)) == []

    @pytest.mark.parametrize("where", [{}, {"owner": "u"}], ids=["all", "equal"])
    @pytest.mark.parametrize(
        ("order_by", "descending"),
        [(None, False), ("v", False), ("v", True)],
        ids=["by_id", "ascending", "descending"],
    )
    def test_a_cursor_walks_every_document_once(
        self, documents: Documents, order_by: str | None, where: dict[str, Any], descending: bool
    ) -> None:
        values = [None, 1, 1, 1, 2.5, "a", "a", T0]
        put(documents, **{f"d{n}": {"v": v, "owner": "u"} for n, v in enumerate(values)})
        whole = documents.query(Query("things", where, order_by, descending))
        assert len(whole) == len(values)
        walked: list[Document] = []
        after = None
        while page := documents.query(
            Query("things", where, order_by, descending, after=after, limit=3)
        ):
            walked += page
            after = (page[-1].data["v"] if order_by else None, page[-1].id)
        assert walked == whole

    def test_a_cursor_stands_where_its_document_is_gone(self, documents: Documents) -> None:
        put(documents, a={"v": 1}, c={"v": 1}, d={"v": 2})
        found = documents.query(Query("things", order_by="v", after=(1, "b")))
        assert ids(found) == ["c", "d"]

    def test_long_strings_are_sorted_by_how_they_begin(self, documents: Documents) -> None:
        put(
            documents, a={"v": "é" * 9000}, b={"v": "e" * 9000}, c={"v": "f"}, d={"v": ["e" * 9000]}
        )
        assert ids(documents.query(Query("things", order_by="v"))) == ["b", "c", "a", "d"]

    def test_a_string_too_long_to_compare_with_is_an_error(self, documents: Documents) -> None:
        with pytest.raises(ValueError, match=" "):
            documents.query(Query("things", {"v": "e" * 9000}))

    def test_ids_are_not_sorted_downwards(self, documents: Documents) -> None:
        with pytest.raises(ValueError, match=" "):
            documents.query(Query("things", descending=True))

    def test_bounds_without_an_order_are_an_error(self, documents: Documents) -> None:
        with pytest.raises(ValueError, match=" "):
            documents.query(Query("things", at_least=1))


class TestCount:
    def test_counts_what_the_query_finds(self, documents: Documents) -> None:
        put(documents, **{f"d{n}": {"v": n, "even": n % 2 == 0} for n in range(10)})
        assert documents.count(Query("things")) == 10
        assert documents.count(Query("things", {"even": True})) == 5
        assert documents.count(Query("things", order_by="v", at_least=7)) == 3
        assert documents.count(Query("things", {"even": True}, "v", less_than=5)) == 3
        assert documents.count(Query("things", limit=4)) == 4
        assert documents.count(Query("nothing")) == 0


class TestTransaction:
    def test_returns_what_work_returns(self, documents: Documents) -> None:
        assert documents.transact(lambda t: "done") == "done"

    def test_reads_see_the_state_before(self, documents: Documents) -> None:
        put(documents, a={"n": 1})

        def work(transaction: Transaction) -> list[Any]:
            return [
                transaction.get("things/a"),
                transaction.get("things/none"),
                transaction.get_many(["things/none", "things/a"]),
                transaction.query(Query("things", {"n": 1})),
                transaction.query(Query("things", {"n": 1}, "n", descending=True)),
            ]

        a = Document("things/a", {"n": 1})
        assert documents.transact(work) == [a, None, [None, a], [a], [a]]

    def test_set_replaces_the_whole_document(self, documents: Documents) -> None:
        put(documents, a={"old": 1, "both": 1})
        put(documents, a={"new": 2, "both": 2})
        assert documents.get("things/a") == Document("things/a", {"new": 2, "both": 2})
        assert documents.query(Query("things", {"old": 1})) == []
        assert documents.query(Query("things", {"both": 1})) == []

    def test_create_writes_a_new_document(self, documents: Documents) -> None:
        documents.transact(lambda t: t.create("things/a", {"n": 1}))
        assert documents.get("things/a") == Document("things/a", {"n": 1})

    def test_create_of_an_existing_document_fails_the_transaction(
        self, documents: Documents
    ) -> None:
        put(documents, a={"n": 1})

        def work(transaction: Transaction) -> None:
            transaction.set("things/b", {"n": 2})
            transaction.create("things/a", {"n": 2})
            transaction.set("things/c", {"n": 2})

        with pytest.raises(AlreadyExists):
            documents.transact(work)
        assert documents.query(Query("things")) == [Document("things/a", {"n": 1})]

    def test_delete_removes_the_document_alone(self, documents: Documents) -> None:
        documents.transact(
            lambda t: (t.set("things/a", {"n": 1}), t.set("things/a/parts/b", {"n": 1}))
        )
        documents.transact(lambda t: t.delete("things/a"))
        assert documents.get("things/a") is None
        assert documents.query(Query("things", {"n": 1})) == []
        assert documents.get("things/a/parts/b") is not None

    def test_delete_of_a_missing_document_is_no_error(self, documents: Documents) -> None:
        documents.transact(lambda t: t.delete("things/none"))

    def test_what_work_raises_aborts_it(self, documents: Documents) -> None:
        class Refused(Exception):
            pass

        def work(transaction: Transaction) -> None:
            transaction.set("things/a", {"n": 1})
            raise Refused

        with pytest.raises(Refused):
            documents.transact(work)
        assert documents.get("things/a") is None

    @pytest.mark.parametrize(
        "read",
        [
            lambda t: t.get("things/a"),
            lambda t: t.get_many(["things/a"]),
            lambda t: t.query(Query("things")),
        ],
        ids=["get", "get_many", "query"],
    )
    def test_a_read_after_a_write_is_an_error(self, documents: Documents, read: Any) -> None:
        def work(transaction: Transaction) -> None:
            transaction.set("things/a", {"n": 1})
            read(transaction)

        with pytest.raises(RuntimeError):
            documents.transact(work)
        assert documents.get("things/a") is None

    def test_data_changed_after_the_write_is_not_stored(self, documents: Documents) -> None:
        data = {"items": [1]}

        def work(transaction: Transaction) -> None:
            transaction.set("things/a", data)
            data["items"].append(2)

        documents.transact(work)
        assert documents.get("things/a") == Document("things/a", {"items": [1]})

    def test_all_writes_happen_in_order(self, documents: Documents) -> None:
        def work(transaction: Transaction) -> None:
            transaction.set("things/a", {"n": 1})
            transaction.delete("things/a")
            transaction.create("things/a", {"n": 2})
            transaction.set("things/b", {"n": 3})
            transaction.delete("things/b")

        documents.transact(work)
        assert documents.query(Query("things")) == [Document("things/a", {"n": 2})]

    def test_concurrent_increments_are_all_counted(self, documents: Documents) -> None:
        put(documents, a={"n": 0})

        def increment(transaction: Transaction) -> None:
            found = transaction.get("things/a")
            assert found is not None
            transaction.set("things/a", {"n": found.data["n"] + 1})

        def work() -> None:
            for _ in range(5):
                documents.transact(increment)

        threads = [threading.Thread(target=work) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        found = documents.get("things/a")
        assert found is not None
        assert found.data["n"] == 20

    def test_two_that_read_what_the_other_writes_are_serialised(self, documents: Documents) -> None:
        put(documents, a={"on": True}, b={"on": True})
        ready = threading.Barrier(2)

        def switch_off_unless_last(name: str) -> None:
            def work(transaction: Transaction) -> None:
                on = transaction.query(Query("things", {"on": True}))
                if len(on) > 1:
                    transaction.set(f"things/{name}", {"on": False})

            ready.wait()
            documents.transact(work)

        threads = [threading.Thread(target=switch_off_unless_last, args=(n,)) for n in "ab"]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert documents.count(Query("things", {"on": True})) == 1


class TestDeleteTree:
    def test_deletes_everything_below_and_counts_it(self, documents: Documents) -> None:
        below = ["a/parts/1", "a/parts/2", "a/parts/1/bits/x", "a/others/1"]
        beside = ["a", "a0/parts/1", "a-/parts/1", "b/parts/1"]

        def work(transaction: Transaction) -> None:
            for path in below + beside:
                transaction.set(f"things/{path}", {"n": 1})

        documents.transact(work)
        assert documents.delete_tree("things/a") == len(below)
        assert documents.get_many([f"things/{path}" for path in below]) == [None] * len(below)
        assert None not in documents.get_many([f"things/{path}" for path in beside])
        assert documents.query(Query("things/a/parts", {"n": 1})) == []

    def test_again_finds_nothing(self, documents: Documents) -> None:
        documents.transact(lambda t: t.set("things/a/parts/1", {}))
        documents.delete_tree("things/a")
        assert documents.delete_tree("things/a") == 0

    def test_takes_more_than_one_batch(self, documents: Documents) -> None:
        def work(transaction: Transaction) -> None:
            for number in range(300):
                transaction.set(f"things/a/parts/{number}", {})

        documents.transact(work)
        documents.transact(
            lambda t: [t.set(f"things/a/more/{number}", {}) for number in range(300)]
        )
        assert documents.delete_tree("things/a") == 600
        assert documents.count(Query("things/a/parts")) == 0


class TestRefusals:
    @pytest.mark.parametrize(
        "value",
        [
            [[1]],
            {"a": [[]]},
            2**63,
            -(2**63) - 1,
            float("nan"),
            float("inf"),
            datetime(2024, 1, 1),
            "\ud800",
            {"\udfff": 1},
            {"": 1},
            {1: 1},
            {"__own__": 1},
            object(),
            b"bytes",
            "x" * 1_048_577,
        ],
        ids=lambda value: repr(value)[:20],
    )
    def test_a_value_that_cannot_be_stored_is_an_error(
        self, documents: Documents, value: Any
    ) -> None:
        with pytest.raises(ValueError, match=" ") as caught:
            put(documents, a={"v": value})
        assert "xxxx" not in str(caught.value)
        assert documents.get("things/a") is None

    @pytest.mark.parametrize(
        "path", ["", "things", "things/", "/a", "a//b/c", "a/b/c", "a/.", "a/..", "a/__own__"]
    )
    def test_a_path_that_names_no_document_is_an_error(
        self, documents: Documents, path: str
    ) -> None:
        with pytest.raises(ValueError, match=" "):
            documents.get(path)
        with pytest.raises(ValueError, match=" "):
            documents.transact(lambda t: t.set(path, {}))

    def test_a_query_of_a_document_path_is_an_error(self, documents: Documents) -> None:
        with pytest.raises(ValueError, match=" "):
            documents.query(Query("things/a"))
