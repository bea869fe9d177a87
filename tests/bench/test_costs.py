from __future__ import annotations

import json
from datetime import date

import pytest

from tests.bench.costs import PRICES, Need, computed, rows, table, written

ALL_AT_ONE = {
    name: price if isinstance(price, str) else 1.0
    for name, price in json.loads(PRICES.read_text()).items()
}


def numbers(said: str) -> dict[str, list[float]]:
    """What each row of a table says."""
    cells = [[cell.strip(" *") for cell in line.split("|")[1:-1]] for line in said.splitlines()[2:]]
    return {what: [float(n.replace(",", "")) for n in row if n] for what, *row in cells}


def is_near(said: str, counted: str) -> bool:
    """Whether two tables have the same rows, each number within a tenth or two cents."""
    ours, theirs = numbers(said), numbers(counted)
    return ours.keys() == theirs.keys() and all(
        ours[name] == pytest.approx(theirs[name], rel=0.1, abs=0.02) for name in ours
    )


def test_table_of_the_runbook_is_what_is_counted_today() -> None:
    assert is_near(written(), computed()), "run: python -m tests.bench.costs --write"


def test_table_that_is_out_of_date_is_found() -> None:
    said = written()
    reads = said.splitlines()[2].split(" | ")[1]
    assert is_near(said, said)
    assert not is_near(said, said.replace(reads, f"{float(reads.replace(',', '')) * 1.2:,.0f}"))
    assert not is_near(said, "\n".join(said.splitlines()[:-2]))


def test_more_of_anything_costs_more() -> None:
    need = Need(reads=1, writes=1, deletes=1, messages=1, object_reads=1, object_writes=1)
    need.document_bytes = need.object_bytes = need.answered_bytes = 2**30
    need.calls["get_session"] = 1
    priced = rows(need, ALL_AT_ONE)
    assert all(cost > 0 for *_, cost in priced)
    assert len(priced) == 12


@pytest.mark.parametrize("price", ["document_reads_per_100000", "run_vcpu_s", "egress_gib"])
def test_table_follows_the_prices(price: str) -> None:
    need = Need(reads=100_000, answered_bytes=2**30)
    need.calls["get_session"] = 10
    dearer = {**ALL_AT_ONE, price: 100.0}
    assert table(rows(need, ALL_AT_ONE), ALL_AT_ONE) != table(rows(need, dearer), dearer)


def test_prices_say_of_when_and_from_where_they_are() -> None:
    prices = json.loads(PRICES.read_text())
    assert date.fromisoformat(f"{prices['as_of']}-01") < date.today()
    assert all(source.startswith("https://cloud.google.com/") for source in prices["sources"])
