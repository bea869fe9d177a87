"""Cold import of each function file beside a hello that imports the same third-party modules.

Both are loaded by functions-framework, in a process of its own each time, with compiled bytecode
present. The hello is the floor: what no code of ours could do without.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

from infra.local.place import ROOT
from shared.endpoints import ENDPOINTS, Endpoint
from tests.bench.tables import show

_LOAD = """
import time; began = time.perf_counter()
import json, sys
import functions_framework
before = set(sys.modules)
functions_framework.create_app(sys.argv[1], sys.argv[2])
took = time.perf_counter() - began
from importlib.metadata import packages_distributions
installed = packages_distributions()
print(json.dumps({"took": took, "cpu": time.process_time(), "modules": [
    name for name, module in sys.modules.items()
    if name not in before and name.split(".")[0] in installed
    and getattr(getattr(module, "__spec__", None), "name", None) == name
]}))
"""
# A few modules can only be imported by way of others that come later.
_HELLO = """
import contextlib, importlib
for name in {modules!r}:
    with contextlib.suppress(ImportError):
        importlib.import_module(name)

def hello(request):
    return "hello"
"""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A function file, the hello beside it, and what loading each has taken.

    Attributes:
        ours, floor: (seconds on the clock, seconds of processor time), of each load.
    """

    endpoint: Endpoint
    platform: str
    hello: Path
    modules: int
    ours: list[tuple[float, float]] = field(default_factory=list)
    floor: list[tuple[float, float]] = field(default_factory=list)

    def load_both(self, cache: Path) -> None:
        """One more cold load of each."""
        for target, source, taken in (
            (self.endpoint.name, str(ROOT / self.endpoint.source), self.ours),
            ("hello", str(self.hello), self.floor),
        ):
            loaded = _load(target, source, self.platform, cache)
            taken.append((loaded["took"], loaded["cpu"]))

    def row(self) -> tuple[str, str, int, float, float, float, float]:
        """Medians in milliseconds, and the ratios by the clock and by the processor."""
        ours, floor = _medians(self.ours), _medians(self.floor)
        name = self.endpoint.name
        clock, processor = ours[0] / floor[0], ours[1] / floor[1]
        return name, self.platform, self.modules, 1000 * ours[0], 1000 * floor[0], clock, processor


def _medians(taken: list[tuple[float, float]]) -> tuple[float, float]:
    return median(each[0] for each in taken), median(each[1] for each in taken)


def measure(runs: int, platforms: tuple[str, ...], names: tuple[str, ...]) -> None:
    """Prints the table."""
    with tempfile.TemporaryDirectory(prefix="insight-bench-") as folder:
        cache = Path(folder) / "bytecode"
        candidates = list(_candidates(Path(folder), cache, platforms, names))
        for candidate in candidates:
            candidate.load_both(cache)
            candidate.ours.clear()
            candidate.floor.clear()
        for _ in range(runs):
            for candidate in candidates:
                candidate.load_both(cache)
    rows = [candidate.row() for candidate in candidates]
    columns = ("function", "platform", "modules", "ms", "hello ms", "ratio", "CPU ratio")
    show(f"Cold import, median of {runs} interleaved runs", columns, rows)
    for name, place in (("ratio", 5), ("CPU ratio", 6)):
        ratios = [float(row[place]) for row in rows]
        print(f"{name}: median {median(ratios):.3f}, highest {max(ratios):.3f}")


def _candidates(
    folder: Path, cache: Path, platforms: tuple[str, ...], names: tuple[str, ...]
) -> Iterator[Candidate]:
    for platform in platforms:
        for endpoint in ENDPOINTS:
            if names and endpoint.name not in names:
                continue
            loaded = _load(endpoint.name, str(ROOT / endpoint.source), platform, cache)
            hello = folder / f"{platform}_{endpoint.name}.py"
            hello.write_text(_HELLO.format(modules=loaded["modules"]), encoding="utf-8")
            floor = set(_load("hello", str(hello), platform, cache)["modules"])
            if missing := set(loaded["modules"]) - floor:
                raise RuntimeError(f"The hello beside {endpoint.name} lacks {sorted(missing)}")
            yield Candidate(endpoint, platform, hello, len(floor))


def _load(target: str, source: str, platform: str, cache: Path) -> dict[str, Any]:
    environment = {
        **{name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"},
        "PYTHONPATH": str(ROOT),
        "PYTHONPYCACHEPREFIX": str(cache),
        "INSIGHT_PLATFORM": platform,
        "INSIGHT_DATA_DIR": str(cache.parent / "data"),
    }
    done = subprocess.run(
        [sys.executable, "-c", _LOAD, target, source],
        env=environment,
        cwd=cache.parent,
        capture_output=True,
        text=True,
        check=True,
    )
    return dict(json.loads(done.stdout.splitlines()[-1]))
