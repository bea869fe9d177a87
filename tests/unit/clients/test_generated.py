from __future__ import annotations

import re
from pathlib import Path

import pytest

from clients.generate.__main__ import rendered
from clients.python.insight_journey import SessionService
from shared.endpoints import ENDPOINTS, Caller

TYPESCRIPT = Path(__file__).parents[3] / "clients" / "typescript" / "src" / "sessions.ts"
# Lists of elements are iterated, page after page.
ITERATED = re.compile("^list_(?=emotions|topics|insights|beliefs|challenges|action_items)")
METHODS = [ITERATED.sub("iter_", each.name) for each in ENDPOINTS if each.caller is Caller.USER]


@pytest.mark.parametrize("path", rendered(), ids=lambda path: path.name)
def test_wire_types_are_what_the_description_says(path: Path) -> None:
    assert path.read_text(encoding="utf-8") == rendered()[path], "run: python -m clients.generate"


@pytest.mark.parametrize("method", METHODS)
def test_both_clients_have_every_endpoint(method: str) -> None:
    assert callable(getattr(SessionService, method))
    first, *rest = method.split("_")
    name = first + "".join(map(str.title, rest))
    assert re.search(rf"^    (async )?\*?{name}\(", TYPESCRIPT.read_text(), re.MULTILINE)
