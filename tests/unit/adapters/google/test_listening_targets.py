"""What the messages of a Listen stream come to, whatever their order."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from google.rpc import code_pb2 as code
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from shared.adapters.google.listen_target import ListenTarget
from shared.adapters.google.listen_targets import ListenTargets
from shared.application.ports import Document, Query
from shared.domain.errors import InsightError, InvalidArgument, PermissionDenied
from tests.listen_server import CURRENT, NO_CHANGE, RESPONSE, ServerStream, Store, name_of

TRANSIENT = [code.UNAVAILABLE, code.RESOURCE_EXHAUSTED, code.INTERNAL, code.OK]


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


class Messages(RuleBasedStateMachine):
    """Any order of legal messages and breaks tells each document once, in order, and none less."""

    @initialize()
    def begin(self) -> None:
        self.line = Line()
        self.last = 0
        self.transactions: list[tuple[str, list[int]]] = []
        self.all_heard: list[Heard] = []

    @rule(
        collection=st.sampled_from("ab"),
        more_than=st.none() | st.integers(0, 5),
    )
    def listen(self, collection: str, more_than: int | None) -> None:
        if len(self.all_heard) < 6:
            heard = Heard(collection, more_than)
            self.all_heard.append(heard)
            self.line.listen(heard)

    @rule(collection=st.sampled_from("ab"), documents=st.integers(1, 3))
    def commit(self, collection: str, documents: int) -> None:
        numbers = list(range(self.last + 1, self.last + 1 + documents))
        self.last += documents
        self.transactions.append((collection, numbers))
        self.line.store.commit(collection, *numbers)

    @precondition(lambda self: self.transactions)
    @rule(data=st.data())
    def delete(self, data: st.DataObject) -> None:
        collection, numbers = data.draw(st.sampled_from(self.transactions))
        gone = self.line.store.deleted.get(collection, {})
        living = [n for n in numbers if n not in gone]
        if living:
            self.line.store.delete(collection, data.draw(st.sampled_from(living)))

    @rule(messages=st.integers(1, 6))
    def deliver(self, messages: int) -> None:
        self.line.deliver(messages)

    @rule(messages=st.integers(0, 6))
    def flush(self, messages: int) -> None:
        self.line.stream.flush()
        self.line.deliver(messages)

    @rule(names=st.booleans())
    def name_deletions(self, names: bool) -> None:
        self.line.stream.names_deletions = names

    @rule(data=st.data(), wrong_by=st.integers(-1, 2))
    def existence_filter(self, data: st.DataObject, wrong_by: int) -> None:
        if self.line.stream.targets:
            ids = sorted(self.line.stream.targets)
            target_id = data.draw(st.sampled_from(ids))
            self.line.stream.existence_filter(target_id, wrong_by)

    @rule(data=st.data())
    def reset(self, data: st.DataObject) -> None:
        if self.line.stream.targets:
            self.line.stream.reset(data.draw(st.sampled_from(sorted(self.line.stream.targets))))

    @rule(data=st.data(), status=st.sampled_from(TRANSIENT))
    def server_removes(self, data: st.DataObject, status: int) -> None:
        if self.line.stream.targets:
            target_id = data.draw(st.sampled_from(sorted(self.line.stream.targets)))
            self.line.stream.remove(target_id, status)

    @rule()
    def pauses_end(self) -> None:
        self.line.end_pauses()

    @rule(status=st.sampled_from([code.UNAVAILABLE, code.OK, code.DEADLINE_EXCEEDED]))
    def cut(self, status: int) -> None:
        self.line.cut(status)

    @rule()
    def tokens_expire(self) -> None:
        self.line.store.oldest_token = self.line.store.version

    @rule(data=st.data())
    def close(self, data: st.DataObject) -> None:
        if self.all_heard:
            heard = data.draw(st.sampled_from(self.all_heard))
            self.all_heard.remove(heard)
            self.line.targets.remove(heard.target)
            self.line.ask()

    @invariant()
    def none_is_told_twice_or_out_of_order(self) -> None:
        for heard in self.all_heard:
            assert heard.numbers == sorted(set(heard.numbers))
            assert not heard.failures

    @invariant()
    def transactions_are_told_whole(self) -> None:
        for heard in self.all_heard:
            call_of = {n: place for place, call in enumerate(heard.calls) for n in call}
            for _, numbers in self.transactions:
                assert len({call_of[n] for n in numbers if n in call_of}) <= 1

    def teardown(self) -> None:
        self.line.settle()
        for heard in self.all_heard:
            self._check_complete(heard)

    def _check_complete(self, heard: Heard) -> None:
        living = self.line.store.living(heard.collection, heard.more_than, self.line.store.version)
        assert heard.calls
        assert set(living) <= set(heard.numbers)
        last_empty = max((p for p, call in enumerate(heard.calls) if not call), default=-1)
        for place, call in enumerate(heard.calls):
            assert place < last_empty or set(call) <= set(living)


TestMessages = Messages.TestCase
TestMessages.settings = settings(max_examples=50, stateful_step_count=30, deadline=None)


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
