"""Events applied to a snapshot give what a fresh read gives, whatever was cut off or doubled."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from shared.application.access import forget
from shared.application.add_content import register_content
from shared.application.create_session import NewSession, create_session
from shared.application.ports import Query
from shared.application.read_events import read_events
from shared.application.read_session import read_session
from shared.application.request_analysis import request_analysis
from shared.application.tick_action_item import tick_action_item
from shared.application.update_session import SessionChanges, update_session
from shared.domain.errors import Conflict
from shared.domain.events import Event, EventType
from tests.unit.application.test_use_cases import upload
from tests.world import World

OWNER, SESSION = "alice", "s1"
TEXT = "".join(
    f"{'C' if n % 2 else 'T'}: I am sad about work and I will go on {n}\n" for n in range(40)
)
Elements = dict[str, dict[str, Mapping[str, Any]]]


def fresh(world: World) -> Elements:
    found = read_session(world, OWNER, SESSION).elements
    return {kind: {element["id"]: element for element in each} for kind, each in found.items()}


@dataclass
class Client:
    """Reads once and then only applies events, by API.md's types.

    A `reset` makes it read again, whether it is an event or says that history is gone.
    """

    world: World
    seen: int = 0
    elements: Elements = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.elements = fresh(self.world)

    def receive(self, count: int, again: int) -> None:
        """`count` events behind the last that it has seen, after `again` that it has had."""
        after = max(0, self.seen - again)
        page = read_events(self.world, OWNER, SESSION, after, count + again)
        if page.reset:
            self.elements = fresh(self.world)
        for event in page.events:
            self._apply(event)
        self.seen = page.last_id

    def _apply(self, event: Event) -> None:
        if event.type is EventType.RESET:
            self.elements = fresh(self.world)
        elif event.type.startswith("new_"):
            name = event.type.removeprefix("new_")
            element = event.data[name]
            self.elements[f"{name}s"][element["id"]] = element


class History:
    """What may happen to a session."""

    def __init__(self, world: World) -> None:
        self.world, self.uploads = world, 0

    def work(self, steps: int) -> None:
        for _ in range(steps):
            if self.world.queue:
                self.world.deliver(self.world.queue.pop(0))

    def add(self, _: int) -> None:
        self.uploads += 1
        more = upload(self.world, upload_id=f"up{self.uploads}")
        register_content(self.world, OWNER, SESSION, more)

    def analyze_again(self, _: int) -> None:
        try:
            request_analysis(self.world, OWNER, SESSION)
        except Conflict:
            return

    def tick(self, which: int) -> None:
        items = read_session(self.world, OWNER, SESSION).elements["action_items"]
        if items:
            status = "done" if which % 2 else "open"
            tick_action_item(self.world, OWNER, SESSION, items[which % len(items)]["id"], status)

    def expire(self, number: int) -> None:
        """Forgets the oldest events, and now and then only some within, as Firestore may."""
        query = Query(f"sessions/{SESSION}/events", order_by="seq", limit=4 * number)
        oldest = self.world.documents.query(query)
        for document in oldest[number % 2 :: 1 + number % 3]:
            forget(self.world.documents, document.path)

    def move(self, days: int) -> None:
        date = self.world.now() + timedelta(days=days)
        update_session(self.world, OWNER, SESSION, SessionChanges(date=date))


STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("work"), st.integers(1, 4)),
        st.tuples(
            st.sampled_from(["add", "analyze_again", "expire", "tick", "move"]), st.integers(0, 9)
        ),
        st.tuples(st.just("connect"), st.just(0)),
        st.tuples(st.just("receive"), st.integers(0, 30), st.integers(0, 12)),
    ),
    max_size=30,
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(steps=STEPS)
@example(steps=[("work", 9), ("receive", 3, 0), ("expire", 9), ("receive", 2, 3), ("move", 1)])
@example(steps=[("work", 4), ("work", 4), ("receive", 30, 0), ("move", 3)])
def test_events_applied_to_a_snapshot_equal_a_fresh_read(
    steps: Sequence[tuple[str, int]],
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        world = World(Path(folder))
        create_session(world, OWNER, NewSession(title="One", text=TEXT), SESSION)
        history, clients = History(world), [Client(world)]
        for name, *arguments in steps:
            if name == "connect":
                clients.append(Client(world))
            elif name == "receive":
                for client in clients:
                    client.receive(*arguments)
            else:
                getattr(history, name)(*arguments)
        world.drain()
        for client in clients:
            client.receive(10_000, 5)
            assert client.elements == fresh(world)
        world.documents.close()
