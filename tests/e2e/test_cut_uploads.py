from __future__ import annotations

from pathlib import Path

from infra.demo.service import Service
from tests.e2e.cut_uploads import endure


def test_cut_uploads_come_whole_and_are_analysed_once_through_kills(tmp_path: Path) -> None:
    with Service(tmp_path / "data", environment={"INSIGHT_ANALYZER": "noop"}) as service:
        outcome = endure(service, uploads=6, seed=11, victims="gateway")
    assert outcome.faults == {}
    assert outcome.cuts >= 6
    assert outcome.killed["gateway"] > 0
