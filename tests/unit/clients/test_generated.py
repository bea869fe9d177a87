from __future__ import annotations

from pathlib import Path

import pytest

from clients.generate.__main__ import rendered


@pytest.mark.parametrize("path", rendered(), ids=lambda path: path.name)
def test_wire_types_are_what_the_description_says(path: Path) -> None:
    assert path.read_text(encoding="utf-8") == rendered()[path], "run: python -m clients.generate"
