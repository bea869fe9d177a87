from __future__ import annotations

from pathlib import Path

import pytest

from shared.adapters.embedded.ledger import open_ledger
from shared.adapters.embedded.tasks import SqliteTasks


@pytest.fixture
def tasks(tmp_path: Path) -> SqliteTasks:
    return SqliteTasks(open_ledger(tmp_path / "ledger.sqlite"))


def test_release_all_makes_held_messages_due_again(tasks: SqliteTasks) -> None:
    tasks.publish("windows", {"n": 1})
    (held,) = tasks.claim("windows", 1, lease_s=600)
    assert tasks.claim("windows", 1, lease_s=600) == []
    tasks.release_all()
    (again,) = tasks.claim("windows", 1, lease_s=600)
    assert (again.id, again.attempt) == (held.id, 2)


def test_release_all_takes_the_message_from_its_former_holder(tasks: SqliteTasks) -> None:
    tasks.publish("windows", {"n": 1})
    (held,) = tasks.claim("windows", 1, lease_s=600)
    tasks.release_all()
    tasks.ack(held)
    assert tasks.depth("windows") == 1


def test_release_all_leaves_a_waiting_retry_waiting(tasks: SqliteTasks) -> None:
    tasks.publish("windows", {"n": 1})
    (held,) = tasks.claim("windows", 1, lease_s=600)
    tasks.retry(held, delay_s=600)
    tasks.release_all()
    assert tasks.claim("windows", 1, lease_s=600) == []
