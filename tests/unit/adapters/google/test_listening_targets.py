"""What the messages of a Listen stream come to, whatever their order."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pytest
from google.rpc import code_pb2 as code
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.adapters.google.listen_target import ListenTarget
from shared.adapters.google.listen_targets import ListenTargets
from shared.application.ports import Document, Query
from shared.domain.errors import InsightError, InvalidArgument, PermissionDenied
from tests.listen_server import CURRENT, NO_CHANGE, RESET, RESPONSE, ServerStream, Store, name_of

TRANSIENT = [code.UNAVAILABLE, code.RESOURCE_EXHAUSTED, code.INTERNAL, code.OK]
BREAKS = [code.UNAVAILABLE, code.DEADLINE_EXCEEDED, code.OK]


class Heard:
    """A subscriber."""

    def __init__(self, collection: str, more_than: int | None = None) -> None:
        self.calls: list[list[int]] = []
        self.failures: list[InsightError] = []
        self.more_than = more_than or 0
        self.collection = collection
        query = Query(collection, order_by="n", more_than=more_than)
        self.target = ListenTarget(query, self._on_documents, self.failures.append)

    def _on_documents(self, documents: Sequence[Document]) -> None:
        self.calls.append([document.data["n"] for document in documents])

    @property
    def numbers(self) -> list[int]:
        return [n for call in self.calls for n in call]


class Line:
    """Targets and a server, with nothing in between but what `deliver` lets through."""

    def __init__(self) -> None:
        self.store = Store()
        self.paused: list[ListenTarget] = []
        self.targets = ListenTargets(lambda f, *a: f(*a), lambda: None, self.paused.append)
        self.stream = ServerStream(self.store)
        self.targets.connected()

    def listen(self, heard: Heard) -> None:
        self.targets.add(heard.target)
        self.ask()

    def ask(self) -> None:
        while (request := self.targets.next_request()) is not None:
            if isinstance(request, int):
                self.stream.remove(request)
            else:
                query = request.query
                token = request.token
                self.stream.add(request.id, query.collection, query.more_than or 0, token)

    def deliver(self, messages: int = 1_000_000) -> None:
        while self.stream.outbox and messages:
            messages -= 1
            self.targets.receive(self.stream.outbox.popleft())
            self.ask()

    def cut(self, status: int = code.UNAVAILABLE) -> None:
        self.targets.disconnected(status)
        self.stream = ServerStream(self.store)
        self.targets.connected()
        self.ask()

    def settle(self) -> None:
        for _ in range(3):
            self.deliver()
            self.end_pauses()
            self.stream.flush()
        self.deliver()

    def end_pauses(self) -> None:
        for target in self.paused:
            self.targets.again(target)
        self.paused.clear()
        self.ask()


class World:
    """Subscribers, and a server that does whatever is legal; a number says how, or to which."""

    def __init__(self) -> None:
        self.line = Line()
        self.last = 0
        self.transactions: list[tuple[str, list[int]]] = []
        self.all_heard: list[Heard] = []
        for number in range(3):
            self.listen(number)

    def listen(self, number: int) -> None:
        heard = Heard("ab"[number % 2], number or None)
        self.all_heard.append(heard)
        self.line.listen(heard)

    def commit(self, number: int) -> None:
        numbers = list(range(self.last + 1, self.last + 2 + number % 3))
        self.last = numbers[-1]
        collection = "ab"[number % 2]
        self.transactions.append((collection, numbers))
        self.line.store.commit(collection, *numbers)

    def delete(self, number: int) -> None:
        collection = "ab"[number % 2]
        living = self.line.store.living(collection, 0, self.line.store.version)
        if living:
            self.line.store.delete(collection, living[number % len(living)])

    def flush(self, number: int) -> None:
        self.line.stream.flush()
        self.line.deliver(number or 1000)

    def deliver(self, number: int) -> None:
        self.line.deliver(number)

    def name_deletions(self, number: int) -> None:
        self.line.stream.names_deletions = bool(number % 2)

    def existence_filter(self, number: int) -> None:
        for target_id in self._some_target(number):
            self.line.stream.existence_filter(target_id, wrong_by=number % 4 - 1)

    def reset(self, number: int) -> None:
        for target_id in self._some_target(number):
            self.line.stream.change(RESET, target_id)
            self.line.stream.targets[target_id].version = 0
            if number % 2:
                self.line.stream.change(NO_CHANGE, token=True)
            self.line.stream.catch_up(target_id)
            self.line.stream.change(CURRENT, target_id)

    def server_removes(self, number: int) -> None:
        for target_id in self._some_target(number):
            self.line.stream.remove(target_id, TRANSIENT[number % len(TRANSIENT)])

    def end_pauses(self, _: int) -> None:
        self.line.end_pauses()

    def cut(self, number: int) -> None:
        self.line.cut(BREAKS[number % len(BREAKS)])

    def expire_tokens(self, _: int) -> None:
        self.line.store.oldest_token = self.line.store.version

    def close(self, number: int) -> None:
        if len(self.all_heard) > 1:
            heard = self.all_heard.pop(number % len(self.all_heard))
            self.line.targets.remove(heard.target)
            self.line.ask()

    def _some_target(self, number: int) -> list[int]:
        ids = sorted(self.line.stream.targets)
        return [ids[number % len(ids)]] if ids else []

    def check(self) -> None:
        for heard in self.all_heard:
            assert heard.numbers == sorted(set(heard.numbers))
            assert not heard.failures
            call_of = {n: place for place, call in enumerate(heard.calls) for n in call}
            for _, numbers in self.transactions:
                assert len({call_of[n] for n in numbers if n in call_of}) <= 1

    def check_complete(self) -> None:
        store = self.line.store
        for heard in self.all_heard:
            living = set(store.living(heard.collection, heard.more_than, store.version))
            assert heard.calls
            assert living <= set(heard.numbers)
            last_empty = max((p for p, call in enumerate(heard.calls) if not call), default=-1)
            assert all(living.issuperset(call) for call in heard.calls[last_empty + 1 :])


OFTEN = [World.commit, World.flush, World.deliver] * 4
SELDOM = [
    World.listen,
    World.delete,
    World.name_deletions,
    World.existence_filter,
    World.reset,
    World.server_removes,
    World.end_pauses,
    World.cut,
    World.expire_tokens,
    World.close,
]
STEPS = st.lists(st.tuples(st.sampled_from(OFTEN + SELDOM), st.integers(0, 11)), max_size=60)


@settings(max_examples=150, deadline=None)
@given(STEPS)
def test_any_order_of_messages_tells_each_document_once_and_none_less(
    steps: list[tuple[Callable[[World, int], None], int]],
) -> None:
    world = World()
    for step, number in steps:
        step(world, number)
        world.check()
    world.line.settle()
    world.check()
    world.check_complete()


@pytest.fixture
def line() -> Line:
    return Line()


def told(line: Line, heard: Heard) -> Heard:
    line.listen(heard)
    line.settle()
    return heard


def test_nothing_is_told_before_the_whole_stream_is_consistent(line: Line) -> None:
    line.store.commit("a", 1, 2)
    heard = Heard("a")
    line.listen(heard)
    line.deliver()
    assert heard.calls == []
    line.stream.change(NO_CHANGE, token=True)
    line.deliver()
    assert heard.calls == [[1, 2]]


def test_snapshot_before_a_target_is_current_does_not_concern_it(line: Line) -> None:
    heard = Heard("a")
    line.targets.add(heard.target)
    line.targets.next_request()
    line.targets.receive(RESPONSE(target_change={"read_time": {"seconds": 1}}))
    assert heard.calls == []
    line.targets.receive(
        RESPONSE(target_change={"target_change_type": CURRENT, "read_time": {"seconds": 2}})
    )
    assert heard.calls == [[]]


def test_break_resumes_with_the_token_of_the_last_snapshot(line: Line) -> None:
    heard = told(line, Heard("a"))
    token = heard.target.token
    line.store.commit("a", 1)
    line.stream.flush()
    line.deliver(1)
    line.cut()
    assert heard.target.token == token == b"1"
    line.settle()
    assert heard.calls == [[], [1]]
    assert heard.target.token == b"2"


def test_break_forgets_what_was_not_told(line: Line) -> None:
    heard = told(line, Heard("a"))
    line.store.commit("a", 1)
    line.stream.catch_up(heard.target.id)
    line.deliver()
    line.store.delete("a", 1)
    line.cut()
    line.settle()
    assert heard.calls == [[]]


def test_reset_that_brings_nothing_new_tells_nothing(line: Line) -> None:
    line.store.commit("a", 1, 2)
    heard = told(line, Heard("a"))
    line.stream.reset(heard.target.id)
    line.settle()
    line.stream.existence_filter(heard.target.id)
    line.settle()
    assert heard.calls == [[1, 2]]


def test_document_that_went_before_it_was_told_is_told_as_gone(line: Line) -> None:
    heard = told(line, Heard("a"))
    line.store.commit("a", 1)
    line.stream.catch_up(heard.target.id)
    line.store.delete("a", 1)
    line.settle()
    assert heard.calls == [[], []]


def test_right_existence_filter_changes_nothing(line: Line) -> None:
    line.store.commit("a", 1, 2, 3)
    heard = told(line, Heard("a"))
    line.store.delete("a", 2)
    line.stream.flush()
    line.deliver()
    target_id = heard.target.id
    line.stream.existence_filter(target_id)
    line.deliver()
    assert heard.target.id == target_id
    assert heard.target.token


def test_wrong_existence_filter_asks_only_for_what_follows(line: Line) -> None:
    line.store.commit("a", 1, 2, 3)
    heard = told(line, Heard("a"))
    line.stream.existence_filter(heard.target.id, wrong_by=-1)
    line.deliver()
    assert heard.target.token == b""
    assert heard.target.query.more_than == 3
    line.settle()
    assert heard.calls == [[1, 2, 3], []]


def test_words_for_a_target_that_was_removed_concern_nobody(line: Line) -> None:
    heard = told(line, Heard("a"))
    line.store.commit("a", 1)
    line.stream.flush()
    line.targets.remove(heard.target)
    line.deliver()
    assert heard.calls == [[]]


@pytest.mark.parametrize(
    ("status", "error"),
    [(code.PERMISSION_DENIED, PermissionDenied), (code.FAILED_PRECONDITION, InvalidArgument)],
)
def test_permanent_removal_fails_only_its_target(
    line: Line, status: int, error: type[InsightError]
) -> None:
    heard, other = Heard("a"), told(line, Heard("a"))
    line.targets.add(heard.target)
    line.targets.next_request()
    line.stream.remove(heard.target.id, status)
    line.deliver()
    assert [type(each) for each in heard.failures] == [error]
    line.store.commit("a", 1)
    line.settle()
    assert heard.calls == []
    assert other.calls == [[], [1]]


def test_target_refused_with_its_token_is_asked_for_without(line: Line) -> None:
    line.store.commit("a", 1)
    heard = told(line, Heard("a"))
    line.stream.remove(heard.target.id, code.INVALID_ARGUMENT)
    line.deliver()
    assert not heard.failures
    line.store.commit("a", 2)
    line.settle()
    assert heard.calls == [[1], [2], []]


def test_denied_stream_fails_every_target(line: Line) -> None:
    both = [told(line, Heard("a")), told(line, Heard("b"))]
    line.targets.disconnected(code.PERMISSION_DENIED)
    assert [type(each) for heard in both for each in heard.failures] == [PermissionDenied] * 2
    assert len(line.targets) == 0


@pytest.mark.parametrize("status", [code.INVALID_ARGUMENT, code.INTERNAL])
def test_target_that_breaks_its_stream_is_found_and_fails_alone(line: Line, status: int) -> None:
    good, bad, late = Heard("a"), Heard("bad"), Heard("b")
    everyone = [good, bad, late]
    for heard in everyone:
        line.targets.add(heard.target)
    for _ in range(20):
        asked = False
        while (request := line.targets.next_request()) is not None and not asked:
            assert isinstance(request, ListenTarget)
            asked = request is bad.target
            if not asked:
                line.stream.add(request.id, request.query.collection, 0, request.token)
                line.stream.flush()
                while line.stream.outbox:
                    line.targets.receive(line.stream.outbox.popleft())
        if not asked:
            break
        line.targets.disconnected(status)
        line.stream = ServerStream(line.store)
        line.targets.connected()
    assert [type(each) for each in bad.failures] == [InvalidArgument]
    assert not good.failures
    assert not late.failures
    assert good.calls
    assert late.calls


def test_document_of_another_form_fails_its_target(line: Line) -> None:
    heard, other = told(line, Heard("a")), told(line, Heard("b"))
    point: dict[str, Any] = {"geo_point_value": {"latitude": 1.0}}
    document = {"name": name_of("a", 1), "fields": {"n": {"integer_value": 1}, "where": point}}
    changed = {"document": document, "target_ids": [heard.target.id]}
    line.targets.receive(RESPONSE(document_change=changed))
    line.settle()
    assert [type(each) for each in heard.failures] == [InvalidArgument]
    assert other.calls == [[]]
