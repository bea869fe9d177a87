"""Random histories of operations, played on both platforms: every answer must be the same.

Firestore's emulator is the measure.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test

from shared.adapters.embedded.documents import SqliteDocuments
from shared.application.ports import Document, Documents, Query, Transaction
from tests import emulators

T0 = datetime(2024, 3, 15, 9, 30, 0, 123456, tzinfo=UTC)

# Few of each, so that histories come back to the same documents, fields and values.
IDS = st.sampled_from(["a", "b", "B", "ba", "10", "9", "é", "\U0001f600", "\uffee"])
COLLECTIONS = st.sampled_from(["c", "c", "c/a/s", "c/a/s/b/t"])
PATHS = st.builds("{}/{}".format, COLLECTIONS, IDS)
FIELDS = st.sampled_from(["x", "x", "y", "m.x"])
FEW = st.sampled_from([None, True, 1, 1.0, 2, "a", "b", T0])
MANY = st.sampled_from(
    [
        False,
        -(2**63),
        -1,
        -0.0,
        0,
        1.5,
        2**53,
        2**53 + 1,
        float(2**53),
        2**63 - 1,
        1e300,
        5e-324,
        "",
        "a\x00",
        "ab",
        "é",
        "\uffee",
        "\U0001f600",
        datetime(1, 1, 1, tzinfo=UTC),
        T0 + timedelta(microseconds=1),
        datetime(9999, 12, 31, 23, 59, 59, 999999, tzinfo=UTC),
    ]
)
SCALARS = FEW | MANY
MAPS = st.dictionaries(st.sampled_from(["x", "z", "é"]), SCALARS, max_size=2)
VALUES = st.one_of(FEW, SCALARS, MAPS, st.lists(SCALARS | MAPS, max_size=3))
DATA = st.fixed_dictionaries({"x": VALUES}, optional={"y": FEW, "m": MAPS, "other": VALUES}) | (
    st.dictionaries(st.sampled_from(["x", "y", "z"]), VALUES, max_size=1)
)
# Most queries find nothing with more than one condition.
WHERE: st.SearchStrategy[dict[str, Any]] = st.just({}) | st.dictionaries(
    FIELDS, FEW | VALUES, max_size=2
)
BOUNDS: st.SearchStrategy[dict[str, Any]] = st.just({}) | st.dictionaries(
    st.sampled_from(["at_least", "more_than", "less_than", "at_most"]), SCALARS | VALUES, max_size=2
)
CURSORS = st.none() | st.tuples(VALUES, IDS)


@st.composite
def queries(draw: st.DrawFn) -> Query:
    order_by = draw(st.none() | FIELDS)
    after, bounds = draw(CURSORS), draw(BOUNDS)
    if order_by is None:
        after, bounds = after and (None, after[1]), {}
    return Query(
        draw(COLLECTIONS),
        where=draw(WHERE),
        order_by=order_by,
        descending=order_by is not None and draw(st.booleans()),
        after=after,
        offset=draw(st.sampled_from([0, 0, 1])),
        limit=draw(st.sampled_from([None, None, 0, 1, 3])),
        **bounds,
    )


Step = Callable[[Transaction], Any]


class Aborted(Exception):
    """What a transaction's work raises of its own accord."""


def _abort(_: Transaction) -> None:
    raise Aborted


def _step(name: str, *arguments: Any) -> Step:
    return lambda transaction: getattr(transaction, name)(*arguments)


READS = st.one_of(
    st.builds(_step, st.just("get"), PATHS),
    st.builds(_step, st.just("get_many"), st.lists(PATHS, max_size=3)),
    st.builds(_step, st.just("query"), queries()),
)
WRITES = st.one_of(
    st.builds(_step, st.just("set"), PATHS, DATA),
    st.builds(_step, st.just("create"), PATHS, DATA),
    st.builds(_step, st.just("delete"), PATHS),
)


class History(RuleBasedStateMachine):
    """One history; a class attribute for each store, set by the test."""

    cloud: Documents
    host: str

    def __init__(self) -> None:
        super().__init__()
        self._resources = ExitStack()
        emulators.clear_firestore(self.host)
        directory = self._resources.enter_context(TemporaryDirectory())
        self._embedded = SqliteDocuments(Path(directory) / "documents.db")
        self._resources.callback(self._embedded.close)

    def teardown(self) -> None:
        self._resources.close()

    # Without a start, most histories would be of questions to an empty store.
    @initialize(documents=st.dictionaries(PATHS, DATA, min_size=12, max_size=24))
    def begin(self, documents: Mapping[str, Any]) -> None:
        self._write(documents)

    @rule(documents=st.dictionaries(PATHS, DATA, min_size=1, max_size=8))
    def write(self, documents: Mapping[str, Any]) -> None:
        self._write(documents)

    @rule(
        reads=st.lists(READS, max_size=2),
        writes=st.lists(WRITES, max_size=3),
        end=st.one_of(st.none(), st.none(), st.just(_abort), READS),
    )
    def transact(self, reads: list[Step], writes: list[Step], end: Step | None) -> None:
        steps = [*reads, *writes, *([] if end is None else [end])]
        self._compare(lambda store: store.transact(lambda t: [step(t) for step in steps]))

    @rule(path=PATHS)
    def get(self, path: str) -> None:
        self._compare(lambda store: store.get(path))

    @rule(paths=st.lists(PATHS, max_size=5))
    def get_many(self, paths: list[str]) -> None:
        self._compare(lambda store: store.get_many(paths))

    @rule(query=queries())
    def query(self, query: Query) -> None:
        self._compare(lambda store: store.query(query))

    @rule(query=queries())
    def count(self, query: Query) -> None:
        self._compare(lambda store: store.count(query))

    @rule(path=PATHS)
    def delete_tree(self, path: str) -> None:
        self._compare(lambda store: store.delete_tree(path))

    def _write(self, documents: Mapping[str, Any]) -> None:
        def work(transaction: Transaction) -> None:
            for path, data in documents.items():
                transaction.set(path, data)

        self._compare(lambda store: store.transact(work))

    def _compare(self, call: Callable[[Documents], Any]) -> None:
        assert _outcome(call, self._embedded) == _outcome(call, self.cloud)


def _outcome(call: Callable[[Documents], Any], store: Documents) -> Any:
    try:
        return _exact(call(store))
    except ValueError:
        return ValueError
    except Exception as error:
        return type(error)


def _exact(value: Any) -> Any:
    """`value` such that 1 and 1.0, 0.0 and -0.0, True and 1 differ."""
    if isinstance(value, Document):
        return value.path, _exact(value.data)
    if isinstance(value, Mapping):
        return {key: _exact(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_exact(item) for item in value]
    return type(value), repr(value)


@pytest.fixture
def history() -> Iterator[type[History]]:
    pytest.importorskip("google.cloud.firestore_v1")
    from shared.adapters.google.documents import FirestoreDocuments

    with emulators.firestore() as host:
        cloud = FirestoreDocuments(emulators.PROJECT)
        yield type("History", (History,), {"cloud": cloud, "host": host})


def test_both_platforms_answer_alike(history: type[History]) -> None:
    run_state_machine_as_test(
        history,
        settings=settings(
            max_examples=60,
            stateful_step_count=25,
            deadline=None,
            derandomize=True,
            phases=[Phase.explicit, Phase.generate, Phase.shrink],
            suppress_health_check=list(HealthCheck),
        ),
    )
