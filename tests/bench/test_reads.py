from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.bench.reads import Ledger, new_ledger, record


@pytest.fixture(scope="module")
def ledger(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ledger]:
    with new_ledger(tmp_path_factory.mktemp("reads")) as ledger:
        record(ledger)
        yield ledger


def test_one_hour_session_costs_at_most_twelve_reads(ledger: Ledger) -> None:
    cost = ledger.cost("get_session")
    assert cost.reads <= 12
    assert (cost.counts, cost.writes) == (0, 0)


def test_summary_of_a_complete_session_costs_two_reads(ledger: Ledger) -> None:
    cost = ledger.cost("get_summary")
    assert (cost.reads, cost.counts, cost.writes) == (2, 0, 0)


def test_list_of_ten_costs_at_most_eleven_reads_and_a_count(ledger: Ledger) -> None:
    cost = ledger.cost("list_sessions (10)")
    assert cost.reads <= 11
    assert cost.counts <= 1
    assert cost.writes == 0


def test_reading_writes_nothing(ledger: Ledger) -> None:
    reads = [(name, cost) for name, cost in ledger.calls if name.startswith(("get_", "list_"))]
    assert [name for name, cost in reads if cost.writes or cost.deletes] == []
